"""One tenant in which devices are to be recognised; a worker may die after any of its calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from shared.devices.model import Posture, Signal, Trust
from shared.devices.operation import Operation, State
from shared.devices.subject import Link, Partnership, Person, Report, Subject
from shared.errors import Failure, Rejected, Retryable
from shared.flows.device_report import Recognition
from shared.records.awaited import Awaited
from shared.records.held import Held
from shared.records.journal import Journal
from shared.records.links import Links
from shared.records.reports import Reports
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, NOW, TENANT
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeQueue, FakeTable
from tests.unit.world import ETERNAL, Life, mortal

OTHER_MAILBOX = "bob@contoso.com"
PERSON_ID = "7d3f0a52-0000-4000-8000-0000000000ad"
SERIAL, UDID, IMEI = "F2LXQ1ZZG5MV", "00008110-000E44540A2A801E", "359092068173453"
SECOND_ID = "7QK2M0D9V3H1R5N8B4T6C0J2F1"
LISTED = 200  # held operations that one look finds


def a_partnership(**changes: object) -> Partnership:
    """Return an iPhone in Adele's mailbox."""
    mailbox = str(changes.get("mailbox", MAILBOX))
    partnership = Partnership(
        mailbox=mailbox,
        addresses=frozenset({mailbox}),
        device_id=DEVICE_ID,
        guid=GUID,
        device_type="iPhone",
        model="iPhone14C2",
        os="iOS 17.5.1 21F90",
        user_agent="Apple-iPhone14C2/2106.90",
        client_type="EAS",
    )
    return replace(partnership, **changes)  # type: ignore[arg-type]  # named fields only


TWO_ALIKE = (a_partnership(), a_partnership(device_id=SECOND_ID, guid="second"))
FIRST, SECOND = (Link(mailbox=each.mailbox, device_id=each.device_id) for each in TWO_ALIKE)


def a_subject(**changes: object) -> Subject:
    """Return a device that is known by every name but the one that Exchange knows."""
    subject = Subject(
        upn=MAILBOX,
        serial=SERIAL,
        udid=UDID,
        mdm_id="device-7",
        model="iPhone14,2",
        os="iOS 17.5.1",
        name="Adele's phone",
    )
    return replace(subject, **changes)  # type: ignore[arg-type]  # named fields only


NAMED = a_subject(eas_device_id=DEVICE_ID)


def a_report(**changes: object) -> Report:
    """Return a report of a fully trusted sender that a device broke the rules."""
    report = Report(
        report_id="66666666-0000-4000-8000-000000000006",
        tenant_id=TENANT,
        sender="console",
        trust=Trust.FULL,
        posture=Posture.NONCOMPLIANT,
        subject=a_subject(),
        occurred_at=NOW - timedelta(minutes=2),
    )
    return replace(report, **changes)  # type: ignore[arg-type]  # named fields only


def a_newer_report(**changes: object) -> Report:
    """Return a report made after the one of `a_report`: all is well again."""
    fields = {
        "report_id": "77777777-0000-4000-8000-000000000007",
        "posture": Posture.COMPLIANT,
        "occurred_at": NOW - timedelta(minutes=1),
        **changes,
    }
    return a_report(**fields)


@dataclass
class FakePartnerships:
    """What Exchange has; some names it refuses."""

    known: Sequence[Partnership] = ()
    refused: dict[str, str] = field(default_factory=dict)  # why, by name
    down: Failure | None = None

    def of_owner(self, owner: str) -> tuple[Partnership, ...]:
        """Return those of a mailbox."""
        self._check(owner)
        return tuple(each for each in self.known if owner.lower() in each.addresses)

    def with_device_id(self, device_id: str) -> tuple[Partnership, ...]:
        """Return those with a DeviceID, whatever its case."""
        self._check(device_id)
        return tuple(each for each in self.known if each.device_id.lower() == device_id.lower())

    def with_imei(self, imei: str) -> tuple[Partnership, ...]:
        """Return those with an IMEI."""
        self._check(imei)
        return tuple(each for each in self.known if each.imei[:14] == imei[:14])

    def _check(self, name: str) -> None:
        if self.down:
            raise self.down
        if name in self.refused:
            raise Rejected(self.refused[name])


