"""Real azure-identity gets a managed identity's token, for the right secret only."""

from collections.abc import Iterator

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential

from infra.local.serve import Server
from infra.local.simulators.entra import Entra
from infra.local.simulators.managed_identity import ManagedIdentity
from tests.contract.entra_world import TENANT, unverified

PRINCIPAL = "c2a3f3a0-29d1-4d43-8a86-2f4f5f7b3003"
VAULT = "https://vault.azure.net"
SECRET = {"X-IDENTITY-HEADER": "s3cret"}


@pytest.fixture(scope="module")
def identity() -> ManagedIdentity:
    entra = Entra()
    entra.directory.add_tenant(TENANT)
    return ManagedIdentity(entra, principal_id=PRINCIPAL, secret="s3cret")


@pytest.fixture
def endpoint(identity: ManagedIdentity, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with Server(None) as server:
        base = server.mount(identity, name="identity", tls=False)
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{base}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "s3cret")
        yield


@pytest.mark.usefixtures("endpoint")
def test_azure_identity_gets_a_token_for_the_vault() -> None:
    with ManagedIdentityCredential() as credential:
        token = credential.get_token(f"{VAULT}/.default")

    claims = unverified(token.token)
    assert (claims["oid"], claims["aud"], claims["tid"]) == (PRINCIPAL, VAULT, TENANT)
    assert claims["exp"] == token.expires_on


@pytest.mark.usefixtures("endpoint")
def test_a_wrong_identity_header_buys_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "guess")
    with ManagedIdentityCredential() as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(f"{VAULT}/.default")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        (f"api-version=2019-08-01&resource={VAULT}", SECRET, 200),
        (f"api-version=2019-08-01&resource={VAULT}", {}, 401),
        (f"resource={VAULT}", SECRET, 400),
        (f"api-version=2017-09-01&resource={VAULT}", SECRET, 400),
        ("api-version=2019-08-01", SECRET, 400),
        ("api-version=2019-08-01&resource=https://vault.example", SECRET, 400),
        (f"api-version=2019-08-01&resource={VAULT}&client_id=another", SECRET, 400),
    ],
)
def test_the_endpoint_checks_what_it_is_asked(
    identity: ManagedIdentity, query: str, headers: dict[str, str], status: int
) -> None:
    request = httpx.Request("GET", f"http://127.0.0.1/msi/token?{query}", headers=headers)

    assert identity(request).status_code == status
