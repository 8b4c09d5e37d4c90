"""The vault simulator lets in who may come in: tokens, versions of the API, roles."""

import hashlib
import uuid
from collections.abc import Iterator

import httpx
import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)
from azure.keyvault.keys.crypto import SignatureAlgorithm
from azure.keyvault.secrets import SecretClient

from infra.local.simulators.entra import Entra
from infra.local.simulators.vault import Vault
from tests.contract.vault_world import (
    TENANT,
    Address,
    Principal,
    World,
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


def test_without_a_token_the_answer_is_a_challenge(world: World) -> None:
    answer = world.vault(httpx.Request("GET", f"{world.url}/secrets/webhook/?{VERSION}"))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", '
        'resource="https://vault.azure.net"'
    )
    assert world.vault.operations[-1].principal_id == ""


def test_a_token_for_another_resource_is_refused(world: World) -> None:
    token, _ = world.entra.managed_identity_token("https://graph.microsoft.com", "someone")

    answer = _with_token(world, token)

    assert answer.status_code == 401
    assert "Invalid audience" in answer.json()["error"]["message"]
    assert "WWW-Authenticate" in answer.headers


def test_a_token_nobody_trusted_signed_is_refused(world: World) -> None:
    other = Entra()
    other.directory.add_tenant(TENANT)

    token, _ = other.managed_identity_token("https://vault.azure.net", world.admin.principal_id)

    assert "signature" in _with_token(world, token).json()["error"]["message"]


def test_a_token_of_another_tenant_is_refused(world: World) -> None:
    elsewhere = Vault(jwks=world.entra.jwks, tenant_id=str(uuid.uuid4()))
    token = world.admin.get_token("https://vault.azure.net/.default").token

    answer = elsewhere(_request(f"{world.url}/secrets/webhook/?{VERSION}", token))

    assert "Invalid issuer" in answer.json()["error"]["message"]


def test_an_expired_token_is_refused(world: World) -> None:
    token, _ = world.entra.managed_identity_token("https://vault.azure.net", "someone")
    world.clock.advance(days=1)

    assert "lifetime" in _with_token(world, token).json()["error"]["message"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    assert _with_token(world, token).status_code == 401


def test_plain_http_is_refused_by_client_and_vault(world: World) -> None:
    plain = world.url.replace("https", "http")
    with (
        SecretClient(plain, world.admin, retry_total=0) as client,
        pytest.raises(ServiceRequestError, match="non-TLS"),
    ):
        client.get_secret("webhook")
    assert not world.vault.operations

    assert world.vault(httpx.Request("GET", f"{plain}/secrets/webhook")).status_code == 400


def test_a_vault_that_goes_on_refusing_is_a_client_error(world: World) -> None:
    world.vault.fail_next(401, code="Unauthorized", times=3)
    with world.secrets() as client, pytest.raises(ClientAuthenticationError):
        client.get_secret("webhook")


@pytest.mark.parametrize("query", ["", "?api-version=", "?api-version=9.9", "?api-version=7.10"])
def test_a_missing_or_unknown_api_version_is_refused(world: World, query: str) -> None:
    world.vault.set_secret("webhook", "one")

    answer = world.send("GET", f"/secrets/webhook/{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BadParameter"


@pytest.mark.parametrize("version", ["2016-10-01", "7.0", "7.6", "2025-07-01", "2026-04-01"])
def test_every_published_api_version_is_accepted(world: World, version: str) -> None:
    assert world.send("GET", f"/certificates?api-version={version}").status_code == 200


def test_a_principal_without_a_role_is_forbidden(world: World) -> None:
    version = world.vault.create_certificate("app")
    nobody = world.someone()
    with world.certificates(nobody) as client, pytest.raises(HttpResponseError) as refused:
        client.get_certificate("app")
    assert refused.value.status_code == 403
    with pytest.raises(HttpResponseError, match="keys/sign/action"):
        sign(world, version, nobody)

    assert world.vault.signatures == 0
    assert world.vault.operations[-1].status == 403


def test_each_role_opens_only_its_own_doors(world: World) -> None:
    version = world.vault.create_certificate("app", exportable=True)
    runtime = world.someone("Key Vault Reader", "Key Vault Crypto User")

    sign(world, version, runtime)
    with world.certificates(runtime) as client:
        client.get_certificate("app")
    with world.secrets(runtime) as secrets, pytest.raises(HttpResponseError, match="getSecret"):
        secrets.get_secret("app")
    with pytest.raises(HttpResponseError, match="keys/sign"):
        sign(world, version, world.someone("Key Vault Reader"))


def test_a_role_on_one_secret_opens_only_that(world: World) -> None:
    world.vault.set_secret("mine", "one")
    world.vault.set_secret("yours", "two")
    reader = world.someone("Key Vault Secrets User", scope="secrets/mine")
    with world.secrets(reader) as client:
        assert client.get_secret("mine").value == "one"
        with pytest.raises(HttpResponseError, match="not authorized"):
            client.get_secret("yours")


def test_a_role_taken_back_is_gone(world: World) -> None:
    reader = world.someone("Key Vault Reader")
    assert world.send("GET", f"/keys?{VERSION}", who=reader).status_code == 200

    world.vault.roles.revoke(reader.principal_id, "Key Vault Reader")

    answer = world.send("GET", f"/keys?{VERSION}", who=reader)
    assert (answer.status_code, inner_code(answer)) == (403, "ForbiddenByRbac")


@pytest.mark.parametrize(
    "body",
    [
        {"alg": "PS256", "value": "A" * 42},
        {"alg": "PS384", "value": "A" * 43},
        {"alg": "PS256", "value": "+" * 43},
        {"alg": "PS256", "value": None},
        {"alg": "ES256", "value": "A" * 43},
        {"value": "A" * 43},
        [],
    ],
)
def test_a_malformed_signature_request_is_refused(world: World, body: object) -> None:
    world.vault.create_certificate("app")

    answer = world.send("POST", f"/keys/app//sign?{VERSION}", body=body)

    assert answer.status_code == 400
    assert world.vault.signatures == 0


def _with_token(world: World, token: str) -> httpx.Response:
    return world.vault(_request(f"{world.url}/secrets/webhook/?{VERSION}", token))


def _request(url: str, token: str) -> httpx.Request:
    return httpx.Request("GET", url, headers=[(b"Authorization", f"Bearer {token}".encode())])
