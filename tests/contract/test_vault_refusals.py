"""The vault simulator refuses what the service refuses, and says so in the service's words."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
)
from azure.keyvault.keys.crypto import SignatureAlgorithm

from tests.contract.vault_world import (
    QUICKLY,
    Address,
    Principal,
    World,
    a_policy,
    address,
)

DIGEST = hashlib.sha256(b"hello").digest()
VERSION = "api-version=2025-07-01"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def world(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


def sign(world: World, version: str, who: Principal | None = None) -> None:
    with world.crypto("app", version, who) as client:
        client.sign(SignatureAlgorithm.ps256, DIGEST)


def inner_code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["innererror"]["code"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/certificates/no_underscores/"),
        ("POST", "/keys/app/sign"),
        ("GET", "//secrets/app"),
        ("PUT", "/certificates/app"),
        ("GET", "/"),
    ],
)
def test_what_is_no_operation_is_refused(world: World, method: str, path: str) -> None:
    assert world.send(method, f"{path}?{VERSION}", body={}).status_code == 400


def test_a_disabled_version_neither_signs_nor_shows_its_secret(world: World) -> None:
    version = world.vault.create_certificate("app")
    with world.certificates() as client:
        client.update_certificate_properties("app", version, enabled=False)
        assert client.get_certificate("app").properties
    with pytest.raises(HttpResponseError, match="disabled key"):
        sign(world, version)
    with world.secrets() as secrets, pytest.raises(HttpResponseError, match="disabled secret"):
        secrets.get_secret("app")
    with world.certificates() as client:
        client.update_certificate_properties("app", version, enabled=True)
    sign(world, version)


@pytest.mark.parametrize(
    ("ends_in", "inner"),
    [(-timedelta(days=1), "KeyExpired"), (timedelta(days=400), "KeyNotYetValid")],
)
def test_a_key_out_of_date_does_not_sign(world: World, ends_in: timedelta, inner: str) -> None:
    world.vault.create_certificate("app", not_after=world.clock.now + ends_in)

    answer = world.send(
        "POST", f"/keys/app//sign?{VERSION}", body={"alg": "PS256", "value": "A" * 43}
    )

    assert (answer.status_code, inner_code(answer)) == (403, inner)


def test_a_key_not_meant_for_signing_does_not_sign(world: World) -> None:
    policy = {
        "issuer": {"name": "Self"},
        "x509_props": {"subject": "CN=a", "key_usage": ["keyEncipherment"]},
    }
    world.send("POST", f"/certificates/app/create?{VERSION}", body={"policy": policy})

    answer = world.send(
        "POST", f"/keys/app//sign?{VERSION}", body={"alg": "PS256", "value": "A" * 43}
    )

    assert inner_code(answer) == "KeyOperationForbidden"


@pytest.mark.parametrize("path", ["certificates/no", "keys/no", "secrets/no", "secrets/app"])
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    world.vault.create_certificate("app")
    version = "0" * 32

    answer = world.send("GET", f"/{path}/{version}?{VERSION}")

    kind = path.partition("/")[0].removesuffix("s").capitalize()
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == f"{kind}NotFound"


def test_a_deleted_name_stays_taken_until_purged(world: World) -> None:
    world.vault.create_certificate("app")
    with world.certificates() as client:
        client.begin_delete_certificate("app", **QUICKLY).wait()
        with pytest.raises(ResourceExistsError, match="deleted but recoverable"):
            client.begin_create_certificate("app", a_policy(), **QUICKLY)


def test_a_second_creation_waits_for_the_first(world: World) -> None:
    world.vault.delay_issuing(timedelta(hours=1))
    with world.certificates() as client:
        client.begin_create_certificate("app", a_policy(), **QUICKLY)
        with pytest.raises(ResourceExistsError, match="pending"):
            client.begin_create_certificate("app", a_policy(), **QUICKLY)


def test_a_secret_and_a_certificate_cannot_share_a_name(world: World) -> None:
    world.vault.create_certificate("app")
    world.vault.set_secret("webhook", "one")
    with world.secrets() as secrets, pytest.raises(ResourceExistsError):
        secrets.set_secret("app", "two")
    with world.certificates() as client, pytest.raises(ResourceExistsError):
        client.begin_create_certificate("webhook", a_policy(), **QUICKLY)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"issuer": {"name": "DigiCert"}, "x509_props": {"subject": "CN=a"}},
        {"issuer": {"name": "Self"}, "x509_props": {}},
        {"issuer": {"name": "Self"}, "x509_props": {"subject": "nonsense"}},
        {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a", "ekus": ["x"]}},
        {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a", "validity_months": 0}},
        {
            "issuer": {"name": "Self"},
            "x509_props": {"subject": "CN=a"},
            "key_props": {"key_size": 1024},
        },
        {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a"}, "lifetime_actions": [{}]},
        {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a"}, "key_props": []},
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(world: World, policy: object) -> None:
    answer = world.send("POST", f"/certificates/app/create?{VERSION}", body={"policy": policy})

    assert answer.status_code == 400
    assert world.send("GET", f"/certificates/app/?{VERSION}").status_code == 404


@pytest.mark.parametrize("value", [None, "", "%%%", "aGVsbG8=", "-----BEGIN CERTIFICATE-----"])
def test_an_import_that_cannot_be_read_is_refused(world: World, value: object) -> None:
    answer = world.send("POST", f"/certificates/app/import?{VERSION}", body={"value": value})

    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["maxresults=26", "maxresults=0", "maxresults=x", "$skiptoken=x"])
def test_a_page_that_does_not_exist_is_refused(world: World, query: str) -> None:
    assert world.send("GET", f"/secrets?{VERSION}&{query}").status_code == 400


def test_ordered_failures_hit_what_they_name_and_the_client_retries(world: World) -> None:
    version = world.vault.create_certificate("app")
    world.vault.fail_next(429, on="/sign", code="Throttled", headers={"Retry-After": "0"})

    sign(world, version)

    signing = [
        operation for operation in world.vault.operations if operation.path.endswith("/sign")
    ]
    assert [operation.status for operation in signing][-2:] == [429, 200]
