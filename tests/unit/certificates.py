"""A tenant's registration, its certificate and the vault that holds it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from shared.credentials.certificate import App, Certificate
from shared.errors import Failure, NotFound
from tests.unit.builders import CLIENT, NOW, TENANT

EXPIRES = NOW + timedelta(days=100, hours=5)


def an_app(**changes: object) -> App:
    """Return a tenant's registration."""
    app = App(tenant_id=TENANT, client_id=CLIENT, certificate_name="easgate")
    return replace(app, **changes)  # type: ignore[arg-type]  # named fields only, by convention


def a_certificate(**changes: object) -> Certificate:
    """Return a version of a certificate that is in force."""
    certificate = Certificate(
        name="easgate",
        version="v1",
        key_id="https://vault.example/keys/easgate/v1",
        der=b"one certificate",
        is_enabled=True,
        valid_from=NOW - timedelta(days=1),
        expires_at=EXPIRES,
    )
    return replace(certificate, **changes)  # type: ignore[arg-type]  # as above


def a_successor(**changes: object) -> Certificate:
    """Return the next version of that certificate."""
    fields = {"version": "v2", "der": b"another certificate", **changes}
    return a_certificate(**fields)


@dataclass
class FakeVault:
    """A vault with the versions it holds; the last is the current one."""

    held: tuple[Certificate, ...] = field(default_factory=lambda: (a_certificate(),))
    down: Failure | None = None

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return a version."""
        if self.down:
            raise self.down
        for each in reversed(self.held):
            if each.name == name and version in {"", each.version}:
                return each
        raise NotFound(f"the vault has no certificate {name} {version}".rstrip())

    def versions(self, name: str) -> tuple[Certificate, ...]:
        """Return every version, oldest first."""
        self.certificate(name)
        return tuple(each for each in self.held if each.name == name)
