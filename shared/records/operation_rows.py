"""
The rows by which operations are listed, beside the operations' own in table `journal`.

They are written in one transaction with the operation, for which they must be of its partition:
whenever a worker dies, both are there or neither. Each operation has one among all (`t:`), and
one among those of its state (`s:`) unless it is done, as nearly all are. Within a kind, the row
keys sort the newest first; the operations' own keys are GUIDs, which sort before either.
"""

from shared.devices.operation import Operation, State
from shared.devices.operation_list import RECOGNITION, Wanted, place, reversed_time
from shared.records.tables import Entity, Verb, Write, after_all

ALL = "t:"
BETWEEN = "|"


def listed_as(operation: Operation) -> str:
    """Return what of an operation's rows can change, its state first."""
    return BETWEEN.join((operation.state, _action(operation), _hold(operation)))


def beside(operation: Operation, before: str) -> list[Write]:
    """Return the writes that list an operation; *before* is how it was listed, "": not at all."""
    old, now = _own(before), _own(operation.listed_as)
    columns = _columns(operation)
    writes = [Write(verb=Verb.PUT, entity=_row(operation, ALL, columns))]
    if now:
        writes.append(Write(verb=Verb.PUT, entity=_row(operation, now, columns)))
    if old and old != now:
        writes.append(Write(verb=Verb.DELETE, entity=_row(operation, old, {})))
    return writes


def span(wanted: Wanted, after: str) -> tuple[str, str, str]:
    """Return the prefix of the rows that are asked for, the first key, and the one behind them."""
    is_by_state = wanted.state not in {None, State.DONE}
    prefix = _of(wanted.state) if wanted.state and is_by_state else ALL
    first = reversed_time(wanted.until) if wanted.until else ""
    # The first key behind a cursor's: keys that follow each other differ in more than this.
    start = prefix + max(first, f"{after}\0" if after else "")
    last = f"{reversed_time(wanted.since)};" if wanted.since else ""  # ";" sorts behind ":"
    return prefix, start, prefix + last if last else after_all(prefix)


def conditions(wanted: Wanted) -> dict[str, str]:
    """Return which columns must be as what is asked for."""
    named = {
        "asked": wanted.asked,
        "action": wanted.action,
        "asked_by": wanted.asked_by,
        "mailbox": wanted.mailbox.casefold(),
        "device_id": wanted.device_id.casefold(),
        "hold": wanted.hold,
        "state": wanted.state or "",
    }
    return {name: text for name, text in named.items() if text}


def _columns(operation: Operation) -> dict[str, object]:
    return {
        "asked": operation.asked,
        "action": _action(operation),
        "asked_by": operation.asked_by,
        "mailbox": operation.mailbox.casefold(),
        "device_id": operation.device_id.casefold(),
        "hold": _hold(operation),
        "state": operation.state.value,
    }


def _action(operation: Operation) -> str:
    """Return what is decided to be done; until then, or if that is nothing, what was asked."""
    decided = operation.decision.action if operation.decision else None
    return decided.value if decided else str(operation.asked)


def _hold(operation: Operation) -> str:
    """Return why it waits for a person, or did; a report does until its device is recognised."""
    if operation.hold is not None:
        return operation.hold.reason.value
    return RECOGNITION if operation.state is State.HELD else ""


def _row(operation: Operation, prefix: str, columns: dict[str, object]) -> Entity:
    keys = {"PartitionKey": operation.tenant_id, "RowKey": prefix + place(operation)}
    return {**keys, **columns}


def _own(listed: str) -> str:
    """Return the prefix of the row by state that is listed so; "": there is none."""
    state = listed.split(BETWEEN, maxsplit=1)[0]
    return "" if not state or state == State.DONE else _of(State(state))


def _of(state: State) -> str:
    return f"s:{state}:"
