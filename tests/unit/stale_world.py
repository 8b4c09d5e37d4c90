"""A tenant with devices that are used and devices that are not, and workers that may die."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared import tenant_messages
from shared.devices.inventory import Mailbox, MobileDevice, Row
from shared.devices.inventory_run import Picture
from shared.devices.model import Action, Device, WipeState
from shared.devices.operation import Operation
from shared.devices.stale_plan import StalePlan
from shared.devices.tenant_change import TenantCommand
from shared.errors import Failure, NotFound, Rejected, Retryable
from shared.flows.stale_device import StaleDevice
from shared.flows.stale_planning import StalePlanning
from shared.flows.stale_removal import StaleRemoval
from shared.flows.tenant_command import TenantSteps
from shared.records.stale import StalePlans
from shared.records.tenant_orders import TenantOrders
from tests.unit.builders import NOW, TENANT, a_device, never_wiped
from tests.unit.stand_ins import FakeTable
from tests.unit.world import ETERNAL, Died, Life, World, mortal

PLACE, ADDRESS = "cn=adele,dc=contoso", "adele@contoso.com"
LONG_AGO = NOW - timedelta(days=400)
IDLE = NOW - timedelta(days=100)


def guid(number: int) -> str:
    return str(uuid.UUID(int=number))


@dataclass
class FakeInventory:
    """What Exchange says of devices, one by one, and what the last run saw of them."""

    world: World
    first_syncs: dict[str, datetime | None] = field(default_factory=dict)
    failing: dict[str, Failure] = field(default_factory=dict)  # by device: it cannot be told now
    asked: list[str] = field(default_factory=list)
    takes: timedelta = timedelta()  # a question about so many devices as there are
    before: Callable[[], None] = lambda: None
    has_run: bool = True

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """Answer as Exchange does, each device by itself."""
        self.before()
        self.asked.extend(guids)
        self.world.clock.advance(self.takes)
        return {each: self._answer(each) for each in guids}

    def _answer(self, sought: str) -> WipeState | Failure:
        if sought in self.failing:
            return self.failing[sought]
        if all(each.guid != sought for each in self.world.exchange.devices):
            return NotFound(f"no device {sought}")
        return self.world.exchange.states.get(sought, never_wiped())

    def picture(self, tenant_id: str) -> Picture | None:
        """Return what is known of the last run."""
        assert tenant_id == TENANT
        made_at = NOW - timedelta(hours=5)
        whole = Picture(version=1, run_id="r", made_at=made_at, rows=1, content_hash="h")
        return whole if self.has_run else None

    def rows(self, tenant_id: str) -> Iterator[Row]:
        """Yield the mailbox and its devices."""
        assert tenant_id == TENANT
        on_list = tuple(each.device_id for each in self.world.devices if each.on_allowed_list)
        yield Mailbox(place=PLACE, guid="mailbox-guid", address=ADDRESS, allowed=on_list)
        for each in self.world.devices:
            yield MobileDevice(
                place=PLACE,
                guid=each.guid,
                device_id=each.device_id,
                model=each.model,
                first_sync_at=self.first_syncs.get(each.guid, LONG_AGO),
            )


class Office:
    """Everything that outlives a worker; devices are numbered from 1."""

    def __init__(self, *, idle: int = 0, used: int = 0, **lists: bool) -> None:
        count = idle + used
        devices = [_numbered(number, **lists) for number in range(1, count + 1)]
        self.world = World(devices)
        self.inventory = FakeInventory(self.world)
        self.table = FakeTable()
        self.plans = StalePlans(self.table)
        self.orders = TenantOrders(FakeTable())
        self.at_once, self.at_most = 100, 500
        for number in range(1, count + 1):
            self.synced(number, IDLE if number <= idle else NOW - timedelta(days=1))

    def synced(self, number: int, at: datetime | None) -> None:
        """Let a device have synced last at a time."""
        states = self.world.exchange.states
        states[guid(number)] = replace(states.get(guid(number), never_wiped()), last_sync_at=at)

    @property
    def left(self) -> list[int]:
        """The devices that Exchange still has."""
        return [uuid.UUID(each.guid).int for each in self.world.exchange.devices]

    @property
    def removals(self) -> int:
        """How often a device was removed."""
        return [str(action) for action in self.world.exchange.applied].count("remove")

    def steps(self, calls: int = ETERNAL) -> TenantSteps:
        """Return the steps of a worker that dies after so many calls."""
        life = Life(calls)
        absent: Any = None
        inventory, plans = mortal(self.inventory, life), mortal(self.plans, life)
        return TenantSteps(
            require=self.world.exchange.require,
            changing=absent,
            stories={
                "plan_stale": StalePlanning(
                    exchange=inventory,
                    pictures=inventory,
                    plans=plans,
                    clock=self.world.clock,
                    at_once=self.at_once,
                ),
                "remove_stale": StaleRemoval(
                    exchange=inventory,
                    plans=plans,
                    device=StaleDevice(
                        orders=mortal(self.world.orders, life),
                        postures=mortal(self.world.postures, life),
                        steps=self.world.steps(life).let_through(Action.CLEAR, Action.REMOVE),
                    ),
                    clock=self.world.clock,
                    at_most=self.at_most,
                ),
            },
            orders=mortal(self.orders, life),
            journal=mortal(self.world.journal, life),
            events=mortal(self.world.events, life),
            clock=self.world.clock,
            guard=self.world.brake(life).guard(TENANT),
        )

    def deliver(self, command: TenantCommand, *deaths: int) -> int:
        """Deliver a message until it is done with; return by how many workers."""
        lives = iter(deaths)
        for workers in range(1, 200):
            try:
                self.steps(next(lives, ETERNAL)).handle(command)
            except Died:
                continue
            except Retryable as failure:
                self.world.clock.advance(failure.after or timedelta(seconds=30))
                continue
            return workers
        raise AssertionError("the story does not come to an end")

    def refused(self, command: TenantCommand) -> str:
        """Deliver a message that is refused; return why."""
        try:
            self.deliver(command)
        except Rejected as refusal:
            return f"{type(refusal).__name__}: {refusal}"
        raise AssertionError("it was not refused")

    def operation(self, command: TenantCommand) -> Operation:
        """Return what the journal says."""
        return self.world.operation(command.command_id)

    def planned(self, **fields: object) -> StalePlan:
        """Make a plan, and return it."""
        self.deliver(plan_order(1, **fields))
        made = self.plans.last(TENANT)
        assert made is not None
        return made

    def fates(self, plan: StalePlan) -> dict[str, int]:
        """Return what became of a plan's devices."""
        found = self.plans.find(TENANT, plan.plan_id)
        assert found is not None
        assert found.execution is not None
        return {str(fate): count for fate, count in found.execution.fates.items()}


def plan_order(number: int = 1, /, **fields: object) -> TenantCommand:
    """Return an order for a plan."""
    return _order("plan_stale", number, {"days": 90, **fields})


def removal_order(plan: StalePlan, number: int = 1, /, **fields: object) -> TenantCommand:
    """Return an order to carry a plan out."""
    named = {"plan_id": plan.plan_id, "plan_hash": plan.plan_hash}
    return _order("remove_stale", 1000 + number, {**named, **fields})


def _order(action: str, number: int, fields: dict[str, object]) -> TenantCommand:
    return tenant_messages.read(
        {
            "schema": tenant_messages.COMMAND,
            "command_id": guid(number),
            "tenant_id": TENANT,
            "reason": "a test",
            "requested_by": "helpdesk:jo",
            "action": action,
            **fields,
        }
    )


def _numbered(number: int, **lists: bool) -> Device:
    named = {f"on_{name}_list": value for name, value in lists.items()}
    return a_device(mailbox=ADDRESS, guid=guid(number), device_id=f"D{number}", **named)
