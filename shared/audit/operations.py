"""What the audit tells of an operation: which steps, and of each what and on whose word."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from shared.audit.pseudonyms import Pseudonyms, veiled
from shared.audit.record import Actor, Entry, Kind, fitted
from shared.devices import inventory_order
from shared.devices.model import Action, Device, Posture
from shared.devices.offboard_order import Offboarding
from shared.devices.operation import REPLAYED, Operation, State, is_wipe

MDM = "mdm:"
PERSON = "person:"
REPORTED = frozenset(Posture)
WORDS = frozenset({*Action, *REPORTED})
SHOWN = (  # of a device: how it stood, and what decides what can be done with it
    *("access", "access_reason", "on_allowed_list", "on_blocked_list"),
    *("device_type", "model", "os", "client_type", "client_version"),
)


def opened(operation: Operation, at: datetime, names: Pseudonyms | None) -> Entry | None:
    """
    Return what is recorded when an operation begins; of a report, nothing.

    An MDM's report stands with all that is known of it in the first record of what comes
    of it. An order is recorded at once: somebody gave it.
    """
    if _is_reported(operation) or _is_inventory(operation):
        return None
    facts: dict[str, object] = {"change": _change(operation)} if operation.change else {}
    if operation.even_if_personal:
        facts["even_if_personal"] = True
    facts |= {"says": operation.history[0].note, "undoes": operation.undoes}
    return _entry(operation, Kind.OPENED, facts, at=at, names=names)


def step(operation: Operation, at: datetime, names: Pseudonyms | None) -> Entry | None:
    """Return what is recorded of the step that *operation* is about to be stored with."""
    kind = None if _is_inventory(operation) else _kind(operation)
    if kind is None:
        return None
    return _entry(operation, kind, _facts(operation, kind), at=at, names=names)


def _kind(operation: Operation) -> Kind | None:
    match operation.state:
        case State.HELD | State.ABANDONED if operation.refusal is not None:
            return Kind.REFUSED
        case State.ABANDONED:
            return Kind.ABANDONED
        case State.DONE:
            return Kind.OVERRULED if _came_to_nothing(operation) else Kind.DONE
        case State.HELD:
            return Kind.HELD
        case State.WAITING if _is_approved_now(operation):
            return Kind.APPROVED
        case State.WAITING | State.PLANNED:
            return _of_work(operation)


def _of_work(operation: Operation) -> Kind | None:
    """Return whether something is about to be done: no act is without a record before it."""
    if operation.state is State.WAITING and operation.history[-1].note.startswith(REPLAYED):
        return Kind.OPENED  # once more
    decision, altered = operation.decision, operation.altered
    if operation.acted_at is not None:
        is_told_later = decision is None or not is_wipe(decision) or operation.after is not None
        return None if is_told_later or operation.awaited_since is not None else Kind.ACTED
    if operation.attempted_at is not None:
        # A long change begins without a plan: its story makes plans of its own.
        is_first = operation.change is not None and altered is None
        return Kind.PLANNED if is_first else None
    is_decided = altered is not None or (decision is not None and decision.action is not None)
    return Kind.PLANNED if is_decided and operation.state is State.PLANNED else None


def _is_reported(operation: Operation) -> bool:
    """Whether an MDM said it; whoever orders something may call himself one."""
    return operation.asked in REPORTED and operation.asked_by.startswith(MDM)


def _is_inventory(operation: Operation) -> bool:
    """Whether it only reads; what comes of that are operations of their own."""
    return operation.asked == inventory_order.ASKED


def _is_approved_now(operation: Operation) -> bool:
    """Whether this is the approval's own step: it stays noted with those that follow."""
    approval = operation.approval
    return approval is not None and operation.history[-1].at == approval.at


def _came_to_nothing(operation: Operation) -> bool:
    """Whether something was asked, and is not done because a newer word stands, or by rule."""
    is_word = operation.asked in WORDS or operation.change is not None
    if not is_word or operation.acted_at is not None or operation.matched is not None:
        return False
    return operation.decision is None or operation.decision.action is not None


def _facts(operation: Operation, kind: Kind) -> dict[str, object]:
    match kind:
        case Kind.OPENED:
            return {"says": operation.history[-1].note, "replays": operation.replays}
        case Kind.PLANNED:
            return _plan(operation)
        case Kind.HELD:
            return _hold(operation)
        case Kind.APPROVED | Kind.REFUSED:
            return {"note": _note(operation, kind)}
        case Kind.ACTED:
            return {"action": operation.decision.action if operation.decision else ""}
        case _:
            return _end(operation)


