"""What is kept of an MDM that has to be asked: its devices, and how far the asking has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.model import Posture
from shared.devices.subject import Report


class Extent(StrEnum):
    """Which devices one round of asking goes through."""

    CHANGES = "changes"  # those that have reported to their MDM lately
    WHOLE = "whole"  # all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A device of which something was reported."""

    report: Report  # the last one
    fingerprint: str  # of what that said; empty once the device had vanished
    number: int  # of the report, among all about this device
    seen_at: datetime  # when the MDM last listed it
    is_told: bool = False  # whether the report is surely on the queue

    @property
    def mdm_id(self) -> str:
        """The MDM's own key for it."""
        return self.report.subject.mdm_id

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be said of it, should it vanish."""
        return self.is_told and self.report.posture is Posture.RETIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The devices that were not seen for so long, and how many there are in all."""

    devices: tuple[Known, ...]
    among: int  # without those of which nothing is left to be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One walk through the pages of a list."""

    started_at: datetime
    since: datetime | None = None  # only devices that have reported after it
    place: str = ""  # where to go on, in the MDM's own way; empty: at the beginning
    is_walked: bool = False  # to the end: what is left is to look for those that vanished


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one sender's rounds of one extent have come."""

    current: Round | None = None
    last_at: datetime | None = None  # when the last one that came to its end had started
    etag: str = ""
