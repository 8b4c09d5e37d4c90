"""One reading of a tenant's mailboxes and devices: how far it is, what it found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.devices.inventory import KEY_BYTES, Part, Row, Scope


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    FAILED = "failed"
    REPLACED = "replaced"  # nobody went on with it, and a younger one took its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a run has read, and what had changed; at its end, each row once."""

    pages: int = 0
    rows: int = 0
    changed: int = 0
    gone: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a tenant; whoever goes on with it does so at its part and cursor."""

    tenant_id: str
    run_id: str
    scope: Scope
    started_at: datetime
    part: Part = Part.MAILBOXES
    cursor: str = ""  # within the part
    counts: Counts = Counts()
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    why: str = ""
    leased_until: datetime | None = None  # no other run of the tenant begins before
    etag: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.outcome is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was read, compared with the picture before the run."""

    seen: bytes  # the keys of all its rows, one after the other
    changed: tuple[Row, ...]  # those that are new or different
    part: Part  # where the run goes on after it
    cursor: str
    calls: int = 1  # that it took

    @property
    def rows(self) -> int:
        """How many it has."""
        return len(self.seen) // KEY_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that is not as it was: new if there is none before, gone if there is none after."""

    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All rows of a tenant as a run left them."""

    version: int  # each picture has the next one
    run_id: str
    made_at: datetime
    rows: int
    content_hash: str  # of all keys and fingerprints, whatever their order
