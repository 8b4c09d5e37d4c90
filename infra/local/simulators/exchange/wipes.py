"""The life of a wipe: ordered, sent, acknowledged or not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Acknowledgement(StrEnum):
    """
    When Exchange shows that a device has wiped itself; documents disagree, so all exist.

    NEVER is a device that was told, and did it, and of which nothing is heard again.
    """

    SAME_CONTACT = "same contact"
    NEXT_CONTACT = "next contact"
    NEVER = "never"


@dataclass(slots=True, kw_only=True)
class WipeCycle:
    """One of the two wipes a device knows: requested, sent, acknowledged."""

    requested_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    requests: int = 0  # how many orders arrived, cancellations not counted
    deliveries: int = 0  # how often the device was told to wipe
    notified: tuple[str, ...] = ()  # who is written to when the device confirms
    acknowledgement: Acknowledgement | None = None  # None: as the tenant's devices do

    def request(self, now: datetime, notified: tuple[str, ...] = ()) -> None:
        """Start the cycle, from the beginning even if one is under way."""
        self.requested_at, self.sent_at, self.acknowledged_at = now, None, None
        self.requests += 1
        self.notified = notified

    def cancel(self) -> bool:
        """Take the order back; false, and nothing changed, once it was sent."""
        if self.sent_at or self.acknowledged_at:
            return False
        self.requested_at = None
        return True

    def forgotten(self) -> WipeCycle:
        """Return the cycle of the same device in a new partnership."""
        return WipeCycle(acknowledgement=self.acknowledgement)

    def meet(self, now: datetime, usual: Acknowledgement) -> bool:
        """Deliver a standing order to a device that connects; true if there was one."""
        if not self.requested_at:
            return False
        acknowledgement = self.acknowledgement or usual
        first = self.sent_at is None
        again = self.acknowledged_at is not None
        self.deliveries += first or again
        self.sent_at = self.sent_at or now
        waited = acknowledgement is Acknowledgement.NEXT_CONTACT and not first
        if not again and (waited or acknowledgement is Acknowledgement.SAME_CONTACT):
            self.acknowledged_at = now
        return True
