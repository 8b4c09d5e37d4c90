"""How plans look to those who ask before they order, and how openapi.json describes them."""

from typing import Any

import msgspec

from shared import sender_messages
from shared.devices.guard import HoldReason
from shared.flows import command_plan

PLAN = "plan"


class Would(msgspec.Struct, kw_only=True):
    """One thing that an order would do; without an action: nothing, for this reason."""

    mailbox: str
    device_id: str
    target: str  # what would be changed, where that is no device
    action: str | None
    reason: str
    before: dict[str, Any] | None  # how it stands


class CommandPlan(msgspec.Struct, kw_only=True):
    """What an order would do; given with the order, `plan_hash` lets nothing else be done."""

    plan_hash: str
    would: list[Would]
    needs_approval: bool
    over_budget: HoldReason | None
    held_because: str | None  # what it would wait for
    cannot: str | None  # why it cannot be done


SHAPES = (CommandPlan,)


def asked(body: bytes) -> tuple[bool, bytes]:
    """Return whether an order is only to be planned, and the order itself."""
    fields = sender_messages.decode(body, dict[str, msgspec.Raw])
    wanted = fields.pop(PLAN, None)
    if wanted is None:
        return False, body
    return sender_messages.decode(bytes(wanted), bool), msgspec.json.encode(fields)


def plan(found: command_plan.CommandPlan) -> CommandPlan:
    """Return a plan as it is shown."""
    return CommandPlan(
        plan_hash=found.plan_hash,
        would=[_would(each) for each in found.would],
        needs_approval=found.needs_approval,
        over_budget=found.over_budget,
        held_because=found.hold.says if found.hold else None,
        cannot=found.cannot or None,
    )


def plannable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an order's schema with the field that asks for its plan alone."""
    asks = {"type": "boolean", "default": False, "description": "Plan it, and do nothing."}
    return {**schema, "properties": {**schema["properties"], PLAN: asks}}


def _would(each: command_plan.Would) -> Would:
    return Would(
        mailbox=each.mailbox,
        device_id=each.device_id,
        target=each.target,
        action=each.action,
        reason=each.reason,
        before=msgspec.to_builtins(each.before),
    )
