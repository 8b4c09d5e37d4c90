"""Who takes another one's name or id gains nothing by it."""

from dataclasses import replace

import pytest

from shared.audit import operations
from shared.audit.record import Kind
from shared.devices.model import Action
from shared.devices.operation import opened_by_command, opened_by_signal
from shared.errors import Conflict
from shared.flows import device_command
from tests.unit.builders import NOW, a_command, a_device, a_signal
from tests.unit.second_thoughts import Desk
from tests.unit.world import World


def test_an_order_under_the_id_of_an_undo_is_not_taken_for_it() -> None:
    """The id can be foretold from the operation's."""
    known, desk = Desk(World([a_device()])), Desk(World([a_device()]))
    for each in (known, desk):
        each.world.order(a_command(action=Action.BLOCK))
    taken = replace(
        a_command(action=Action.REMOVE),
        command_id=known.undo(a_command().command_id).operation_id,
    )
    device_command.accept(
        taken,
        journal=desk.world.journal,
        orders=desk.world.orders,
        queue=desk.queue,
        clock=desk.world.clock,
        asked_as="system",
    )
    with pytest.raises(Conflict, match="its id stands for another order"):
        desk.undo(a_command().command_id)
    assert desk.world.operation(a_command().command_id).undone_by == ""


def test_an_order_in_an_mdms_name_is_a_systems_in_the_audit() -> None:
    """It is recorded at once, as every order is; what an MDM says is the MDM's."""
    operation = opened_by_command(a_command(requested_by="mdm:portal"), NOW, "system")
    entry = operations.opened(operation, NOW, None)
    assert entry is not None
    assert (entry.kind, entry.actor.kind) == (Kind.OPENED, "system")
    assert operations.opened(opened_by_signal(a_signal(), NOW), NOW, None) is None


def test_who_had_an_operation_replayed_is_in_the_audit() -> None:
    """It is an order, if one under an id that is known."""
    desk = Desk(World([a_device()]))
    desk.give_up(a_command(action=Action.BLOCK))
    replayed = desk.replay(a_command().command_id)
    entry = operations.step(replayed, NOW, None)
    assert entry is not None
    assert (entry.kind, entry.facts["replays"]) == (Kind.OPENED, 1)
    assert str(entry.facts["says"]).startswith("replayed by helpdesk:sam")
