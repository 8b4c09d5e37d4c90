"""What was reported, ordered and done about the devices of an inventory."""

from dataclasses import replace
from datetime import timedelta

from shared.devices.groups import Seen
from shared.devices.model import Action, Decision, Order, Signal
from shared.devices.operation import Operation, State, opened_by_command, opened_by_tenant_command
from shared.devices.tenant_change import TenantChange, TenantCommand, TenantOrder, target
from tests.unit.builders import TENANT, a_command, a_signal
from tests.unit.inventory_listing import a_mailbox, a_phone
from tests.unit.inventory_world import InventoryWorld

EARLIER = timedelta(hours=1)


def reported(world: InventoryWorld, **changes: object) -> Signal:
    """Let an MDM have reported the phone some time ago."""
    signal = a_signal(**{"occurred_at": world.clock() - EARLIER, **changes})
    return world.postures.keep(signal)


def ordered(world: InventoryWorld, action: Action, **changes: object) -> Order:
    """Let somebody have ordered something for the phone some time ago."""
    command = a_command(action=action)
    order = Order(
        command_id=command.command_id,
        tenant_id=TENANT,
        action=action,
        mailbox=command.mailbox,
        device_id=command.device_id,
        given_at=world.clock() - EARLIER,
        why="ordered by helpdesk:jo",
    )
    return world.orders.keep(replace(order, **changes))  # type: ignore[arg-type]  # fields only


def acted(world: InventoryWorld, action: Action) -> Operation:
    """Let an order for the phone have been carried out just now."""
    order = ordered(world, action, given_at=world.clock())
    command = a_command(action=action, command_id=order.command_id)
    operation = world.journal.open(opened_by_command(command, world.clock()))
    device = Seen(device=a_phone(), mailbox=a_mailbox()).as_device()
    decision = Decision(action=action, device=device, reason="ordered")
    done = replace(operation, decision=decision, acted_at=world.clock())
    return world.journal.save(done.stepped(State.DONE, "done", world.clock()))


def ordered_tenant_change(world: InventoryWorld, change: TenantChange) -> Operation:
    """Let a change of settings have been carried out just now."""
    command = TenantCommand(
        command_id="99999999-0000-4000-8000-000000000009",
        tenant_id=TENANT,
        change=change,
        reason="old",
        requested_by="helpdesk:jo",
    )
    order = TenantOrder(
        command_id=command.command_id,
        tenant_id=TENANT,
        target=target(change),
        given_at=world.clock(),
    )
    world.tenant_orders.keep(order)
    operation = world.journal.open(opened_by_tenant_command(command, world.clock()))
    return world.journal.save(replace(operation, acted_at=world.clock()))
