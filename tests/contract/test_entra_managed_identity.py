"""A managed identity may hold application permissions, and then needs no certificate at all."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from infra.local.simulators.entra import Entra
from infra.local.simulators.exchange import Exchange
from infra.local.simulators.managed_identity import Assignment, ManagedIdentity
from tests.contract.entra_world import ADMINISTRATOR, EXCHANGE, PRINCIPAL, TENANT, unverified

NOW = datetime(2026, 5, 1, tzinfo=UTC)
GRAPH = "https://graph.microsoft.com"
ROLES = {EXCHANGE: ["Exchange.ManageAsApp"]}


@pytest.fixture(scope="module")
def entra() -> Entra:
    entra = Entra(clock=lambda: NOW)
    entra.directory.add_tenant(TENANT)
    return entra


@pytest.fixture(scope="module")
def exchange(entra: Entra) -> Iterator[httpx.Client]:
    service = Exchange(jwks=entra.jwks, clock=lambda: NOW)
    service.add_tenant(TENANT).add_mailbox("adele@contoso.com")
    with httpx.Client(base_url=EXCHANGE, transport=httpx.MockTransport(service)) as client:
        yield client


def ask(identity: ManagedIdentity, resource: str, **named: str) -> httpx.Response:
    query = {"api-version": "2019-08-01", "resource": resource, **named}
    url = httpx.URL("http://127.0.0.1/msi/token", params=query)
    return identity(httpx.Request("GET", url, headers={"X-IDENTITY-HEADER": "s3cret"}))


def list_mailboxes(exchange: httpx.Client, token: str) -> int:
    answer = exchange.post(
        f"/adminapi/beta/{TENANT}/InvokeCommand",
        headers={"Authorization": f"Bearer {token}"},
        json={"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}}},
    )
    return answer.status_code


@pytest.mark.parametrize("resource", [EXCHANGE, f"{EXCHANGE}/"])
def test_its_token_carries_the_roles_it_holds_at_the_resource(
    entra: Entra, exchange: httpx.Client, resource: str
) -> None:
    identity = ManagedIdentity(
        entra, principal_id=PRINCIPAL, secret="s3cret", roles=ROLES, wids=[ADMINISTRATOR]
    )

    token = ask(identity, resource).json()["access_token"]

    claims = unverified(token)
    assert (claims["aud"], claims["roles"]) == (resource, ["Exchange.ManageAsApp"])
    assert (claims["appid"], claims["oid"]) == (identity.client_id, PRINCIPAL)
    assert claims["wids"] == [ADMINISTRATOR]
    assert list_mailboxes(exchange, token) == 200
    assert "roles" not in unverified(ask(identity, GRAPH).json()["access_token"])


def test_a_role_granted_in_the_directory_counts_as_well() -> None:
    entra = Entra(clock=lambda: NOW)
    entra.directory.add_tenant(TENANT)
    identity = ManagedIdentity(
        entra, principal_id=PRINCIPAL, secret="s3cret", roles={GRAPH: ["User.Read.All"]}
    )
    granted = {GRAPH: ["User.Read.All", "Application.Read.All"]}
    entra.directory.add_application(identity.client_id, tenant_id=TENANT, roles=granted)

    claims = unverified(ask(identity, GRAPH).json()["access_token"])

    assert claims["roles"] == ["User.Read.All", "Application.Read.All"]


def test_without_a_role_its_token_opens_nothing(entra: Entra, exchange: httpx.Client) -> None:
    identity = ManagedIdentity(entra, principal_id=PRINCIPAL, secret="s3cret")

    assert list_mailboxes(exchange, ask(identity, EXCHANGE).json()["access_token"]) == 401


def test_an_identity_assigned_by_a_user_answers_to_its_names_only(entra: Entra) -> None:
    identity = ManagedIdentity(
        entra, principal_id=PRINCIPAL, secret="s3cret", assignment=Assignment.USER
    )

    named = [
        {"client_id": identity.client_id},
        {"object_id": PRINCIPAL},
        {"mi_res_id": str(Assignment.USER)},
    ]
    assert [ask(identity, EXCHANGE, **one).status_code for one in named] == [200, 200, 200]
    assert ask(identity, EXCHANGE).status_code == 400
    assert ask(identity, EXCHANGE, client_id=PRINCIPAL).status_code == 400
    assert ask(identity, EXCHANGE, client_id=identity.client_id, object_id="x").status_code == 400
