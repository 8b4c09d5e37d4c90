"""
One run of the inventory, in a process of its own: our client, our records, our story.

Run as a program with addresses, a tenant for the records and a scope, it prints one line of
JSON. Nobody has reported or ordered anything, and events go nowhere.
"""

import json
import resource
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from infra.local.benches.exchange_listing import a_transport
from infra.local.benches.inventory_storage import Counted, counted_tables
from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Outcome, Run
from shared.errors import Unfinished
from shared.events.publisher import Publisher
from shared.exchange.inventory import Inventory as ExchangeInventory
from shared.exchange.partnerships import Partnerships
from shared.flows.inventory_awaited import Waking
from shared.flows.inventory_changes import Changes
from shared.flows.inventory_comparison import Comparison
from shared.flows.inventory_drift import Reconciling
from shared.flows.inventory_gone import Missing
from shared.flows.inventory_news import Telling
from shared.flows.inventory_run import InventoryRun
from shared.flows.inventory_settings import SettingsWatch
from shared.flows.inventory_settling import Settling
from shared.queues import Queues
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
from shared.records.tables import Table
from shared.records.tenant_orders import TenantOrders


def now() -> datetime:
    """Return the time of this machine."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the story is made of, as the app puts it together."""

    address: str
    token: str
    storage: str
    tables: TableServiceClient

    def story(self) -> InventoryRun:
        """Return the whole story."""
        return InventoryRun(
            exchange=self.exchange(),
            runs=self.runs(),
            pictures=Inventory(self.table("inventory")),
            settling=Settling(
                runs=self.runs(),
                publishing=self.publishing(),
                missing=self.missing(),
                settings=self.settings(),
                changes=self.changes(),
                comparison=self.comparison(),
            ),
            journal=Journal(self.table("journal")),
            events=self.events(),
            clock=now,
        )

    def table(self, name: str) -> Table:
        """Return one of the tables."""
        return Table(self.tables, name)

    def exchange(self) -> ExchangeInventory:
        """Return our client."""
        return ExchangeInventory(a_transport(self.address, self.token))

    def runs(self) -> Runs:
        """Return the runs."""
        return Runs(self.table("inventory"), now)

    def publishing(self) -> Publishing:
        """Return what publishes them."""
        return Publishing(self.table("inventory"), now)

    def events(self) -> Publisher:
        """Return a publisher whose events are taken at once."""
        taking = httpx.MockTransport(lambda _: httpx.Response(200))
        client = httpx.Client(transport=taking)
        return Publisher(
            client, endpoint="http://topic/api/events", source="bench", token=lambda _: "token"
        )

    def queue(self) -> Queues:
        """Return the queues; nothing here is to be repeated, so nothing is put on them."""
        return Queues(QueueServiceClient.from_connection_string(self.storage), now)

    def missing(self) -> Missing:
        """Return what judges what is gone."""
        return Missing(
            runs=self.runs(),
            pictures=Inventory(self.table("inventory")),
            publishing=self.publishing(),
            absences=Absences(self.table("inventory")),
        )

    def settings(self) -> SettingsWatch:
        """Return what watches the settings."""
        return SettingsWatch(
            exchange=self.exchange(),
            seen=SettingsSeen(self.table("inventory")),
            orders=TenantOrders(self.table("tenantorders")),
            journal=Journal(self.table("journal")),
            events=self.events(),
            clock=now,
        )

    def changes(self) -> Changes:
        """Return what goes through the changes."""
        waking = Waking(
            awaited=Awaited(self.table("awaited")),
            reports=Reports(self.table("reports")),
            partnerships=Partnerships(a_transport(self.address, self.token)),
            queue=self.queue(),
        )
        return Changes(
            runs=self.runs(),
            pictures=Inventory(self.table("inventory")),
            publishing=self.publishing(),
            telling=Telling(journal=Journal(self.table("journal")), events=self.events()),
            waking=waking,
            words=Words(self.table("postures"), self.table("orders")),
            reconciling=self.reconciling(),
            clock=now,
        )

    def comparison(self) -> Comparison:
        """Return what compares all devices with what was said of them."""
        return Comparison(
            runs=self.runs(),
            pictures=Inventory(self.table("inventory")),
            publishing=self.publishing(),
            words=Words(self.table("postures"), self.table("orders")),
            reconciling=self.reconciling(),
            clock=now,
        )

    def reconciling(self) -> Reconciling:
        """Return what compares one device, and mends nothing."""
        return Reconciling(
            exchange=self.exchange(),
            postures=Postures(self.table("postures")),
            orders=Orders(self.table("orders")),
            journal=Journal(self.table("journal")),
            queue=self.queue(),
            repair_drift=False,
            repairs_per_run=0,
        )


def main(argv: list[str]) -> None:
    """Take the inventory and print what it took."""
    address, token, storage, tenant_id, scope = argv
    counted = Counted()
    parts = Parts(address, token, storage, counted_tables(storage, counted))
    story = parts.story()
    order = RunOrder(tenant_id=tenant_id, run_id=str(uuid.uuid4()), scope=Scope(scope))
    stood, started, worked = _peak(), time.perf_counter(), time.process_time()
    executions = _handled(story, order)
    took = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - worked,
        "growth": _peak() - stood,
        "executions": executions,
        "requests": counted.requests,
        "sent": counted.sent,
        "received": counted.received,
    }
    counts = _complete(parts.runs().find(tenant_id, order.run_id)).counts
    print(json.dumps({**took, "rows": counts.rows, "changed": counts.changed, "gone": counts.gone}))


def _handled(story: InventoryRun, order: RunOrder) -> int:
    """Hand the order over until it is done; return how often that was."""
    executions = 0
    while True:
        executions += 1
        try:
            story.handle(order)
        except Unfinished:
            continue
        return executions


def _complete(run: Run | None) -> Run:
    if run is None or run.outcome is not Outcome.COMPLETE:
        raise RuntimeError(f"the run did not end well, no measure: {run}")
    return run


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1:])
