"""
The history of actions: which devices were wiped, and when.

Only the name of this call is documented; all that is read here is a guess. So it is read
with indulgence, and whatever goes wrong, devices are judged by their own rows.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.errors import Failure
from shared.mdm.facts import text
from shared.mdm.maas360.service import Service
from shared.mdm.moments import moment
from shared.mdm.paths import find

PATH: Final = "/device-apis/devices/1.0/searchActionHistory/{account}"
QUERY: Final = {"pageNumber": "1", "pageSize": "250"}  # the newest: older wipes show in the rows
FRESH: Final = timedelta(minutes=5)
DEEPEST: Final = 4  # levels, at which a list of actions is looked for

_IDS: Final = ("maas360DeviceID", "deviceId")
_ACTIONS: Final = ("actionType", "actionName", "action")
_STATES: Final = ("actionStatus", "status")
_MOMENTS: Final = ("actionExecutionTime", "executionTime", "actionDate", "actionTime")
_DONE: Final = frozenset({"complete", "completed", "success", "successful", "executed"})
_CALLED_BACK: Final = ("cancel", "revoke", "undo")

Wipes = Mapping[str, datetime]  # by the device's key in MaaS360


class History:
    """One customer's latest actions, asked for once in a while."""

    def __init__(self, service: Service, account: str, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._account = account
        self._clock = clock
        self._read_at: datetime | None = None
        self._wipes: Wipes = {}

    def wipes(self) -> Wipes:
        """Return the devices that were wiped lately, and when; none where that cannot be told."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= FRESH:
            self._read_at = now
            try:
                self._wipes = read(self._service.get(PATH.format(account=self._account), QUERY))
            except Failure:
                # What was known still holds: a wiped device must not come to life again.
                return self._wipes
        return self._wipes


def read(told: object) -> Wipes:
    """Return what a history says; of a device's wipes and their revocations, the last counts."""
    said = sorted(_said(told), key=lambda each: each[1])
    latest = {device: (at, is_wipe) for device, at, is_wipe in said}
    return {device: at for device, (at, is_wipe) in latest.items() if is_wipe}


def _said(told: object) -> Iterator[tuple[str, datetime, bool]]:
    for action in _actions(told, DEEPEST):
        what, state = _first(action, _ACTIONS).lower(), _first(action, _STATES).lower()
        device = _first(action, _IDS)
        at = next(filter(None, (moment(find(action, (name,))) for name in _MOMENTS)), None)
        if device and at and "wipe" in what and state in _DONE:
            yield device, at, not any(word in what for word in _CALLED_BACK)


def _actions(told: object, levels: int) -> Iterator[object]:
    """Yield whatever has a device and an action in it."""
    if _first(told, _IDS) and _first(told, _ACTIONS):
        yield told
    elif levels and isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from _actions(each, levels - 1)


def _first(action: object, names: tuple[str, ...]) -> str:
    return next(filter(None, (text(find(action, (name,))) for name in names)), "")