def _plan(operation: Operation) -> dict[str, object]:
    decision, altered = operation.decision, operation.altered
    facts: dict[str, object] = {}
    if decision is not None:
        facts |= {
            "action": decision.action,
            "why": decision.reason,
            "before": _device(decision.device),
            **({"account_only": decision.account_only} if is_wipe(decision) else {}),
        }
    if operation.change is not None:
        facts["change"] = _change(operation)
    if altered is not None:
        facts |= {"says": altered.says, "before": altered.before}
    if operation.repairs:
        facts["repairs"] = operation.repairs
    if operation.approval is not None:
        facts["approved_at"] = operation.approval.at.isoformat()
    return facts


def _hold(operation: Operation) -> dict[str, object]:
    if operation.hold is None:  # a report that waits for somebody who knows the device
        return {"says": operation.history[-1].note, "candidates": len(operation.candidates)}
    hold = operation.hold
    return {"reason": hold.reason, "says": hold.says, "since": hold.since.isoformat()}


def _end(operation: Operation) -> dict[str, object]:
    acted_at, altered = operation.acted_at, operation.altered
    facts: dict[str, object] = {"says": operation.history[-1].note, "acted": acted_at is not None}
    if acted_at is not None:
        facts["acted_at"] = acted_at.isoformat()
    if operation.decision is not None:
        facts["action"] = operation.decision.action
    if operation.after is not None:
        facts["after"] = _device(operation.after)
    if altered is not None:
        facts |= {"before": altered.before, "after": altered.after}
    if operation.undone_by:
        facts["undone_by"] = operation.undone_by
    if operation.signal_ids:
        facts["passed_on"] = list(operation.signal_ids)
    return facts


def _note(operation: Operation, kind: Kind) -> str:
    word = operation.approval if kind is Kind.APPROVED else operation.refusal
    return word.note if word else ""


def _entry(
    operation: Operation,
    kind: Kind,
    facts: dict[str, object],
    *,
    at: datetime,
    names: Pseudonyms | None,
) -> Entry:
    told = {
        **facts,
        "asked": operation.asked,
        "asked_by": operation.asked_by,
        "mailbox": operation.mailbox,
        "device_id": operation.device_id,
        **({"names": names.key_name} if names else {}),
    }
    said = {name: each for name, each in told.items() if each != ""}
    return Entry(
        tenant_id=operation.tenant_id,
        at=at,
        kind=kind,
        operation_id=operation.operation_id,
        actor=_actor(operation, kind),
        facts=fitted(veiled(said, names, list(_private(operation)))),
    )


def _actor(operation: Operation, kind: Kind) -> Actor:
    """Return on whose word it is: a decision of ours is on the word of who asked for it."""
    if kind in {Kind.APPROVED, Kind.REFUSED}:
        word = operation.approval if kind is Kind.APPROVED else operation.refusal
        return Actor(kind="person", id=word.by if word else "")
    if operation.asked_as.startswith(PERSON):
        return Actor(kind="person", id=operation.asked_as.removeprefix(PERSON))
    if _is_reported(operation):
        return Actor(kind="mdm", id=str(veiled(operation.asked_by.removeprefix(MDM), None)))
    return Actor(kind="system", id=str(veiled(operation.asked_by, None)))


def _private(operation: Operation) -> Iterable[str]:
    """Yield the names that notes and reasons may hold."""
    yield from (operation.mailbox, operation.device_id)
    for device in (operation.before, operation.after):
        if device is not None:
            yield from (device.mailbox, device.device_id, device.guid)
    for link in operation.matched or ():
        yield from (link.mailbox, link.device_id)
    for each in operation.candidates:
        yield from (each.mailbox, each.device_id, each.guid, each.name, each.imei)
    yield from _offboarded(operation)
    if operation.report is not None:
        said = operation.report.subject
        yield from (said.upn, said.mail, said.eas_device_id, said.serial, said.udid, said.imei)
        yield from (said.mdm_id, said.name, said.directory_id)


def _offboarded(operation: Operation) -> Iterable[str]:
    """Yield the names in an order to shut somebody out, and in its report."""
    if not isinstance(operation.change, Offboarding):
        return
    yield from (operation.change.user, operation.change.serial_number)
    report = (operation.altered.after if operation.altered else None) or {}
    yield from (str(report.get(name, "")) for name in ("user", "directory_id"))
    yield from (str(each.get("device_id", "")) for each in report.get("devices", ()))
    yield from map(str, report.get("more_devices", ()))


def _change(operation: Operation) -> object:
    return msgspec.to_builtins(operation.change)


def _device(device: Device) -> dict[str, object]:
    shown = msgspec.to_builtins(device)
    return {name: shown[name] for name in SHOWN if shown[name] != ""}
