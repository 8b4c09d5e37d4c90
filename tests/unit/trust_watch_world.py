"""A tenant whose authorities and CRLs are watched, by workers that overlap and die."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from shared.credentials.certificate import App
from shared.credentials.expiry import Stage
from shared.errors import Failure
from shared.events import trust
from shared.events.catalogue import Event
from shared.flows.crl_check import CrlCheck
from shared.flows.trust_watch import TrustWatch
from shared.records.announcements import Announcements
from shared.records.trust_records import TrustRecords
from shared.trust.authority import Authority, Store
from shared.trust.crl_trouble import CrlTrouble, Unfetched
from shared.trust.watched import CrlPlace, CrlWord, KnownAuthority
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import an_app
from tests.unit.stand_ins import FakeClock, FakeTable, ids
from tests.unit.watch_world import CountedPort, Died

DAY = timedelta(days=1)
LONG = NOW + 3000 * DAY  # when an authority ends whose end is not what a test is about
LIFE = 10 * DAY  # of a CRL, unless a test says otherwise


@cache
def a_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of an authority; one for each name."""
    assert name
    return ec.generate_private_key(ec.SECP256R1())


@cache
def certificate(name: str, ends_at: datetime) -> bytes:
    """Return an authority's own certificate."""
    key, subject = a_key(name), _named(name)
    key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - 1000 * DAY)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_id, critical=False)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.DER)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def a_list(
    name: str,
    number: int,
    at: datetime,
    *,
    life: timedelta = LIFE,
    by: str = "",
    delta_of: int | None = None,
) -> bytes:
    """Return a CRL as an authority publishes it, or as another one signs it for it."""
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(a_key(by or name).public_key())
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_named(name))
        .last_update(at)
        .next_update(at + life)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(key_id, critical=False)
    )
    if delta_of is not None:
        made = made.add_extension(x509.DeltaCRLIndicator(delta_of), critical=True)
    return made.sign(a_key(by or name), SHA256()).public_bytes(Encoding.DER)


def url_of(name: str) -> str:
    """Return where an authority publishes."""
    return f"http://crl.contoso.com/{name}.crl"


def an_authority(name: str, ends_at: datetime = LONG, **changes: object) -> Authority:
    """Return an authority of the PKI store, with the address of its CRL."""
    authority = Authority(
        store=Store.PKI,
        certificate=certificate(name, ends_at),
        is_root=True,
        name=name,
        crl_url=url_of(name),
    )
    return replace(authority, **changes)  # type: ignore[arg-type]  # named fields only, by convention


