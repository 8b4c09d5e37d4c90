"""A tenant, its certificate and the vault that holds it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import NotFound
from tests.unit.builders import CLIENT, NOW, TENANT

EXPIRES = NOW + timedelta(days=100, hours=5)


@dataclass(frozen=True)
class ACertificate:
    """A version of a certificate."""

    name: str = "easgate"
    version: str = "v1"
    key_id: str = "https://vault.example/keys/easgate/v1"
    der: bytes = b""
    thumbprint: str = "aa" * 32
    valid_from: datetime = NOW - timedelta(days=1)
    expires_at: datetime = EXPIRES
    is_enabled: bool = True


@dataclass(frozen=True)
class ATenant:
    """A tenant's registration."""

    tenant_id: str = TENANT
    client_id: str = CLIENT
    certificate_name: str = "easgate"


@dataclass
class FakeVault:
    """A vault with the versions it holds; the last is the current one."""

    versions: tuple[ACertificate, ...] = (ACertificate(),)

    def certificate(self, name: str, version: str = "") -> ACertificate:
        """Return a version."""
        for each in reversed(self.versions):
            if each.name == name and version in {"", each.version}:
                return each
        raise NotFound(f"the vault has no certificate {name}")
