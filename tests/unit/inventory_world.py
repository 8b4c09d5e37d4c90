"""One tenant's inventory for the stories: real records, Exchange's listing, mortal workers."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from shared.devices.inventory import Mailbox, MobileDevice, Part, Row, Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Run
from shared.devices.listed import SLICES, AccessSettings, Listed
from shared.devices.model import AccessLevel, AccessState, Signal, WipeState
from shared.devices.operation import Operation
from shared.devices.subject import Report
from shared.errors import CutShort, Failure, Retryable, Unfinished
from shared.flows.inventory_awaited import Waking
from shared.flows.inventory_changes import Changes
from shared.flows.inventory_comparison import Comparison
from shared.flows.inventory_drift import Reconciling
from shared.flows.inventory_gone import Missing
from shared.flows.inventory_news import Telling
from shared.flows.inventory_run import InventoryRun
from shared.flows.inventory_schedule import InventorySchedule
from shared.flows.inventory_settings import SettingsWatch
from shared.flows.inventory_settling import Settling
from shared.records.absences import Absences
from shared.records.awaited import Awaited
from shared.records.inventory.publishing import Publishing
from shared.records.inventory.reading import Inventory
from shared.records.inventory.runs import Runs
from shared.records.journal import Journal
from shared.records.last_words import Words
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.reports import Reports
from shared.records.settings_seen import SettingsSeen
from shared.records.tenant_orders import TenantOrders
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, TENANT
from tests.unit.recognition_world import FakePartnerships
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeQueue, FakeTable, ids
from tests.unit.world import ETERNAL, Died, Life, mortal

PLACE = "cn=adele,ou=contoso"
ALLOW = AccessSettings(policies=("Default",), rules=(), default=AccessLevel.ALLOW)
MOST_DELIVERIES = 60
NIGHT = timedelta(days=1)


def a_mailbox(**changes: object) -> Mailbox:
    """Return Adele's, with nobody on its lists."""
    mailbox = Mailbox(place=PLACE, guid="mailbox-adele", address=MAILBOX)
    return msgspec.structs.replace(mailbox, **changes)


def a_phone(**changes: object) -> MobileDevice:
    """Return Adele's iPhone, let in by the default level."""
    device = MobileDevice(
        place=PLACE,
        guid=GUID,
        device_id=DEVICE_ID,
        access=AccessState.ALLOWED,
        access_reason="Global",
        device_type="iPhone",
        model="iPhone15C2",
        os="iOS 19.2",
        client_type="EAS",
    )
    return msgspec.structs.replace(device, **changes)


@dataclass
class FakeListing:
    """What Exchange lists, page by page, and how often it was asked."""

    clock: FakeClock
    rows: dict[bytes, Row] = field(default_factory=dict)
    page_of: int = 2
    cut: set[str] = field(default_factory=set)  # links that are dead
    empty: set[Part] = field(default_factory=set)  # parts that list nothing
    down: Failure | None = None
    can_tell: tuple[bool, str] = (True, "what is gone")
    untold: dict[Part, str] = field(default_factory=dict)
    now: AccessSettings = ALLOW
    wipes: dict[str, WipeState] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _changed_at: dict[bytes, datetime] = field(default_factory=dict)

    def put(self, *rows: Row) -> None:
        """Let these be there, as from now."""
        for row in rows:
            self.rows[row.key] = row
            self._changed_at[row.key] = self.clock()

    def remove(self, *rows: Row) -> None:
        """Let these be there no more."""
        for row in rows:
            del self.rows[row.key]

    def page(self, part: Part, cursor: str, since: datetime | None) -> Listed:
        """Return a page; a cursor is the number of rows before it."""
        self._ask(f"{part} {cursor}")
        if cursor in self.cut:
            raise CutShort("the link is dead")
        found = [] if part in self.empty else self._rows(part, since)
        prefix = SLICES if cursor.startswith(SLICES) else ""
        start = int(cursor.removeprefix(prefix) or 0)
        following = start + self.page_of
        return Listed(
            rows=found[start:following],
            cursor=f"{prefix}{following}" if following < len(found) else "",
            calls=1,
            untold=self.untold.get(part, "") if since else "",
        )

    def can_tell_changes(self) -> tuple[bool, str]:
        """Return what a test says."""
        self._ask("changes")
        return self.can_tell

    def settings(self) -> AccessSettings:
        """Return them."""
        self._ask("settings")
        return self.now

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """Return what is known of wipes."""
        self._ask(f"statistics {len(guids)}")
        return {guid: self.wipes.get(guid) or Retryable("busy") for guid in guids}

    def _rows(self, part: Part, since: datetime | None) -> list[Row]:
        kind = Mailbox if part is Part.MAILBOXES else MobileDevice
        return [
            row
            for key, row in sorted(self.rows.items())
            if isinstance(row, kind) and (since is None or self._changed_at[key] > since)
        ]

    def _ask(self, what: str) -> None:
        if self.down:
            raise self.down
        self.asked.append(what)


