"""A tenant whose certificates and secrets are watched, by workers that overlap and die."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from shared.credentials.certificate import App, Certificate
from shared.errors import Failure, Misconfigured
from shared.flows.certificate_watch import Watch
from shared.records.announcements import Announcements
from shared.records.certificates import Certificates
from tests.unit.builders import TENANT
from tests.unit.certificates import FakeVault, an_app
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeTable, ids
from tests.unit.validation_chain import Entries, Entry


class Died(BaseException):
    """The worker's process ended."""


def _nothing(_: int) -> None:
    """Let a call happen undisturbed."""


class CountedPort:
    """A port whose calls are counted: something may happen before each of them."""

    def __init__(self, target: object, before_call: Callable[[], None]) -> None:
        self._target = target
        self._before_call = before_call

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._target, name)

        def call(*args: object, **named: object) -> object:
            self._before_call()
            return method(*args, **named)

        return call


@dataclass
class Watched:
    """Vault, registration and secrets; what was announced of them, and what is noted of that."""

    vault: FakeVault = field(default_factory=FakeVault)
    extra: tuple[Entry, ...] = ()  # keys on the app that the vault does not know
    absent: frozenset[str] = frozenset()  # versions that are not registered
    cut_short: dict[str, datetime] = field(default_factory=dict)  # a registration's own end
    graph: Failure | None = None
    secrets: dict[str, datetime | None] = field(default_factory=dict)
    is_rotating: bool = False
    due: list[App] = field(default_factory=list)
    due_failure: Failure | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    pins: Certificates = field(default_factory=lambda: Certificates(FakeTable()))
    announced: Announcements = field(default_factory=lambda: Announcements(FakeTable()))

    def registration(self, app: App, certificate: Certificate) -> Entries:
        """Return what is registered."""
        assert app.certificate_name == certificate.name
        if self.graph:
            raise self.graph
        entries = (
            Entry(
                each.der,
                thumbprint_sha1=each.thumbprint_sha1,
                expires_at=self.cut_short.get(each.version, each.expires_at),
            )
            for each in self.vault.held
            if each.version not in self.absent
        )
        return Entries((*entries, *self.extra))

    def secret_names(self, tenant_id: str) -> list[str]:
        """Return the secrets of the one tenant that has any."""
        return sorted(self.secrets) if tenant_id == TENANT else []

    def secret_ends(self, name: str) -> datetime | None:
        """Return when a secret expires."""
        if name == "missing":
            raise Misconfigured("the vault holds no enabled secret missing")
        return self.secrets[name]

    def begin(self, app: App) -> None:
        """Take that the time has come to look whether something is due."""
        self.due.append(app)
        if self.due_failure:
            raise self.due_failure

    def watch(self, before_call: Callable[[int], None] = _nothing) -> Watch:
        """Return a worker's watch; *before_call* gets the number of the call to come."""
        calls: list[None] = []

        def counted() -> None:
            calls.append(None)
            before_call(len(calls))

        return Watch(
            vault=self.vault,
            pins=self.pins,
            registrations=self,
            secrets=self,
            announced=cast("Announcements", CountedPort(self.announced, counted)),
            events=cast("FakeEvents", CountedPort(self.events, counted)),
            clock=self.clock,
            due=self.begin,
            is_rotating=lambda app: self.is_rotating and app.tenant_id == TENANT,
        )

    def look(self, *apps: App) -> list[Failure]:
        """Let a worker look."""
        return self.watch().look(apps or [an_app()])

    def die_at(self, number: int) -> None:
        """Let a worker look, and die before its call of this number, if it comes so far."""

        def die(call: int) -> None:
            if call == number:
                raise Died

        try:
            assert self.watch(die).look([an_app()]) == []
        except Died:
            return

    def overlap_at(self, number: int) -> None:
        """Let a worker look, and another one while the first is about to make this call."""

        def meanwhile(call: int) -> None:
            if call == number:
                assert self.look() == []

        assert self.watch(meanwhile).look([an_app()]) == []

    @property
    def told(self) -> list[tuple[str, object]]:
        """What a consumer is left with once it has dropped repeats: type, and stage or kind."""
        distinct = {event.id: event for event in reversed(self.events.sent)}
        return [
            (_short(event.type), event.data.get("stage", event.data.get("kind")))
            for event in reversed(distinct.values())
        ]

    @property
    def repeats(self) -> int:
        """How many events came more than once."""
        return len(self.events.sent) - len(set(ids(self.events.sent)))


def _short(kind: str) -> str:
    return kind.removeprefix("easgate.").removesuffix(".v1")
