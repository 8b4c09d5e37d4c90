"""What waited for a person is announced as over, wherever its story ends."""

import pytest

from shared.devices.model import AccessState
from shared.devices.operation import Operation, State, opened_by_command
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT, a_command, a_device
from tests.unit.world import World


def an_operation(*states: State) -> Operation:
    """Return an operation that went through these states."""
    operation = opened_by_command(a_command(), NOW)
    for state in states:
        operation = operation.stepped(state, "so it was", NOW)
    return operation


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((State.PLANNED,), []),
        ((State.HELD,), ["operation.settled"]),
        ((State.ABANDONED, State.WAITING), ["operation.settled"]),  # and tried again
        ((State.HELD, State.WAITING, State.PLANNED), ["operation.settled"]),
    ],
)
def test_what_ends_is_told_only_if_somebody_was_told_that_it_waits(
    states: tuple[State, ...], told: list[str]
) -> None:
    world = World([a_device(access=AccessState.ALLOWED)])
    operation = world.journal.open(an_operation(*states))
    world.steps().close(operation, "nothing is left to do")
    assert world.events.types == told
    stored = world.journal.find(TENANT, operation.operation_id)
    assert stored is not None
    assert stored.state is State.DONE


def test_the_event_says_whom_it_is_about_and_how_it_ended() -> None:
    world = World([a_device()])
    operation = world.journal.open(an_operation(State.HELD))
    world.steps().close(operation, "approved by Kim, and done")
    (event,) = world.events.sent
    assert event.data["mailbox"] == MAILBOX
    assert event.data["device_id"] == DEVICE_ID
    assert event.data["reason"] == "approved by Kim, and done"
    assert event.subject == f"operations/{operation.operation_id}"