@dataclass
class InventoryWorld:
    """Records, Exchange, events and queue of one tenant; they outlive any worker."""

    clock: FakeClock = field(default_factory=FakeClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    queue: FakeQueue = field(default_factory=FakeQueue)
    partnerships: FakePartnerships = field(default_factory=FakePartnerships)
    enough: timedelta = timedelta(minutes=2)
    repair_drift: bool = True
    repairs_per_run: int = 500
    most_told: int = 2_000
    together: int = 2_000

    def __post_init__(self) -> None:
        table, postures, orders = FakeTable(), FakeTable(), FakeTable()
        self.table = table
        self.listing = FakeListing(self.clock)
        self.runs = Runs(table, self.clock)
        self.inventory = Inventory(table)
        self.publishing = Publishing(table, self.clock)
        self.absences, self.seen = Absences(table), SettingsSeen(table)
        self.journal = Journal(FakeTable())
        self.postures, self.orders = Postures(postures), Orders(orders)
        self.words = Words(postures, orders)
        self.tenant_orders = TenantOrders(FakeTable())
        self.awaited, self.reports = Awaited(FakeTable()), Reports(FakeTable())

    def schedule(self, life: Life | None = None) -> InventorySchedule:
        """Return what begins runs."""
        left = life or Life(ETERNAL)
        return InventorySchedule(
            runs=mortal(self.runs, left),
            journal=mortal(self.journal, left),
            queue=mortal(self.queue, left),
            clock=self.clock,
        )

    def worker(self, life: Life | None = None) -> InventoryRun:
        """Return a worker with this much life."""
        left = life or Life(ETERNAL)
        return InventoryRun(
            exchange=mortal(self.listing, left),
            runs=mortal(self.runs, left),
            pictures=mortal(self.inventory, left),
            settling=self._settling(left),
            journal=mortal(self.journal, left),
            events=mortal(self.events, left),
            clock=self.clock,
            enough=self.enough,
        )

    def _settling(self, left: Life) -> Settling:
        runs, pictures = mortal(self.runs, left), mortal(self.inventory, left)
        publishing = mortal(self.publishing, left)
        reconciling = self._reconciling(left)
        return Settling(
            runs=runs,
            publishing=publishing,
            missing=Missing(
                runs=runs,
                pictures=pictures,
                publishing=publishing,
                absences=mortal(self.absences, left),
            ),
            settings=SettingsWatch(
                exchange=mortal(self.listing, left),
                seen=mortal(self.seen, left),
                orders=mortal(self.tenant_orders, left),
                journal=mortal(self.journal, left),
                events=mortal(self.events, left),
                clock=self.clock,
            ),
            changes=Changes(
                runs=runs,
                pictures=pictures,
                publishing=publishing,
                telling=Telling(
                    journal=mortal(self.journal, left), events=mortal(self.events, left)
                ),
                waking=Waking(
                    awaited=mortal(self.awaited, left),
                    reports=mortal(self.reports, left),
                    partnerships=mortal(self.partnerships, left),
                    queue=mortal(self.queue, left),
                ),
                reconciling=reconciling,
                clock=self.clock,
                most_told=self.most_told,
                together=self.together,
            ),
            comparison=Comparison(
                runs=runs,
                pictures=pictures,
                publishing=publishing,
                words=mortal(self.words, left),
                reconciling=reconciling,
                clock=self.clock,
            ),
        )

    def _reconciling(self, left: Life) -> Reconciling:
        return Reconciling(
            exchange=mortal(self.listing, left),
            postures=mortal(self.postures, left),
            orders=mortal(self.orders, left),
            queue=mortal(self.queue, left),
            repair_drift=self.repair_drift,
            repairs_per_run=self.repairs_per_run,
        )

    def order(self, scope: Scope = Scope.FULL) -> RunOrder:
        """Order a run by hand, and return what is on the queue."""
        operation = self.schedule().begin(TENANT, scope, "helpdesk:jo")
        orders = [order for order, _ in self.queue.runs if order.run_id == operation.operation_id]
        return orders[-1]

    def take(self, scope: Scope = Scope.FULL, life: Life | None = None) -> Run:
        """Take the inventory by as many messages as it takes; a worker may die once."""
        order = self.order(scope)
        self.deliver(order, life)
        return self.found(order)

    def deliver(self, order: RunOrder, life: Life | None = None) -> int:
        """Deliver the message until nothing is left to do; return how often it came."""
        for count in range(1, MOST_DELIVERIES):
            with suppress(Died, Unfinished):
                self.worker(life).handle(order)
                return count
        raise AssertionError("the story does not come to an end")

    def found(self, order: RunOrder) -> Run:
        """Return the run's record."""
        run = self.runs.find(TENANT, order.run_id)
        assert run is not None
        return run

    def operation(self, order: RunOrder) -> Operation:
        """Return what the journal says of a run."""
        operation = self.journal.find(TENANT, order.run_id)
        assert operation is not None
        return operation

    def pass_nights(self, count: int) -> None:
        """Let time pass, with a full run every night."""
        for _ in range(count):
            self.clock.advance(NIGHT)
            self.take()

    @property
    def told(self) -> list[str]:
        """What was told, as type and subject; a repeat, which has the first's id, is left out."""
        once = {event.id: event for event in self.events.sent}
        return [
            f"{event.type.removeprefix('easgate.').removesuffix('.v1')} {event.subject}"
            for event in once.values()
        ]

    @property
    def said_again(self) -> list[Signal]:
        """The signals on the queue, each once."""
        return list({each.signal_id: each for each in self.queue.signals}.values())

    @property
    def tried_again(self) -> list[Report]:
        """The reports on the queue, each once."""
        return list({each.report_id: each for each in self.queue.reports}.values())

    @property
    def outcome(self) -> tuple[object, ...]:
        """All that must be the same, however often a worker has died."""
        rows = {row.key: row for row in self.inventory.rows(TENANT)}
        return (
            self.inventory.content_hash(TENANT),
            rows,
            sorted(set(ids(self.events.sent))),
            sorted({each.signal_id for each in self.queue.signals}),
            sorted({each.report_id for each in self.queue.reports}),
            sorted({each.command_id for each in self.queue.commands}),
        )


def many(count: int) -> list[Row]:
    """Return so many mailboxes, each with a device."""
    mailboxes = [
        a_mailbox(place=f"cn=m{number}", guid=f"m{number}", address=f"m{number}@contoso.com")
        for number in range(count)
    ]
    phones = [a_phone(place=f"cn=m{number}", guid=f"d{number}") for number in range(count)]
    return [*mailboxes, *phones]
