"""The order to let many held operations go on, and a held word itself."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from shared.devices.guard import Approval, HoldReason
from shared.devices.operation import Operation, State

ASKED = "release_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWord:
    """The message of a held operation, as it goes on its queue again."""

    key: str  # sorts by arrival
    operation_id: str
    tenant_id: str
    queue: str
    body: bytes
    reason: str
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Who approves all that was held for one reason, or by one sender or requester, or both."""

    release_id: str
    tenant_id: str
    approval: Approval  # what was held after its operation was opened is not meant
    reason: HoldReason | None = None  # None: any
    asked_by: str = ""  # "": anybody

    def is_meant(self, word: HeldWord) -> bool:
        """Whether the word is one of those."""
        is_reason = self.reason is None or word.reason == self.reason
        return is_reason and (not self.asked_by or word.asked_by == self.asked_by)

    @property
    def digest(self) -> str:
        """What is released and on whose word, however often that is said."""
        approval = self.approval
        told = (approval.by, approval.name, approval.note, self.reason, self.asked_by)
        return sha256(msgspec.json.encode(told)).hexdigest()


def opened_by_release(release: Release, at: datetime, asked_as: str) -> Operation:
    """
    Return the operation that *release* starts.

    Who asks is not taken from the release: on the queue anybody can write any name into one.
    """
    which = release.reason or "any reason"
    whose = release.asked_by or "anybody"
    return Operation(
        operation_id=release.release_id,
        tenant_id=release.tenant_id,
        asked=ASKED,
        asked_by=release.approval.name,
        mailbox="",
        device_id="",
        opened_at=at,
        asked_as=asked_as,
        plan_hash=release.digest,  # so the same id with another content is another question
    ).stepped(
        State.WAITING,
        f"to release what is held for {which}, asked by {whose}: {release.approval.note}",
        at,
    )
