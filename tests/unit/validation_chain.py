"""Vault, Graph, Entra ID and Exchange as a validation asks them; each may fail."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.credentials.certificate import App, Certificate, KeyFacts
from shared.credentials.findings import Finding
from shared.credentials.rights import Feature, Lack, WriteScope
from shared.credentials.validation import Report
from shared.errors import Failure
from shared.flows.certificate_validation import Validation
from shared.records.certificates import Certificates
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import FakeVault, an_app
from tests.unit.stand_ins import FakeClock, FakeTable

GOOD_KEY = KeyFacts(
    kind="RSA-HSM", bits=2048, operations=frozenset({"sign", "verify"}), is_exportable=False
)


NOTHING_LACKS = Lack(cmdlets={})
EVERYBODY = WriteScope(limits=(), tried=2, refused=0)


@dataclass(frozen=True)
class Entry:
    """A certificate on the application."""

    der: bytes
    key_id: str = "key-1"
    thumbprint_sha1: str = "aa"
    valid_from: datetime = NOW - timedelta(days=1)
    expires_at: datetime = NOW + timedelta(days=1)

    def is_of(self, der: bytes) -> bool:
        """Whether it is this one."""
        return self.der == der


@dataclass(frozen=True)
class Entries:
    """The application."""

    keys: tuple[Entry, ...]


@dataclass(frozen=True)
class Claims:
    """What a token says."""

    roles: tuple[str, ...] = ("Exchange.ManageAsApp",)
    wids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Token:
    """A token."""

    claims: Claims
    text: str = "fresh"


@dataclass
class Chain(FakeVault):
    """All of them; `failures` by the name of what is asked."""

    url: str = "https://contoso-kv.vault.azure.net"
    facts: KeyFacts = GOOD_KEY
    is_proved: bool = True
    claims: Claims = Claims()
    lacks: Lack = NOTHING_LACKS
    scope: WriteScope = EVERYBODY
    failures: dict[str, Failure] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)
    slowness: timedelta = timedelta()
    may_write: bool = True
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return a version, after a while."""
        self.clock.advance(self.slowness)
        self._ask("vault")
        return super().certificate(name, version)

    def key_facts(self, certificate: Certificate) -> KeyFacts:
        """Return what the vault says."""
        self._ask("key", certificate)
        return self.facts

    def proves_key(self, certificate: Certificate) -> bool:
        """Say whether the key fits."""
        self._ask("sign", certificate)
        return self.is_proved

    def registration(self, app: App, certificate: Certificate) -> Entries:
        """Return an application that knows every version."""
        assert app.tenant_id == TENANT
        self._ask("graph", certificate)
        return Entries(tuple(Entry(each.der, expires_at=each.expires_at) for each in self.held))

    def acquire(self, app: App, certificate: Certificate) -> Token:
        """Return a token."""
        assert app.tenant_id == TENANT
        self._ask("entra", certificate)
        return Token(self.claims)

    def acquire_without_certificate(self, app: App) -> Token:
        """Return a token that rests on the managed identity."""
        self._ask(f"identity {app.credential}")
        return Token(self.claims)

    def exchange(self, token: str) -> "Chain":
        """Let Exchange be asked with a token."""
        assert token == "fresh"
        return self

    def answering(self) -> str:
        """Answer."""
        self._ask("exchange")
        return "Get-Something"

    def cmdlets(self) -> frozenset[str]:
        """Return what may be run."""
        self._ask("cmdlets")
        return frozenset({"Get-Something"})

    def lack(self, feature: Feature, allowed: Collection[str], *, may_write: bool) -> Lack:
        """Return what is lacking."""
        assert (feature in Feature, list(allowed)) == (True, ["Get-Something"])
        assert may_write is self.may_write
        return self.lacks

    def write_scope(self, client_id: str) -> WriteScope:
        """Return the scope."""
        assert client_id == an_app().client_id
        self._ask("scope")
        return self.scope

    def named_by_policies(self) -> tuple[str, ...]:
        """Return no policies."""
        self._ask("policies")
        return ()

    def _ask(self, place: str, certificate: Certificate | None = None) -> None:
        self.asked.append(f"{place} {certificate.version}" if certificate else place)
        if place in self.failures:
            raise self.failures[place]

    def validation(self) -> Validation:
        """Put the validation of this chain together."""
        return Validation(
            app=an_app(),
            may_write=self.may_write,
            vault=self,
            entra=self,
            registrations=self,
            exchange=self.exchange,
            pins=self.pins,
            clock=self.clock,
        )

    def report(self) -> Report:
        """Validate this chain."""
        return self.validation().report()


def codes(report: Report) -> dict[str, Finding]:
    """Return what was found, and what was not tried, by check."""
    return {each.name: each.code for each in report.checks if each.code}
