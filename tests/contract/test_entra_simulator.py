"""Real MSAL gets tokens from the Entra simulator, and only with the right certificate."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import msal
import pytest
from cryptography.hazmat.primitives import hashes
from joserfc import jwt
from joserfc.jwk import KeySet

from infra.local.authority import Authority
from infra.local.serve import Server
from tests.contract.entra_world import (
    ADMINISTRATOR,
    CLIENT,
    DOMAIN,
    EXCHANGE,
    TENANT,
    Credential,
    World,
    a_directory,
    unverified,
)


@pytest.fixture(scope="module")
def credential() -> Credential:
    return Credential()


@pytest.fixture(scope="module")
def other() -> Credential:
    return Credential()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Server]:
    with Server(authority) as server:
        yield server


@pytest.fixture
def world(
    authority: Authority, server: Server, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    for name, value in authority.environment().items():
        monkeypatch.setenv(name, value)
    entra = a_directory(credential)
    with httpx.Client() as client:
        yield World(entra, server.mount(entra, name="entra"), client)


def application(
    world: World, credential: Credential, **changes: object
) -> msal.ConfidentialClientApplication:
    settings = {
        "client_id": CLIENT,
        "authority": f"{world.base}/{TENANT}",
        "instance_discovery": False,
        "client_credential": {
            "private_key": credential.key,
            "public_certificate": credential.pem,
        },
    }
    return msal.ConfidentialClientApplication(**settings | changes)


def ask(
    application: msal.ConfidentialClientApplication, scope: str = f"{EXCHANGE}/.default"
) -> dict[str, Any]:
    answer: dict[str, Any] = application.acquire_token_for_client([scope])
    return answer


def test_msal_gets_a_token_that_the_published_keys_verify(
    world: World, credential: Credential
) -> None:
    answer = ask(application(world, credential))

    keys = KeySet.import_key_set(
        world.client.get(f"{world.base}/{TENANT}/discovery/v2.0/keys").json()
    )
    claims = jwt.decode(answer["access_token"], keys, algorithms=["RS256"]).claims
    assert claims["aud"] == EXCHANGE
    assert claims["iss"] == f"https://sts.windows.net/{TENANT}/"
    assert (claims["tid"], claims["appid"]) == (TENANT, CLIENT)
    assert claims["roles"] == ["Exchange.ManageAsApp"]
    assert claims["wids"] == [ADMINISTRATOR]
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3599
    assert world.entra.tokens_issued == {CLIENT: 1}


def test_msal_signs_with_sha_256_and_the_simulator_remembers(
    world: World, credential: Credential
) -> None:
    ask(application(world, credential))

    assert world.entra.last_assertion
    assert world.entra.last_assertion.header["alg"] == "PS256"
    assert "x5t#S256" in world.entra.last_assertion.header
    assert world.entra.last_assertion.claims["iss"] == CLIENT


def test_the_older_sha_1_form_is_accepted(world: World, credential: Credential) -> None:
    older = {
        "private_key": credential.key,
        "thumbprint": credential.certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 -- a name
    }

    assert "access_token" in ask(application(world, credential, client_credential=older))
    assert world.entra.last_assertion
    assert world.entra.last_assertion.header["alg"] == "RS256"


def test_the_tenant_may_be_named_by_its_domain(world: World, credential: Credential) -> None:
    by_domain = application(world, credential, authority=f"{world.base}/{DOMAIN}")

    assert "access_token" in ask(by_domain)


def test_instance_discovery_works_where_a_client_insists(
    world: World, credential: Credential
) -> None:
    insisting = application(
        world, credential, instance_discovery=f"{world.base}/common/discovery/instance"
    )

    assert "access_token" in ask(insisting)


def test_another_resource_brings_a_token_without_roles(
    world: World, credential: Credential
) -> None:
    answer = ask(application(world, credential), "https://graph.microsoft.com/.default")

    claims = unverified(answer["access_token"])
    assert claims["aud"] == "https://graph.microsoft.com"
    assert "roles" not in claims


def test_two_certificates_work_side_by_side_until_one_is_removed(
    world: World, credential: Credential, other: Credential
) -> None:
    key_id = world.entra.directory.add_certificate(CLIENT, other.der)
    assert "access_token" in ask(application(world, credential))
    assert "access_token" in ask(application(world, other))

    world.entra.directory.remove_certificate(CLIENT, key_id)

    assert "access_token" in ask(application(world, credential))
    assert ask(application(world, other))["error_codes"] == [700027]


def test_a_new_certificate_takes_its_time(world: World, other: Credential) -> None:
    world.entra.directory.propagation = timedelta(minutes=2)
    world.entra.directory.add_certificate(CLIENT, other.der)

    answer = ask(application(world, other))

    assert answer["error"] == "invalid_client"
    assert "The key was not found" in answer["error_description"]


def test_a_key_that_is_not_the_certificates_is_refused(
    world: World, credential: Credential, other: Credential
) -> None:
    mixed = {"private_key": other.key, "public_certificate": credential.pem}

    answer = ask(application(world, credential, client_credential=mixed))

    assert answer["error_codes"] == [700027]
    assert "did not match" in answer["error_description"]


def test_an_expired_certificate_is_refused(world: World) -> None:
    expired = Credential(expires_in=-timedelta(days=1))
    world.entra.directory.add_certificate(CLIENT, expired.der)

    assert ask(application(world, expired))["error_codes"] == [1000502]


def test_an_unknown_tenant_stops_msal_at_discovery(world: World, credential: Credential) -> None:
    unknown = f"{world.base}/{uuid.uuid4()}"

    with pytest.raises(ValueError, match="Unable to get authority configuration"):
        ask(application(world, credential, authority=unknown))
    answer = world.client.get(f"{unknown}/v2.0/.well-known/openid-configuration")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_tenant"
    assert answer.json()["error_codes"] == [90002]


def test_msal_will_not_use_plain_http_and_neither_will_the_simulator(
    world: World, credential: Credential
) -> None:
    plain = httpx.Request("POST", f"http://127.0.0.1/{TENANT}/oauth2/v2.0/token")

    with pytest.raises(ValueError, match="https"):
        ask(application(world, credential, authority=f"http://127.0.0.1/{TENANT}"))
    assert world.entra(plain).status_code == 404
