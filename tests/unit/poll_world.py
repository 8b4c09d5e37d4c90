"""A polled MDM in memory, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.devices.model import Ownership, Posture, Trust
from shared.devices.subject import Report, Subject
from shared.errors import Failure
from shared.flows.mdm_poll import Polling, Trouble
from shared.flows.poll_ports import PolledSender
from shared.mdm.vendor import Heard
from shared.records.polled import Polled
from shared.records.unheeded import Unheeded
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable
from tests.unit.world import ETERNAL, Life, mortal

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def heard(name: str, posture: Posture | None = Posture.COMPLIANT, **changes: object) -> Heard:
    """Return a device that reported a day ago, as the MDM lists it."""
    said = Heard(
        kind="some",
        subject=Subject(mdm_id=name, mail=f"{name}@contoso.com", name=f"{name}'s phone"),
        occurred_at=NOW - 24 * HOUR,
        posture=posture,
        ownership=Ownership.CORPORATE,
    )
    return replace(said, **changes)  # type: ignore[arg-type]  # named fields only, by convention


@dataclass(frozen=True)
class FakePage:
    """A part of the list."""

    heard: Sequence[Heard]
    following: str | None
    unknown: Sequence[str] = ()
    verified_by: str = "maas/v1"


@dataclass
class FakeListing:
    """Lists devices, a few to a page."""

    clock: FakeClock
    devices: dict[str, Heard] = field(default_factory=dict)
    hidden: dict[str, Heard] = field(default_factory=dict)  # on no page, but not gone
    size: int = 2
    takes: timedelta = timedelta()  # for one page
    unknown: Sequence[str] = ()
    down: Failure | None = None
    down_after: int = 0  # pages
    asked: list[tuple[datetime | None, str]] = field(default_factory=list)

    def show(self, *devices: Heard) -> None:
        """List these devices as they are now."""
        self.devices |= {each.subject.mdm_id: each for each in devices}

    def page(self, since: datetime | None, place: str) -> FakePage:
        """Return the part that begins after a device."""
        self.asked.append((since, place))
        self.clock.advance(self.takes)
        if self.down and len(self.asked) > self.down_after:
            raise self.down
        found = [
            each
            for name, each in sorted(self.devices.items())
            if name > place and (since is None or (each.occurred_at or NOW) > since)
        ]
        shown = found[: self.size]
        following = shown[-1].subject.mdm_id if len(found) > self.size else None
        return FakePage(shown, following, self.unknown)

    def ping(self) -> None:
        """Say nothing: it answers."""

    def find(self, mdm_id: str) -> FakePage:
        """Return one device, or nobody."""
        shown = self.devices.get(mdm_id) or self.hidden.get(mdm_id)
        return FakePage([shown] if shown else [], None)


@dataclass
class PollWorld:
    """One polled sender, and what outlives a worker."""

    clock: FakeClock = field(default_factory=FakeClock)
    table: FakeTable = field(default_factory=FakeTable)
    queue: FakeQueue = field(default_factory=FakeQueue)
    unheeded: Unheeded = field(init=False)
    listing: FakeListing = field(init=False)
    senders: list[PolledSender] = field(init=False)
    pages: int = 20

    def __post_init__(self) -> None:
        self.unheeded = Unheeded(FakeTable(), self.clock)
        self.listing = FakeListing(self.clock)
        self.senders = [a_sender("mdm", self.listing)]

    def run(self, calls: int = ETERNAL) -> list[Trouble]:
        """Run the timer once, in a worker that lives through so many calls."""
        life = Life(calls)
        return Polling(
            senders=[replace(each, listing=mortal(each.listing, life)) for each in self.senders],
            polled=mortal(Polled(self.table), life),
            queue=mortal(self.queue, life),
            unheeded=mortal(self.unheeded, life),
            clock=self.clock,
            pages=self.pages,
        ).run()

    def later(self, by: timedelta = HOUR) -> list[Trouble]:
        """Run the timer once more, by default when all devices are due again."""
        self.clock.advance(by)
        return self.run()

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was reported, in short."""
        return [(each.subject.mdm_id, str(each.posture)) for each in self.queue.reports]

    @property
    def ids(self) -> dict[str, Report]:
        """What was reported under which id, the last one."""
        return {each.report_id: each for each in self.queue.reports}


def a_sender(name: str, listing: FakeListing) -> PolledSender:
    """Return a sender that has to be asked."""
    return PolledSender(name=name, tenant_id=TENANT, trust=Trust.FULL, listing=listing)


def rounds(world: PollWorld, count: int) -> None:
    """Let as many whole rounds pass, in which nothing goes wrong."""
    for _ in range(count):
        assert world.later() == []
