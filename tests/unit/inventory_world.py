"""One tenant's inventory for the stories: real records, and workers that may die."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Run
from shared.devices.model import Signal
from shared.devices.operation import Operation
from shared.devices.subject import Report
from shared.errors import Unfinished
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
from tests.unit.builders import TENANT
from tests.unit.inventory_listing import FakeListing
from tests.unit.recognition_world import FakePartnerships
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeQueue, FakeTable, ids
from tests.unit.world import ETERNAL, Died, Life, mortal

MOST_DELIVERIES = 60
NIGHT = timedelta(days=1)


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
    compared_at_once: int = 1_000
    told_at_once: int = 100

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
                words=mortal(self.words, left),
                reconciling=reconciling,
                clock=self.clock,
                most_told=self.most_told,
                together=self.together,
                at_once=self.told_at_once,
            ),
            comparison=Comparison(
                runs=runs,
                pictures=pictures,
                publishing=publishing,
                words=mortal(self.words, left),
                reconciling=reconciling,
                clock=self.clock,
                at_once=self.compared_at_once,
            ),
        )

    def _reconciling(self, left: Life) -> Reconciling:
        return Reconciling(
            exchange=mortal(self.listing, left),
            postures=mortal(self.postures, left),
            orders=mortal(self.orders, left),
            journal=mortal(self.journal, left),
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
