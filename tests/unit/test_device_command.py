"""An order: taken once, carried out once, refused with a reason."""

import pytest

from shared.devices.model import AccessState, Action, Device, WipeCycle
from shared.devices.operation import State
from shared.errors import Conflict, Contended, NotFound, Rejected, Retryable
from tests.unit.builders import (
    ALLOW_BY_DEFAULT,
    GUID,
    NOW,
    a_command,
    a_device,
    allowed,
    blocked,
    never_wiped,
)
from tests.unit.stand_ins import FakeQueue
from tests.unit.world import World


def accept(world: World, queue: FakeQueue, **changes: object) -> str:
    """Take an order in; return its operation's id."""
    return world.accept(a_command(**changes), queue).operation_id


def test_accepted_order_is_stored_and_queued() -> None:
    """Once accept returns, nothing can be lost."""
    world, queue = World([a_device()]), FakeQueue()
    operation_id = accept(world, queue)
    assert queue.commands == [a_command()]
    assert world.operation(operation_id).state is State.WAITING


def test_same_order_again_is_the_same_operation() -> None:
    """A caller that saw no answer sends it again, and nothing happens twice."""
    world, queue = World([a_device()]), FakeQueue()
    assert accept(world, queue) == accept(world, queue)
    for command in queue.commands:
        world.order(command)
    assert world.exchange.applied == [Action.BLOCK]
    assert len(world.events.sent) == 1


def test_order_that_is_done_is_not_queued_again() -> None:
    """The answer tells that it is done."""
    world, queue = World([a_device()]), FakeQueue()
    accept(world, queue)
    world.order(a_command())
    accept(world, queue)
    assert len(queue.commands) == 1


def test_order_stored_but_not_queued_is_queued_by_the_next_attempt() -> None:
    """The queue was down when the order came first: the caller was told, and tries again."""
    world, queue = World([a_device()]), FakeQueue(down=Retryable("Queue storage is busy"))
    with pytest.raises(Retryable):
        accept(world, queue)
    queue.down = None
    accept(world, queue)
    assert queue.commands == [a_command()]


@pytest.mark.parametrize(
    "changes",
    [
        {"action": Action.WIPE_DEVICE},
        {"mailbox": "eve@contoso.com"},
        {"device_id": "OTHER"},
        {"even_if_personal": True},
    ],
)
def test_id_of_another_order_is_refused(changes: dict[str, object]) -> None:
    """An id stands for one order, at the door and on the queue."""
    world, queue = World([a_device()]), FakeQueue()
    accept(world, queue)
    with pytest.raises(Conflict, match="already stands for block"):
        accept(world, queue, **changes)
    with pytest.raises(Conflict):
        world.order(a_command(**changes))
    assert queue.commands == [a_command()]
    assert world.exchange.applied == []


ORDERS: list[tuple[Action, Device, AccessState, str]] = [
    (Action.ALLOW, blocked(), AccessState.ALLOWED, "device.access_changed"),
    (Action.BLOCK, allowed(), AccessState.BLOCKED, "device.access_changed"),
    (Action.QUARANTINE, allowed(), AccessState.QUARANTINED, "device.access_changed"),
    (Action.CLEAR, blocked(), AccessState.QUARANTINED, "device.access_changed"),
]


@pytest.mark.parametrize(("action", "device", "access", "event"), ORDERS)
def test_order_moves_the_device(
    action: Action, device: Device, access: AccessState, event: str
) -> None:
    """Each order on access ends in its state, on at most one list, and is announced."""
    world = World([device])
    world.order(a_command(action=action))
    assert world.exchange.applied == [action]
    assert world.exchange.device.access is access
    assert world.events.types == [event]
    decision = world.operation(a_command().command_id).decision
    assert decision is not None
    assert "ordered by helpdesk:jo: left on a train" in decision.reason


def test_order_to_remove_ends_the_partnership() -> None:
    """There is no device after it."""
    world = World([a_device()])
    world.order(a_command(action=Action.REMOVE))
    assert world.exchange.devices == []
    assert world.events.types == ["device.gone"]
    assert world.operation(a_command().command_id).after is None


@pytest.mark.parametrize(
    ("action", "only_account"), [(Action.WIPE_ACCOUNT, True), (Action.WIPE_DEVICE, False)]
)
def test_order_to_wipe_is_requested(action: Action, *, only_account: bool) -> None:
    """Each kind of wipe is told apart at Exchange."""
    world = World([a_device()])
    world.order(a_command(action=action, even_if_personal=True))
    assert [wiped.account_only for wiped in world.exchange.wiped] == [only_account]
    assert world.exchange.applied == []
    assert world.events.types == ["device.wipe_requested"]


def test_order_to_cancel_a_pending_wipe_is_carried_out() -> None:
    """The device has not been told yet."""
    world = World([a_device()])
    world.exchange.states[GUID] = never_wiped(device=WipeCycle(requested_at=NOW))
    world.order(a_command(action=Action.CANCEL_WIPE))
    assert world.exchange.states[GUID] == never_wiped()
    assert world.events.types == ["device.wipe_cancelled"]


def test_order_with_nothing_to_do_is_done_and_silent() -> None:
    """An order fulfilled before is no change."""
    world = World([blocked()])
    world.order(a_command())
    assert world.operation(a_command().command_id).state is State.DONE
    assert world.events.sent == []


def test_quarantine_that_would_let_the_device_in_is_refused_before_anything_is_done() -> None:
    """Never silently something else."""
    world = World([blocked()])
    world.exchange.policy = ALLOW_BY_DEFAULT
    with pytest.raises(Rejected, match="quarantine would not hold"):
        world.order(a_command(action=Action.QUARANTINE))
    assert world.exchange.device == blocked()


def test_order_on_an_unknown_device_is_refused() -> None:
    """The reason says what to check."""
    with pytest.raises(NotFound, match="no device"):
        World([]).order(a_command())


def test_order_waits_while_exchange_is_down() -> None:
    """The journal says what for; the decision, once taken, is kept."""
    world = World([a_device()])
    world.exchange.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        world.order(a_command())
    operation = world.operation(a_command().command_id)
    assert (operation.state, operation.history[-1].note) == (State.WAITING, "Exchange is busy")


def test_decision_taken_before_the_failure_is_resumed() -> None:
    """Decide once: a redelivery does not decide anew from a device we changed ourselves."""
    world = World([allowed()])
    world.events.down = Retryable("the event topic is busy")
    with pytest.raises(Retryable):
        world.order(a_command())
    before = world.operation(a_command().command_id).decision
    world.events.down = None
    world.order(a_command())
    assert world.operation(a_command().command_id).decision == before
    assert world.events.types == ["device.access_changed"]


def test_two_workers_on_one_wipe_request_it_once() -> None:
    """The slower worker's plan is refused by the journal before it reaches Exchange."""
    world = World([a_device()])
    wipe = a_command(action=Action.WIPE_ACCOUNT)
    world.exchange.before_find = lambda: world.order(wipe)
    with pytest.raises(Contended):
        world.order(wipe)

    assert len(world.exchange.wiped) == 1
    assert world.operation(wipe.command_id).acted_at is not None
