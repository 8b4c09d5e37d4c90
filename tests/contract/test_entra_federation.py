"""A managed identity's token stands in for a certificate, where the application says so."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msal
import pytest

from infra.local.simulators.entra import Entra
from infra.local.simulators.managed_identity import Assignment, ManagedIdentity
from tests.contract.entra_world import (
    CLIENT,
    EXCHANGE,
    PRINCIPAL,
    TENANT,
    Credential,
    World,
    a_directory,
    a_form,
    unverified,
)
from tests.contract.vault_world import Clock

ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
AUDIENCE = "api://AzureADTokenExchange"


@pytest.fixture(scope="module")
def credential() -> Credential:
    return Credential()


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.fromtimestamp(int(time.time()), tz=UTC))


@pytest.fixture
def world(credential: Credential, clock: Clock) -> Iterator[World]:
    entra = a_directory(credential, clock)
    with httpx.Client(transport=httpx.MockTransport(entra)) as client:
        yield World(entra, "https://login.microsoftonline.com", client)


def an_identity(entra: Entra, assignment: Assignment = Assignment.USER) -> ManagedIdentity:
    return ManagedIdentity(entra, principal_id=PRINCIPAL, secret="s3cret", assignment=assignment)


def shown(identity: ManagedIdentity, resource: str = AUDIENCE) -> str:
    """Return the identity's token for *resource*."""
    query = {
        "api-version": "2019-08-01",
        "resource": resource,
        "client_id": identity.client_id,
    }
    headers = {"X-IDENTITY-HEADER": "s3cret"}
    url = httpx.URL("http://127.0.0.1/msi/token", params=query)
    token: str = identity(httpx.Request("GET", url, headers=headers)).json()["access_token"]
    return token


def code(world: World, credential: Credential, assertion: str) -> int:
    """Return the code with which an assertion is refused."""
    answer = world.token(a_form(world, credential, client_assertion=assertion))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    [found] = answer.json()["error_codes"]
    return int(found)


def test_msal_trades_a_managed_identitys_token_for_the_applications(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ends are the real library: what the identity endpoint gives, the other takes."""
    identity = an_identity(world.entra)
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "s3cret")
    with httpx.Client(transport=httpx.MockTransport(identity)) as endpoint:
        managed = msal.ManagedIdentityClient(
            msal.UserAssignedManagedIdentity(client_id=identity.client_id), http_client=endpoint
        )
        client = msal.ConfidentialClientApplication(
            CLIENT,
            authority=f"{world.base}/{TENANT}",
            instance_discovery=False,
            http_client=world.client,
            client_credential={
                "client_assertion": lambda: managed.acquire_token_for_client(resource=AUDIENCE)[
                    "access_token"
                ]
            },
        )
        answer: dict[str, Any] = client.acquire_token_for_client([f"{EXCHANGE}/.default"])

    claims = unverified(answer["access_token"])
    assert (claims["appid"], claims["roles"]) == (CLIENT, ["Exchange.ManageAsApp"])


def test_the_token_to_be_traded_names_the_identity_by_its_object_id(world: World) -> None:
    identity = an_identity(world.entra)

    claims = unverified(shown(identity))

    assert (claims["iss"], claims["sub"], claims["azp"]) == (ISSUER, PRINCIPAL, identity.client_id)
    assert claims["aud"] == "fb60f99c-7a34-4190-8149-302f77469936"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"issuer": ISSUER + "/"}, 700211),
        ({"issuer": ISSUER.upper()}, 700211),
        ({"audience": "api://AzureADTokenExchangeUSGov"}, 700212),
        ({"audience": AUDIENCE.lower()}, 700212),
        ({"subject": CLIENT}, 700213),
        ({"subject": PRINCIPAL.upper()}, 7002138),
    ],
)
def test_a_wrong_credential_is_taken_in_silence_and_fails_at_the_exchange(
    world: World, credential: Credential, changes: dict[str, str], expected: int
) -> None:
    right = {"issuer": ISSUER, "subject": PRINCIPAL, "audience": AUDIENCE}
    world.entra.federation.add(CLIENT, **(right | changes))

    assert code(world, credential, shown(an_identity(world.entra))) == expected


def test_an_application_without_federated_credentials_knows_no_issuer(
    world: World, credential: Credential
) -> None:
    assert code(world, credential, shown(an_identity(world.entra))) == 700211


def test_an_identity_that_is_not_assigned_by_a_user_cannot_be_traded(
    world: World, credential: Credential
) -> None:
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)

    token = shown(an_identity(world.entra, Assignment.SYSTEM))

    assert code(world, credential, token) == 700236


def test_a_token_for_something_else_cannot_be_traded(world: World, credential: Credential) -> None:
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)

    token = shown(an_identity(world.entra), "https://vault.azure.net")

    assert code(world, credential, token) == 700211


def test_a_token_signed_by_somebody_else_is_refused(world: World, credential: Credential) -> None:
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)
    elsewhere = Entra()
    elsewhere.directory.add_tenant(TENANT)

    assert code(world, credential, shown(an_identity(elsewhere))) == 700027


def test_a_stale_token_is_refused(world: World, credential: Credential, clock: Clock) -> None:
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)
    token = shown(an_identity(world.entra))

    clock.advance(hours=25)

    assert code(world, credential, token) == 700024


def test_a_new_federated_credential_works_once_it_has_spread_and_until_it_is_removed(
    world: World, credential: Credential, clock: Clock
) -> None:
    federation = world.entra.federation
    federation.propagation = timedelta(minutes=2)
    added = federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)
    token = shown(an_identity(world.entra))
    assert code(world, credential, token) == 700211

    clock.advance(minutes=2)
    form = a_form(world, credential, client_assertion=token)
    assert world.token(form).status_code == 200

    federation.remove(CLIENT, added)
    assert code(world, credential, token) == 700211


def test_an_application_holds_twenty_federated_credentials_and_none_twice(world: World) -> None:
    for number in range(20):
        world.entra.federation.add(CLIENT, issuer=ISSUER, subject=str(number))

    with pytest.raises(ValueError, match="20"):
        world.entra.federation.add(CLIENT, issuer=ISSUER, subject="20")
    world.entra.federation.remove(CLIENT, world.entra.federation.of(CLIENT)[0])
    with pytest.raises(ValueError, match="unique"):
        world.entra.federation.add(CLIENT, issuer=ISSUER, subject="19", audience="other")


def test_the_certificate_still_works_beside_it(world: World, credential: Credential) -> None:
    world.entra.federation.add(CLIENT, issuer=ISSUER, subject=PRINCIPAL)

    assert world.token(a_form(world, credential)).status_code == 200