@dataclass
class FakeStores:
    """Both stores of a tenant."""

    pki: list[Authority] = field(default_factory=list)
    classic: list[Authority] = field(default_factory=list)
    pki_down: Failure | None = None
    classic_down: Failure | None = None

    def authorities(self) -> tuple[Authority, ...]:
        """Return the PKI store."""
        if self.pki_down:
            raise self.pki_down
        return tuple(self.pki)

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return the classic store."""
        if self.classic_down:
            raise self.classic_down
        return tuple(self.classic)


@dataclass
class FakeCrls:
    """What stands at the addresses of CRLs; a list is a day old when it is first asked for."""

    clock: FakeClock
    lists: dict[str, bytes | CrlTrouble] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    takes: timedelta = timedelta()  # each download

    def publish(self, name: str, number: int = 1, **how: object) -> None:
        """Let an authority publish a list now."""
        self.lists[url_of(name)] = a_list(name, number, self.clock.now, **how)  # type: ignore[arg-type]  # by name

    def fetch(self, url: str) -> bytes:
        """Return a list."""
        self.asked.append(url)
        self.clock.advance(self.takes)
        found = self.lists[url]
        if isinstance(found, CrlTrouble):
            raise Unfetched(found, "it did not come")
        return found


@dataclass
class FakeTrustEvents:
    """What the world was told; the catalogue makes the events, so ids are the real ones."""

    sent: list[Event] = field(default_factory=list)
    down: Failure | None = None

    def ca_expiring(
        self, app: App, known: KnownAuthority, *, stage: Stage, ends_at: datetime, now: datetime
    ) -> None:
        """Take a stage of an authority."""
        self._take(trust.ca_expiring(app, known, stage=stage, ends_at=ends_at, now=now))

    def ca_removed(self, app: App, known: KnownAuthority, *, now: datetime) -> None:
        """Take that an authority is gone."""
        self._take(trust.ca_removed(app, known, now=now))

    def crl_stale(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Take that a CRL is no good."""
        self._take(trust.crl_stale(app, place, word, occurrence=occurrence, now=now))

    def crl_unreachable(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Take that a CRL cannot be fetched."""
        self._take(trust.crl_unreachable(app, place, word, occurrence=occurrence, now=now))

    def crl_fresh(
        self, app: App, place: CrlPlace, *, why: str, occurrence: int, now: datetime
    ) -> None:
        """Take that all is well."""
        self._take(trust.crl_fresh(app, place, why=why, occurrence=occurrence, now=now))

    def _take(self, event: Event) -> None:
        if self.down:
            raise self.down
        self.sent.append(event)


def _nothing(_: int) -> None:
    """Let a call happen undisturbed."""


@dataclass
class Trusting:
    """Stores, CRLs and a clock; what was announced of them, and what is noted of that."""

    stores: FakeStores = field(default_factory=FakeStores)
    others: dict[str, FakeStores] = field(default_factory=dict)  # of other tenants
    clock: FakeClock = field(default_factory=FakeClock)
    events: FakeTrustEvents = field(default_factory=FakeTrustEvents)
    table: FakeTable = field(default_factory=FakeTable)
    crls: FakeCrls = field(init=False)

    def __post_init__(self) -> None:
        self.crls = FakeCrls(self.clock)

    def watch(self, before_call: Callable[[int], None] = _nothing) -> TrustWatch:
        """Return a worker's watch; *before_call* gets the number of the call to come."""
        calls: list[None] = []

        def counted() -> None:
            calls.append(None)
            before_call(len(calls))

        return TrustWatch(
            watched={TENANT: self.stores, **self.others},
            crls=CrlCheck(source=self.crls, clock=self.clock),
            followed=cast("TrustRecords", CountedPort(TrustRecords(self.table), counted)),
            stages=cast("Announcements", CountedPort(Announcements(self.table), counted)),
            events=cast("FakeTrustEvents", CountedPort(self.events, counted)),
            clock=self.clock,
        )

    def look(self, *apps: App) -> list[Failure]:
        """Let a worker look."""
        return self.watch().look(apps or [an_app()])

    def die_at(self, number: int) -> bool:
        """Let a worker look, and die before its call of this number; False if it lives on."""

        def die(call: int) -> None:
            if call == number:
                raise Died

        try:
            assert self.watch(die).look([an_app()]) == []
        except Died:
            return True
        return False

    def overlap_at(self, number: int) -> None:
        """Let a worker look, and another one while the first is about to make this call."""

        def meanwhile(call: int) -> None:
            if call == number:
                assert self.look() == []

        assert self.watch(meanwhile).look([an_app()]) == []

    @property
    def told(self) -> list[tuple[str, ...]]:
        """What a consumer is left with once it has dropped repeats: type, authority, which."""
        distinct = {event.id: event for event in reversed(self.events.sent)}
        return [_shown(event) for event in reversed(distinct.values())]

    @property
    def repeats(self) -> int:
        """How many events came more than once."""
        return len(self.events.sent) - len(set(ids(self.events.sent)))


def after(world: Trusting, moments: Iterable[datetime]) -> Trusting:
    """Return the tenant after the watch has run at these times."""
    for world.clock.now in moments:
        assert world.look() == []
    return world


def _shown(event: Event) -> tuple[str, ...]:
    kind = event.type.removeprefix("easgate.trust.").removesuffix(".v1")
    which = [str(event.data[each]) for each in ("stage", "why") if each in event.data]
    return (kind, str(event.data["authority"]), *which)
