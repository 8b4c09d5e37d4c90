"""A due certificate gets its rotation ordered; a lost message, or an ended order, stops none."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.credentials.rotation import Phase
from shared.devices.guard import TIMER
from shared.devices.operation import Operation, State
from shared.devices.tenant_change import RotateCertificate, TenantCommand
from shared.errors import Rejected, Retryable
from shared.flows.long_changes import CertificateRotation
from shared.flows.rotation_schedule import begin_if_due, is_rotating
from shared.flows.tenant_command import TenantSteps
from shared.records.journal import Journal
from shared.records.tenant_orders import TenantOrders
from tests.unit.brake_world import STRICT, BrakeRecords
from tests.unit.builders import TENANT
from tests.unit.certificates import an_app
from tests.unit.rotation_services import LIFE
from tests.unit.rotation_world import AHEAD, ORDER, Scene
from tests.unit.stand_ins import FakeEvents, FakeQueue, FakeTable


@dataclass
class Watched:
    """A tenant whose certificate is due, and the queue that its orders go to."""

    scene: Scene = field(default_factory=Scene)
    queue: FakeQueue = field(default_factory=FakeQueue)
    journal: Journal = field(default_factory=lambda: Journal(FakeTable()))
    orders: TenantOrders = field(default_factory=lambda: TenantOrders(FakeTable()))

    def __post_init__(self) -> None:
        self.scene.clock.advance(LIFE - AHEAD)

    @property
    def steps(self) -> TenantSteps:
        """Return what carries the orders out."""
        absent: Any = None
        return TenantSteps(
            require=absent,
            changing=absent,
            stories={
                "rotate_certificate": CertificateRotation(ports=self.scene.ports, app=an_app())
            },
            orders=self.orders,
            journal=self.journal,
            events=FakeEvents(),
            clock=self.scene.clock,
            guard=BrakeRecords()
            .brake(self.journal, FakeEvents(), self.scene.clock, allowances=STRICT)
            .guard(TENANT),
        )

    def accept(self, command: TenantCommand) -> Operation:
        """Take an order in."""
        return self.steps.accept(command, self.queue, TIMER)

    def look(self) -> list[str]:
        """Let the watch look; returns the ids of the orders that it puts on the queue."""
        self.queue.tenant_commands.clear()
        begin_if_due(an_app(), ports=self.scene.ports, accept=self.accept)
        return [command.command_id for command in self.queue.tenant_commands]

    def state(self, operation_id: str) -> State:
        """Return what the journal says."""
        found = self.journal.find(TENANT, operation_id)
        assert found is not None
        return found.state


def by_hand() -> TenantCommand:
    return TenantCommand(
        command_id=ORDER,
        tenant_id=TENANT,
        change=RotateCertificate(),
        reason="it may have leaked",
        requested_by="helpdesk:jo",
    )


def test_a_due_rotation_is_ordered_once() -> None:
    """It is an operation from then on, and the watch knows that it runs."""
    tenant = Watched()
    (ordered,) = tenant.look()
    assert tenant.state(ordered) is State.WAITING
    assert is_rotating(an_app(), tenant.scene.ports)
    assert tenant.look() == []


def test_the_id_of_a_rotation_cannot_be_foretold() -> None:
    """Who ordered something under it first could make the rotation wait for an approver."""
    same_day = [Watched().look() for _ in range(2)]
    assert same_day[0] != same_day[1]


def test_a_rotation_whose_message_was_lost_is_ordered_again() -> None:
    """Under its own id: it goes on from where it stood."""
    tenant = Watched()
    (ordered,) = tenant.look()
    tenant.scene.clock.advance(timedelta(hours=2))
    assert tenant.look() == [ordered]


def test_an_order_by_hand_does_not_overrule_the_rotation_that_the_timer_has_begun() -> None:
    """Overruled, it would never have come to an end, and nobody could have begun another."""
    tenant = Watched()
    (ordered,) = tenant.look()
    (timers,) = tenant.queue.tenant_commands
    tenant.scene.clock.advance(timedelta(minutes=1))
    tenant.accept(by_hand())

    with pytest.raises(Retryable) as goes_on:
        tenant.steps.handle(timers)
    assert "goes first" not in str(goes_on.value)
    with pytest.raises(Rejected, match=ordered):
        tenant.steps.handle(by_hand())
    tenant.scene.deliver(ordered)
    tenant.steps.handle(timers)

    assert tenant.state(ordered) is State.DONE
    last = tenant.scene.rotations.last(TENANT)
    assert last is not None
    assert last.phase is Phase.DONE


def test_a_rotation_whose_order_has_ended_makes_way_for_another() -> None:
    """However that came about."""
    tenant = Watched()
    (ordered,) = tenant.look()
    operation = tenant.journal.find(TENANT, ordered)
    assert operation is not None
    tenant.journal.save(operation.stepped(State.ABANDONED, "somehow", tenant.scene.clock()))

    tenant.scene.clock.advance(timedelta(hours=2))
    assert tenant.look() == []
    assert not is_rotating(an_app(), tenant.scene.ports)
    tenant.scene.clock.advance(timedelta(days=2))
    (another,) = tenant.look()
    assert another != ordered
