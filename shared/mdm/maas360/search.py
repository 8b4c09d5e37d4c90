"""
The device search, version 2.0: one page of it.

Seen in public clients: its parameters; one device as an object in place of a list; numbers as
text; "pageSize" of an answer as the number of devices on that page, 0 behind the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.errors import Rejected, Retryable
from shared.mdm.facts import text
from shared.mdm.maas360.posture import Row
from shared.mdm.maas360.service import Service
from shared.mdm.maas360.wire import Told
from shared.mdm.paths import find

SMALLEST: Final = 25  # devices on a page
PATH: Final = "/device-apis/devices/2.0/search/customer/{account}"


class Status(StrEnum):
    """Which devices are searched; asked for neither, MaaS360 leaves out those gone inactive."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows on a page, in order; rows that are none are left out, and counted."""

    rows: tuple[Row, ...]
    unreadable: int
    is_last: bool

    def latest_in_order(self, after: int | None) -> int | None:
        """Return when the last row reported; None if they are not in order, or not all after it."""
        moments = [_number(find(row, ("lastReportedInEpochms",))) for row in self.rows]
        dated = [moment for moment in moments if moment is not None]
        is_in_order = len(dated) == len(moments) > 0 and dated == sorted(dated)
        return dated[-1] if is_in_order and dated[0] >= (after or 0) else None


class Search:
    """One customer's devices, those that have reported last at the end."""

    def __init__(self, service: Service, account: str) -> None:
        self._service = service
        self._account = account

    def page(self, status: Status, number: int, size: int, *, after: int | None) -> Found:
        """Return a page, from 1; Rejected if MaaS360 does not want to be asked so."""
        query = {
            "deviceStatus": status.value,
            "sortAttribute": "lastReported",
            "sortOrder": "asc",
            "pageNumber": str(number),
            "pageSize": str(size),
        }
        if after is not None:
            query["lastReportedAfterInEpochms"] = str(after)
        return _found(self._get(query), number, size)

    def one(self, status: Status, mdm_id: str) -> Row | None:
        """Return a device, if it is in this state."""
        query = {"deviceStatus": status.value, "maas360DeviceId": mdm_id, "match": "1"}
        page = {"pageNumber": "1", "pageSize": str(SMALLEST)}
        found = _found(self._get(query | page), 1, SMALLEST)
        return next((row for row in found.rows if device_id(row) == mdm_id), None)

    def _get(self, query: Mapping[str, str]) -> Told:
        return self._service.get(PATH.format(account=self._account), query)


def device_id(row: Row) -> str:
    """Return MaaS360's key for a device; it is seen in two spellings."""
    return text(find(row, ("maas360DeviceID",)))


def _found(told: Told, number: int, size: int) -> Found:
    devices = told.get("devices")
    if not isinstance(devices, dict) or not devices:
        raise Rejected("MaaS360 answers a device search with something other than devices")
    listed = devices.get("device")
    items = listed if isinstance(listed, list) else [listed] if isinstance(listed, dict) else []
    rows = tuple(item for item in items if isinstance(item, dict))
    count, here = _number(devices.get("count")), _number(devices.get("pageSize"))
    if not items and (here or (count or 0) > (number - 1) * size):
        # Taken for the end, it would make the devices that were not listed look vanished.
        raise Retryable(f"MaaS360 lists nothing on page {number}, and says that {count} are there")
    is_short = count is not None and len(items) < size and len(items) >= count
    told_page = _number(devices.get("pageNumber"))
    return Found(
        rows=rows,
        unreadable=len(items) - len(rows),
        # A short page is not enough: a smaller size than was asked for may be served.
        is_last=not items or (number == 1 and is_short) or (told_page or number) < number,
    )


def _number(value: object) -> int | None:
    digits = text(value)
    return int(digits) if digits.isascii() and digits.isdecimal() else None
