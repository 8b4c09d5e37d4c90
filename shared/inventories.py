"""
The inventories put together: each tenant's run, and what answers from its last picture.

What that comes to, for 1,000,000 mailboxes of 200 tenants, 5,000 each with 12,500 devices,
from what `python3 -m infra.local bench inventory` measures per 1000 mailboxes (3.5 calls,
6 storage transactions and some 40 for each run, 1.1 MB to storage, 0.2 s of CPU):
a full run of one tenant is 18 calls and some 70 transactions; at 1 to 5 s for a page, which
nobody has published, 20 to 90 s in one execution. Tenants start spread over ten minutes and
run side by side, so all are done within a quarter of an hour: 200 executions, 14,000
transactions, and at half a gigabyte each 2,000 to 9,000 GB-seconds a night. Runs of changes
each quarter of an hour are 19,200 executions a day of some 5 calls and 50 transactions where
little has changed, about 1,000,000 transactions and 50,000 GB-seconds. At list prices of
0.00036 USD for 10,000 transactions and 0.000016 USD for a GB-second, both to be checked, a
month costs about 1 USD in storage and 25 USD in executions.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from shared.flows.device_list import DeviceList
from shared.flows.inventories import Inventories
from shared.flows.inventory_awaited import Waking
from shared.flows.inventory_changes import Changes
from shared.flows.inventory_comparison import Comparison
from shared.flows.inventory_drift import Reconciling
from shared.flows.inventory_gone import Missing
from shared.flows.inventory_news import Telling
from shared.flows.inventory_reports import Policies, Reporting
from shared.flows.inventory_run import InventoryRun
from shared.flows.inventory_schedule import InventorySchedule
from shared.flows.inventory_settings import SettingsWatch
from shared.flows.inventory_settling import Settling
from shared.flows.one_exchange import OneExchange
from shared.flows.ports import Journal
from shared.parts import Parts as Common
from shared.queues import Queues
from shared.records.absences import Absences
from shared.records.awaited import Awaited
from shared.records.inventory.publishing import Publishing
from shared.records.inventory.reading import Inventory
from shared.records.inventory.runs import Runs
from shared.records.last_words import Words
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.reports import Reports
from shared.records.settings_seen import SettingsSeen
from shared.records.tables import Table
from shared.records.tenant_orders import TenantOrders
from shared.tenants import Tenant


class Parts(Common, Protocol):
    """What is there already."""

    @property
    def journal(self) -> Journal:
        """Every operation."""
        ...

    @property
    def queues(self) -> Queues:
        """Our queues."""
        ...


def put_together(parts: Parts) -> Inventories:
    """Return the inventories of all tenants; nothing is called yet."""
    return _Making(parts).inventories()


@dataclass(frozen=True)
class _Making:
    """Each part once, made when another asks for it."""

    parts: Parts

    def inventories(self) -> Inventories:
        """Return them."""
        clock = self.parts.clock
        return Inventories(
            schedule=InventorySchedule(
                runs=self.runs, journal=self.parts.journal, queue=self.parts.queues, clock=clock
            ),
            stories={name: self.story(each) for name, each in self.parts.settings.tenants.items()},
            runs=self.runs,
            pictures=self.pictures,
            devices=DeviceList(pictures=self.pictures, postures=self.postures, orders=self.orders),
            reports=Reporting(
                pictures=self.pictures,
                settings=self.settings_seen,
                words=self.words,
                policies=self.policies,
                clock=clock,
            ),
        )

    @cached_property
    def table(self) -> Table:
        return self.parts.table("inventory")

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.table, self.parts.clock)

    @cached_property
    def pictures(self) -> Inventory:
        return Inventory(self.table)

    @cached_property
    def publishing(self) -> Publishing:
        return Publishing(self.table, self.parts.clock)

    @cached_property
    def settings_seen(self) -> SettingsSeen:
        return SettingsSeen(self.table)

    @cached_property
    def postures(self) -> Postures:
        return Postures(self.parts.table("postures"))

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.parts.table("orders"))

    @cached_property
    def words(self) -> Words:
        return Words(self.parts.table("postures"), self.parts.table("orders"))

    def policies(self, tenant_id: str) -> Policies:
        """Return what lists a tenant's mailbox policies."""
        return self.exchange(tenant_id).changing.policies

    def exchange(self, tenant_id: str) -> OneExchange:
        return self.parts.connected[tenant_id].exchange

    def story(self, tenant: Tenant) -> InventoryRun:
        """Return what takes one tenant's inventory."""
        return InventoryRun(
            exchange=self.exchange(tenant.app.tenant_id).inventory,
            runs=self.runs,
            pictures=self.pictures,
            settling=self.settling(tenant),
            journal=self.parts.journal,
            events=self.parts.events,
            clock=self.parts.clock,
        )

    def settling(self, tenant: Tenant) -> Settling:
        """Return what ends a run."""
        reconciling = self.reconciling(tenant)
        return Settling(
            runs=self.runs,
            publishing=self.publishing,
            missing=Missing(
                runs=self.runs,
                pictures=self.pictures,
                publishing=self.publishing,
                absences=Absences(self.table),
                gone_after=tenant.gone_after,
            ),
            settings=SettingsWatch(
                exchange=self.exchange(tenant.app.tenant_id).inventory,
                seen=self.settings_seen,
                orders=TenantOrders(self.parts.table("tenantorders")),
                journal=self.parts.journal,
                events=self.parts.events,
                clock=self.parts.clock,
            ),
            changes=self.changes(tenant, reconciling),
            comparison=Comparison(
                runs=self.runs,
                pictures=self.pictures,
                publishing=self.publishing,
                words=self.words,
                reconciling=reconciling,
                clock=self.parts.clock,
            ),
        )

    def changes(self, tenant: Tenant, reconciling: Reconciling) -> Changes:
        """Return what goes through everything that has changed."""
        return Changes(
            runs=self.runs,
            pictures=self.pictures,
            publishing=self.publishing,
            telling=Telling(journal=self.parts.journal, events=self.parts.events),
            waking=Waking(
                awaited=Awaited(self.parts.table("awaited")),
                reports=Reports(self.parts.table("reports")),
                partnerships=self.exchange(tenant.app.tenant_id).partnerships,
                queue=self.parts.queues,
            ),
            words=self.words,
            reconciling=reconciling,
            clock=self.parts.clock,
        )

    def reconciling(self, tenant: Tenant) -> Reconciling:
        """Return what brings devices back in line."""
        return Reconciling(
            exchange=self.exchange(tenant.app.tenant_id).inventory,
            postures=self.postures,
            orders=self.orders,
            journal=self.parts.journal,
            queue=self.parts.queues,
            # Where nothing may be changed, repairs would only pile up and wait.
            repair_drift=tenant.limits.repair_drift and tenant.limits.writes,
            repairs_per_run=tenant.limits.repairs_per_run,
        )
