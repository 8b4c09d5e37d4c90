"""The app with an inventory: real records in memory, and what Exchange lists."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.devices.inventory import Row, Scope
from shared.devices.inventory_run import Run
from shared.errors import Failure
from shared.flows.device_list import DeviceList
from shared.flows.inventories import Inventories
from shared.flows.inventory_reports import Reporting
from shared.flows.inventory_schedule import InventorySchedule
from shared.records.inventory.runs import Runs
from shared.services import Services
from tests.unit.app_world import Answer, Deployment, Function, a_tenant, call, request, told
from tests.unit.builders import TENANT
from tests.unit.inventory_world import InventoryWorld

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


class _Troubled(Runs):
    """The runs of tenants, some of which are out of reach."""

    def __init__(self, runs: Runs, trouble: dict[str, Failure]) -> None:
        self._runs = runs
        self._trouble = trouble

    def last(self, tenant_id: str) -> Run | None:
        """Return it, or fail as a test says."""
        if tenant_id in self._trouble:
            raise self._trouble[tenant_id]
        return self._runs.last(tenant_id)

    def open(self, run: Run) -> Run:
        """Begin a run."""
        return self._runs.open(run)


@dataclass
class InventoryApp(Deployment):
    """The app; a test says what Exchange lists."""

    enough: timedelta = timedelta(minutes=2)
    trouble: dict[str, Failure] = field(default_factory=dict)  # by tenant, with ordering a run
    policies_down: Failure | None = None
    inventory: InventoryWorld = field(init=False)

    def __post_init__(self) -> None:
        """Let the inventory have the same surroundings."""
        super().__post_init__()
        self.inventory = InventoryWorld(
            clock=self.world.clock, events=self.world.events, queue=self.queue, enough=self.enough
        )

    @property
    def services(self) -> Services:
        """Return the ports."""
        world = self.inventory
        return replace(
            super().services,
            journal=world.journal,
            postures=world.postures,
            orders=world.orders,
            inventories=Inventories(
                schedule=InventorySchedule(
                    runs=_Troubled(world.runs, self.trouble),
                    journal=world.journal,
                    queue=world.queue,
                    clock=world.clock,
                ),
                stories=dict.fromkeys(self.tenants, world.worker()),
                runs=world.runs,
                pictures=world.inventory,
                devices=DeviceList(
                    pictures=world.inventory, postures=world.postures, orders=world.orders
                ),
                reports=Reporting(
                    pictures=world.inventory,
                    settings=world.seen,
                    words=world.words,
                    policies=lambda _: NoPolicies(self.policies_down),
                    clock=world.clock,
                ),
            ),
        )

    def take(self, *rows: Row, scope: Scope = Scope.FULL) -> Run:
        """Let Exchange list these too, and take the inventory."""
        self.inventory.listing.put(*rows)
        run = self.inventory.take(scope)
        self.inventory.clock.advance(timedelta(minutes=1))
        return run


@dataclass
class NoPolicies:
    """A tenant without mailbox policies, or one that cannot be asked."""

    down: Failure | None

    def list(self) -> tuple[()]:
        """Return none."""
        if self.down:
            raise self.down
        return ()


def two_tenants() -> InventoryApp:
    """Return an app that serves another tenant too."""
    other = a_tenant(tenant_id=OTHER_TENANT)
    return InventoryApp(tenants={TENANT: a_tenant(), OTHER_TENANT: other})


def ask(app: Deployment, function: Function, **params: str) -> dict[str, Any]:
    """Ask a function without a body, and return what it tells."""
    answer = answered(app, function, **params)
    assert answer.status_code == 200, answer.get_body()
    return told(answer)


def answered(app: Deployment, function: Function, **params: str) -> Answer:
    """Ask a function without a body; `guid` and `name` are parts of the address."""
    parts = {"guid": "device_guid", "name": "name", "operation_id": "operation_id"}
    route = {parts[name]: params.pop(name) for name in parts if name in params}
    return call(app, function, request(route=route, params=params))
