"""A vault on a port with people who may use it, for the tests of the vault simulator."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.keyvault.certificates import CertificateClient, CertificateContentType, CertificatePolicy
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient
from azure.keyvault.secrets import SecretClient

from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.entra import Entra
from infra.local.simulators.vault import Vault

TENANT = "7f0e1c52-6d0b-4f0e-9a57-0a4b8ed1c001"


# Polling without these would wait 5 seconds between one look and the next.
QUICKLY: dict[str, Any] = {"_polling_interval": 0.05}

T = TypeVar("T")


def known(value: T | None) -> T:
    """Return what the SDK calls optional and a test knows to be there."""
    assert value is not None
    return value


def a_policy(
    *, exportable: bool = False, content_type: CertificateContentType | None = None
) -> CertificatePolicy:
    """Return a policy as an app's set-up would send it."""
    return CertificatePolicy(
        "Self",
        subject="CN=app, O=Contoso",
        exportable=exportable,
        key_type="RSA",
        key_size=2048,
        validity_in_months=6,
        content_type=content_type,
    )


@dataclass
class Clock:
    """A clock that tests turn."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def advance(self, **by: float) -> None:
        """Turn it on."""
        self.now += timedelta(**by)


@dataclass
class Principal:
    """A credential as azure-core wants one, for one principal."""

    entra: Entra
    principal_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """Return a token for the resource the vault's challenge named."""
        resource = scopes[0].removesuffix("/.default")
        return AccessToken(*self.entra.managed_identity_token(resource, self.principal_id))


@dataclass
class World:
    """A vault, its address, its clock, and an administrator."""

    vault: Vault
    entra: Entra
    url: str
    clock: Clock
    admin: Principal

    def certificates(self, who: Principal | None = None) -> CertificateClient:
        """Return the real client for certificates."""
        return CertificateClient(self.url, who or self.admin, verify_challenge_resource=False)

    def secrets(self, who: Principal | None = None) -> SecretClient:
        """Return the real client for secrets."""
        return SecretClient(self.url, who or self.admin, verify_challenge_resource=False)

    def keys(self, who: Principal | None = None) -> KeyClient:
        """Return the real client for keys."""
        return KeyClient(self.url, who or self.admin, verify_challenge_resource=False)

    def crypto(self, name: str, version: str, who: Principal | None = None) -> CryptographyClient:
        """Return the real client that signs with one key."""
        key_id = f"{self.url}/keys/{name}/{version}"
        return CryptographyClient(key_id, who or self.admin, verify_challenge_resource=False)

    def send(
        self, method: str, path: str, *, who: Principal | None = None, body: object = None
    ) -> httpx.Response:
        """Send a request past any client library and past the port."""
        token = (who or self.admin).get_token("https://vault.azure.net/.default").token
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(transport=httpx.MockTransport(self.vault)) as client:
            return client.request(method, f"{self.url}{path}", headers=headers, json=body)

    def someone(self, *roles: str, scope: str = "") -> Principal:
        """Return a new principal who holds *roles*."""
        principal = Principal(self.entra)
        for role in roles:
            self.vault.roles.grant(principal.principal_id, role, scope=scope)
        return principal


@contextmanager
def address(folder: Path) -> Iterator["Address"]:
    """Open one port, behind which one vault after another can stand."""
    authority = Authority.create(folder)
    with Server(authority) as server:
        yield Address(authority, server)


class Address:
    """A port, and the vault behind it."""

    def __init__(self, authority: Authority, server: Server) -> None:
        self.authority = authority
        self.server = server
        self.entra = Entra()  # its key takes time to make
        self.entra.directory.add_tenant(TENANT)
        self._vault: Vault | None = None
        self._url = server.mount(self._answer, name="vault")

    def world(self, monkeypatch: pytest.MonkeyPatch) -> World:
        """Put a new vault behind the port."""
        for name, value in self.authority.environment().items():
            monkeypatch.setenv(name, value)
        clock = Clock(datetime.fromtimestamp(int(time.time()), tz=UTC))
        self._vault = Vault(jwks=self.entra.jwks, tenant_id=TENANT, clock=clock)
        world = World(self._vault, self.entra, self._url, clock, Principal(self.entra))
        self._vault.roles.grant(world.admin.principal_id, "Key Vault Administrator")
        return world

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._vault is None:
            raise LookupError("no vault stands behind this port yet")
        return self._vault(request)
