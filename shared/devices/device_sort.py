"""In which order devices are listed, where somebody asks for one, and how far a list has come."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec

from shared.devices.inventory import MobileDevice
from shared.errors import Rejected

Text = Annotated[str, msgspec.Meta(max_length=4096)]
Rank = tuple[str, str]  # what is sorted by, and the device's GUID


class SortKey(StrEnum):
    """What devices can be sorted by."""

    ACCESS = "access"
    DEVICE_ID = "device_id"
    FIRST_SYNC = "first_sync"
    MAILBOX = "mailbox"
    MODEL = "model"
    OS = "os"


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    sort: Text
    value: Text
    guid: Text


@dataclass(frozen=True, slots=True)
class Sort:
    """By what, and whether backwards; what is not known comes first, or then last."""

    by: SortKey
    backwards: bool = False

    @property
    def written(self) -> str:
        """How it is asked for."""
        return f"{'-' if self.backwards else ''}{self.by}"

    def rank(self, device: MobileDevice) -> Rank:
        """Return what the device is sorted by; no two are the same."""
        return _value(self.by, device).casefold(), device.guid

    def cursor(self, rank: Rank) -> str:
        """Return where a list goes on behind a device of this rank."""
        packed = msgspec.msgpack.encode(_Cursor(self.written, *rank))
        return base64.urlsafe_b64encode(packed).decode()

    def read(self, text: str) -> Rank:
        """Return the rank that a caller hands back; Rejected if it is none, or of another order."""
        try:
            packed = base64.b64decode(text, b"-_", validate=True)
            found = msgspec.msgpack.decode(packed, type=_Cursor)
        except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
            found = None
        if found is None or found.sort != self.written:
            raise Rejected("after is none of the cursors that an answer in this order gives")
        return found.value, found.guid


def read(text: str) -> Sort:
    """Return the order that is asked for: one of the keys, with a minus for backwards."""
    name = text.removeprefix("-")
    if name not in set(SortKey):
        raise Rejected(f"sort is one of {', '.join(SortKey)}, with a minus before it for backwards")
    return Sort(SortKey(name), backwards=name != text)


def _value(by: SortKey, device: MobileDevice) -> str:
    match by:
        case SortKey.ACCESS:
            return device.access
        case SortKey.DEVICE_ID:
            return device.device_id
        case SortKey.FIRST_SYNC:
            return device.first_sync_at.isoformat() if device.first_sync_at else ""
        case SortKey.MAILBOX:
            return device.place
        case SortKey.MODEL:
            return device.model
        case SortKey.OS:
            return device.os
