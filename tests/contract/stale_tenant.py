"""A tenant in the simulated Exchange whose devices are planned and removed, records in storage."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from infra.local.simulators.exchange.devices import Device
from shared import tenant_messages
from shared.devices.inventory import Part, Row
from shared.devices.inventory_run import Picture
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from shared.errors import Misconfigured, Retryable
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.inventory import Inventory
from shared.exchange.probe import Probe
from shared.flows.guarding import Guard
from shared.flows.stale_device import StaleDevice
from shared.flows.stale_planning import StalePlanning
from shared.flows.stale_removal import StaleRemoval
from shared.flows.steps import Steps
from shared.flows.tenant_command import TenantSteps
from shared.records.journal import Journal
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.stale import StalePlans
from shared.records.tables import Table
from shared.records.tenant_orders import TenantOrders
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import TENANT_ID
from tests.contract.inventory_world import PARTS, InventoryWorld
from tests.contract.storage_wire import Wire, table
from tests.unit.brake_world import BrakeRecords
from tests.unit.stand_ins import FakeEvents, FakeQueue

OWNER = "adele@contoso.com"


@dataclass
class LastRun:
    """What a run of the inventory saw."""

    picture_of: Picture
    seen: list[Row]

    def picture(self, tenant_id: str) -> Picture | None:
        """Return what it is."""
        assert tenant_id == TENANT_ID
        return self.picture_of

    def rows(self, tenant_id: str) -> Iterator[Row]:
        """Yield all rows."""
        assert tenant_id == TENANT_ID
        return iter(self.seen)


@dataclass
class StaleTenant:
    """Exchange with some devices, and our records."""

    tables: dict[str, Table]
    client: ClientWorld = field(default_factory=ClientWorld)
    events: FakeEvents = field(default_factory=FakeEvents)
    queue: FakeQueue = field(default_factory=FakeQueue)
    lasts: timedelta = timedelta(minutes=2)  # a handling
    devices: dict[str, Device] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plans = StalePlans(self.tables["stale"])
        self.journal = Journal(self.tables["journal"])
        self.inventory = Inventory(self.client.transport)

    def add(self, *device_ids: str, owner: str = OWNER) -> None:
        """Let devices sync for the first time."""
        for device_id in device_ids:
            device = self.client.tenant.add_device(owner, device_id=device_id)
            device.last_success = self.client.clock()
            self.devices[device_id] = device

    def sync(self, device_id: str) -> None:
        """Let a device sync."""
        self.devices[device_id].last_success = self.client.clock()

    def left(self) -> set[str]:
        """Return the DeviceIDs that Exchange has."""
        boxes = self.client.tenant.mailboxes.values()
        return {device.device_id for box in boxes for device in box.devices.values()}

    def asked_for(self, cmdlet: str) -> int:
        """Return how often Exchange was asked to run a cmdlet."""
        return [call.cmdlet for call in self.client.exchange.calls].count(cmdlet)

    def steps(self) -> TenantSteps:
        """Return the steps of a new worker."""
        absent: Any = None
        clock = self.client.clock
        admin = ExchangeAdmin(
            self.client.transport,
            Probe(self.client.transport.exported_cmdlets, clock),
            sleep=lambda seconds: clock.advance(seconds=seconds),
        )
        device = StaleDevice(
            orders=Orders(self.tables["orders"]),
            postures=Postures(self.tables["postures"]),
            steps=Steps(
                exchange=admin,
                journal=self.journal,
                events=self.events,
                clock=clock,
                settle=timedelta(minutes=2),
                patience=timedelta(hours=72),
                guard=self._guard,
            ),
        )
        return TenantSteps(
            require=admin.require,
            changing=absent,
            stories={
                "plan_stale": StalePlanning(
                    exchange=self.inventory,
                    pictures=self._last_run(),
                    plans=self.plans,
                    clock=clock,
                    enough=self.lasts,
                ),
                "remove_stale": StaleRemoval(
                    exchange=self.inventory,
                    plans=self.plans,
                    device=device,
                    clock=clock,
                    enough=self.lasts,
                ),
            },
            orders=TenantOrders(self.tables["tenantorders"]),
            journal=self.journal,
            events=self.events,
            clock=clock,
            guard=self._guard,
        )

    @property
    def _guard(self) -> Guard:
        clock = self.client.clock
        brake = BrakeRecords().brake(self.journal, self.events, clock, tenant_id=TENANT_ID)
        return brake.guard(TENANT_ID)

    def order(self, action: str, **fields: object) -> Operation:
        """Take an order in, deliver it until it is done with, and return what the journal says."""
        command = an_order(action, **fields)
        self.client.clock.advance(seconds=1)
        self.steps().accept(command, self.queue)
        for _ in range(100):
            try:
                self.steps().handle(self.queue.tenant_commands[-1])
            except (Retryable, Misconfigured) as failure:
                after = failure.after if isinstance(failure, Retryable) else None
                self.client.clock.now += after or timedelta(minutes=10)
            else:
                break
        found = self.journal.find(TENANT_ID, command.command_id)
        assert found is not None
        return found

    def plan(self, **fields: object) -> dict[str, Any]:
        """Order a plan, and return what its operation ends with."""
        altered = self.order("plan_stale", **{"days": 90, **fields}).altered
        assert altered is not None
        assert altered.after is not None
        return altered.after

    def remove(self, plan: dict[str, Any]) -> dict[str, int]:
        """Order that a plan is carried out, and return what became of its devices."""
        named = {name: plan[name] for name in ("plan_id", "plan_hash")}
        altered = self.order("remove_stale", **named).altered
        assert altered is not None
        assert altered.after is not None
        return {name: count for name, count in altered.after["counts"].items() if count}

    def _last_run(self) -> LastRun:
        world = InventoryWorld(self.client, self.inventory)
        seen = [row for part in PARTS if part is not Part.DONE for row in world.rows(part)]
        now = self.client.clock()
        whole = Picture(version=1, run_id="run", made_at=now, rows=len(seen), content_hash="")
        return LastRun(whole, seen)


def an_order(action: str, **fields: object) -> TenantCommand:
    """Return an order of a helpdesk."""
    return tenant_messages.read(
        {
            "schema": tenant_messages.COMMAND,
            "command_id": str(uuid.uuid4()),
            "tenant_id": TENANT_ID,
            "reason": "cleaning up",
            "requested_by": "helpdesk:jo",
            "action": action,
            **fields,
        }
    )


@contextmanager
def stale_tenant(storage: str) -> Iterator[StaleTenant]:
    """Connect to tables of its own."""
    names = ("stale", "journal", "orders", "postures", "tenantorders")
    with ExitStack() as opened:
        yield StaleTenant({each: opened.enter_context(table(storage, Wire())) for each in names})
