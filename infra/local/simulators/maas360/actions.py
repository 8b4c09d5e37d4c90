"""
What was done to devices, and what the rules did by themselves.

Compliance events are as a published client reads them: newest first, instants in UTC with a Z,
and past the end the last page again. IBM's guide names the search of the action history and
the check on an action and no more is public: their parameters and answers are guesses, after
the other searches of the same version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from infra.local.simulators.maas360 import paging
from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.devices import ID, milliseconds
from infra.local.simulators.maas360.refusals import not_found
from infra.local.simulators.maas360.wire import Node

_END_OF_TIME = 2**63
_FIRST_ACTION_ID = 100_001


class ActionStatus(StrEnum):
    """How far an action has come; the words are guesses."""

    PENDING = "Pending"
    COMPLETE = "Complete"
    FAILED = "Failed"


_CODES = {ActionStatus.COMPLETE: "0", ActionStatus.FAILED: "1", ActionStatus.PENDING: "2"}


@dataclass(slots=True, kw_only=True)
class _Action:
    action_id: str
    device_id: str
    kind: str
    by: str
    at: datetime
    status: ActionStatus
    details: Mapping[str, str]

    def row(self) -> dict[str, str]:
        return {
            ID: self.device_id,
            "actionID": self.action_id,
            "actionType": self.kind,
            "actionStatus": self.status,
            "requestedBy": self.by,
            "actionExecutionTime": _zulu(self.at),
            **self.details,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    device_id: str
    at: datetime
    details: Mapping[str, str]

    def row(self) -> dict[str, str]:
        return {
            ID: self.device_id,
            "actionExecutionTime": _zulu(self.at),
            **self.details,
        }


@dataclass(slots=True)
class Actions:
    """Everything that happened, oldest first."""

    _actions: list[_Action] = field(default_factory=list)
    _events: list[_Event] = field(default_factory=list)

    def record(
        self,
        device_id: str,
        kind: str,
        *,
        by: str,
        at: datetime,
        status: ActionStatus,
        details: Mapping[str, str],
    ) -> str:
        """Note an action and return its actionID; *details* stand in its row as they are."""
        noted = _Action(
            action_id=str(_FIRST_ACTION_ID + len(self._actions)),
            device_id=device_id,
            kind=kind,
            by=by,
            at=at,
            status=status,
            details=details,
        )
        self._actions.append(noted)
        return noted.action_id

    def settle(self, action_id: str, status: ActionStatus) -> None:
        """Let an action come to *status*."""
        self._find(action_id).status = status

    def note_event(self, device_id: str, details: Mapping[str, str], at: datetime) -> None:
        """Note what a compliance rule did."""
        self._events.append(_Event(device_id=device_id, at=at, details=details))

    def history(self, call: Call) -> Node:
        """Answer the search of the action history: by device, kind and time, in pages."""
        since, until = call.number("fromDate", 0), call.number("toDate", _END_OF_TIME)
        device_id, kind = call.asked("maas360DeviceId"), call.asked("actionType")
        found = [
            action
            for action in self._actions
            if since <= int(milliseconds(action.at)) <= until
            and device_id in {"", action.device_id}
            and kind in {"", action.kind}
        ]
        return paging.clamped(call, "action", _newest_first(found))

    def events(self, call: Call) -> Node:
        """Answer the search of compliance events, in pages."""
        return paging.clamped(call, "complianceEvent", _newest_first(self._events))

    def status(self, call: Call) -> Node:
        """Answer how far the action that actionID names has come, as actions answer."""
        action = self._find(call.needed("actionID"))
        return {
            ID: action.device_id,
            "actionID": action.action_id,
            "actionStatus": _CODES[action.status],
            "description": f"The action is {action.status.lower()}.",
        }

    def _find(self, action_id: str) -> _Action:
        for action in self._actions:
            if action.action_id == action_id:
                return action
        raise not_found("Action")


def _zulu(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _newest_first(happened: Sequence[_Action | _Event]) -> list[dict[str, str]]:
    in_order = sorted(happened, key=lambda one: one.at)
    return [one.row() for one in reversed(in_order)]  # of two at once the later stands first