@dataclass
class FakePeople:
    """Who is in the directory."""

    known: dict[str, Person] = field(default_factory=dict)
    down: Failure | None = None

    def find(self, directory_id: str) -> Person | None:
        """Return who has this id."""
        if self.down:
            raise self.down
        return self.known.get(directory_id)


@dataclass
class RecognitionWorld:
    """Records, Exchange, directory and queue of one tenant; they outlive any worker."""

    known: Sequence[Partnership] = ()
    people: FakePeople = field(default_factory=FakePeople)
    clock: FakeClock = field(default_factory=FakeClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    queue: FakeQueue = field(default_factory=FakeQueue)
    journal: Journal = field(default_factory=lambda: Journal(FakeTable()))
    links: Links = field(default_factory=lambda: Links(FakeTable()))
    reports: Reports = field(default_factory=lambda: Reports(FakeTable()))
    awaited: Awaited = field(default_factory=lambda: Awaited(FakeTable()))

    def __post_init__(self) -> None:
        self.partnerships = FakePartnerships(self.known)
        self.held_table = FakeTable()
        self.held = Held(self.held_table, self.clock)

    def recognition(self, life: Life | None = None) -> Recognition:
        """Return what a worker with this much life recognises devices with."""
        left = life or Life(ETERNAL)
        return Recognition(
            partnerships=mortal(self.partnerships, left),
            person=mortal(self.people, left).find,
            links=mortal(self.links, left),
            reports=mortal(self.reports, left),
            held=mortal(self.held, left),
            awaited=mortal(self.awaited, left),
            queue=mortal(self.queue, left),
            journal=mortal(self.journal, left),
            events=mortal(self.events, left),
            clock=self.clock,
        )

    def report(self, report: Report, life: Life | None = None) -> None:
        """Let a worker handle a report, once."""
        self.recognition(life).handle(report)

    def link(self, report: Report, links: Iterable[Link], life: Life | None = None) -> None:
        """Let somebody say over HTTP which device a report's operation is about."""
        operation = self.operation(report)
        self.recognition(life).link(operation, tuple(links), said_by="helpdesk:jo")

    def deliver(self, *reports: Report) -> None:
        """Deliver reports and what is on the queue, as the queue does, until all are taken."""
        waiting = [*reports, *self.queue.reports]
        self.queue.reports.clear()
        for _ in range(20):
            if not waiting:
                return
            report = waiting.pop(0)
            try:
                self.report(report)
            except Retryable:
                waiting.append(report)
            waiting += self.queue.reports
            self.queue.reports.clear()
        raise AssertionError("the story does not come to an end")

    def operation(self, report: Report) -> Operation:
        """Return what the journal says."""
        found = self.journal.find(TENANT, report.report_id)
        assert found is not None
        return found

    def state(self, report: Report) -> State:
        """Return where the report's operation stands."""
        return self.operation(report).state

    def note(self, report: Report) -> str:
        """Return the last line of the report's story."""
        return self.operation(report).history[-1].note

    @property
    def signals(self) -> list[Signal]:
        """The signals on the queue; a repeat, which has the id of the first, is left out."""
        return list({each.signal_id: each for each in self.queue.signals}.values())

    @property
    def waits(self) -> list[str]:
        """The operations that are listed as waiting for a person."""
        return [str(row["operation_id"]) for row in self.held_table.all(TENANT, LISTED)]


def listed(partnerships: tuple[Partnership, ...]) -> tuple[Partnership, ...]:
    """Return them as an operation lists them: without the mailboxes' addresses."""
    return tuple(replace(each, addresses=frozenset()) for each in partnerships)
