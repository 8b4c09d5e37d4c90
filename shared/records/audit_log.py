"""
Each tenant's audit: one chain of records, in a file for each day, in container `audit`.

A file is an append blob, `{tenant id}/{day}.{part}.jsonl`, so that the order of their names
is the chain's. Appending is conditional on where the writer saw the file end: of two who
chained to one record only the first gets in, and the other reads on and chains anew. A file
ends with a record that names the next one, written under the same condition: nobody can
still append to a day that others have left. The first file has the same name everywhere and
holds nothing but that record, so that a chain cannot begin twice.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NoReturn, Protocol

from shared.audit import record as records
from shared.audit.record import ITSELF, START, Entry, Head, Kind, Record
from shared.errors import Misconfigured, Retryable
from shared.group_commit import GroupCommit
from shared.records.append_blobs import Appended, Moved

log = logging.getLogger("easgate.audit")

CONTAINER = "audit"
BEGINNING = "0000-00-00"
TAIL = 64 * 1024  # bytes; a record is shorter
BLOCKS = 49_000  # of the 50,000 that a blob takes: several writers may be close to it
REMEMBERED = 2_000  # records, to know repeats by
ATTEMPTS = 40


class Blobs(Protocol):
    """Append blobs, by name."""

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with the prefix, in their order."""
        ...

    def create(self, name: str) -> None:
        """Make a blob, unless it is there."""
        ...

    def append(self, name: str, text: bytes, position: int) -> Appended:
        """Append in one piece if the blob ends at *position*; Moved otherwise."""
        ...

    def read(self, name: str, position: int, at_most: int) -> bytes:
        """Return what follows the position; nothing if that is the blob's end."""
        ...

    def size(self, name: str) -> int:
        """Return the blob's length in bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Where a tenant's chain ends, as far as this worker knows."""

    head: Head = START
    blob: str = ""  # none yet
    position: int = 0
    blocks: int = 0  # 0: not known before the first append
    next_blob: str = ""  # the file is closed, and this one follows


@dataclass(slots=True)
class _Known:
    """What this worker knows of one tenant's chain; used by one thread at a time."""

    end: _End | None = None
    last: Record | None = None
    ids: dict[str, None] = field(default_factory=dict)  # the oldest first

    def saw(self, record: Record) -> None:
        self.last = record
        self.ids[record.id] = None
        while len(self.ids) > REMEMBERED:
            del self.ids[next(iter(self.ids))]


class AuditLog:
    """Appends what is to be recorded, and returns when it stands there."""

    def __init__(
        self, blobs: Blobs, clock: Callable[[], datetime], blocks_at_most: int = BLOCKS
    ) -> None:
        self._blobs = blobs
        self._clock = clock
        self._blocks_at_most = blocks_at_most
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()
        # What one worker's threads record at once is appended at once, and chained in one go.
        self._together = GroupCommit(self._append, opposed=lambda *_: False)

    def append(self, entry: Entry) -> None:
        """Record it, unless it is among the latest already; Retryable: it may not stand there."""
        self._together.make(entry.tenant_id, entry)

    def last(self, tenant_id: str) -> Record | None:
        """Return the chain's last record, as it is in storage now."""
        known = _Known()
        self._find(tenant_id, known)
        return known.last

    def _append(self, tenant_id: str, entries: Sequence[Entry]) -> Sequence[None]:
        with self._lock:
            known = self._known.setdefault(tenant_id, _Known())
        try:
            self._chain(tenant_id, entries, known)
        except (Misconfigured, _Bent):
            del self._known[tenant_id]  # what we know may be what is wrong
            raise
        return [None] * len(entries)

    def _chain(self, tenant_id: str, entries: Sequence[Entry], known: _Known) -> None:
        for _ in range(ATTEMPTS):
            end = known.end or self._find(tenant_id, known)
            fresh = {e.record_id: e for e in entries if e.record_id not in known.ids}
            if not fresh:
                return
            try:
                end = self._rolled(tenant_id, end, known)
                self._write(records.chained(fresh.values(), end.head), end, known)
            except Moved:
                self._read_on(known)
        raise Retryable("the audit is being written to by too many at once")

    def _write(self, made: Sequence[Record], end: _End, known: _Known) -> _End:
        text = b"".join(each.line for each in made)
        done = self._blobs.append(end.blob, text, end.position)
        known.end = replace(end, head=made[-1].head, position=done.position, blocks=done.blocks)
        for each in made:
            known.saw(each)
        return known.end

    def _rolled(self, tenant_id: str, end: _End, known: _Known) -> _End:
        """Return the end that is to be appended to: another day begins another file."""
        today = f"{self._clock():%Y-%m-%d}"
        if not end.blob:
            end = self._opened(_name(tenant_id, BEGINNING, 1), end, known)
        day, part = _parsed(end.blob)
        if not end.next_blob and (day < today or end.blocks >= self._blocks_at_most):
            following = _name(tenant_id, *((today, 1) if day < today else (day, part + 1)))
            end = self._write([_closing(tenant_id, following, end.head, self._clock())], end, known)
            end = replace(end, next_blob=following)
        return self._opened(end.next_blob, end, known) if end.next_blob else end

    def _opened(self, blob: str, end: _End, known: _Known) -> _End:
        self._blobs.create(blob)
        known.end = _End(head=end.head, blob=blob)
        return known.end

    def _find(self, tenant_id: str, known: _Known) -> _End:
        """Look where the chain ends, which takes a listing."""
        known.end = _End()
        names = self._blobs.names(f"{tenant_id}/")
        for name in reversed(names):  # the last one may have been made, and not written to
            size = self._blobs.size(name)
            if size:
                self._take_tail(name, size, known)
                break
        if names and known.end.blob != names[-1]:
            known.end = _End(head=known.end.head, blob=names[-1])
        return known.end

    def _take_tail(self, name: str, size: int, known: _Known) -> None:
        start = max(0, size - TAIL)
        lines = self._blobs.read(name, start, size - start).split(b"\n")
        whole = lines[bool(start) : -1]
        if lines[-1] or not whole:
            raise Misconfigured(f"the audit's file {name} breaks off: verify it, and set it aside")
        for line in whole:
            known.saw(_record(name, line))
        self._stand(name, start + sum(len(each) + 1 for each in lines[:-1]), known)

    def _read_on(self, known: _Known) -> None:
        """Take in what others have appended behind the end that we knew."""
        end = known.end
        if end is None or not end.blob:
            return
        text = self._blobs.read(end.blob, end.position, 64 * TAIL)
        whole, _, _ = text.rpartition(b"\n")
        head = end.head
        for line in whole.split(b"\n") if whole else ():
            record = _record(end.blob, line)
            if record.previous != head.hash:
                _bent(end.blob)
            head = record.head
            known.saw(record)
        if not whole:
            _bent(end.blob)
        self._stand(end.blob, end.position + len(whole) + 1, known)

    def _stand(self, name: str, position: int, known: _Known) -> None:
        last = known.last
        if last is None:
            return
        following = str(last.facts["next"]) if last.kind == Kind.CLOSED else ""
        known.end = _End(head=last.head, blob=name, position=position, next_blob=following)


class _Bent(Retryable):
    """A file is not as this worker left it."""


def _bent(name: str) -> NoReturn:
    log.error("the audit's file %s is not as this worker left it: verify it", name)
    raise _Bent(f"the audit's file {name} is not as this worker left it: verify it")


def _record(name: str, line: bytes) -> Record:
    try:
        return records.read(line)
    except ValueError as error:
        raise Misconfigured(f"the audit's file {name} holds no record: {error}") from error


def _closing(tenant_id: str, following: str, head: Head, at: datetime) -> Record:
    facts = {"next": following, "after": head.seq}
    entry = Entry(tenant_id=tenant_id, at=at, kind=Kind.CLOSED, actor=ITSELF, facts=facts)
    [made] = records.chained([entry], head)
    return made


def _name(tenant_id: str, day: str, part: int) -> str:
    return f"{tenant_id}/{day}.{part:04}.jsonl"


def _parsed(name: str) -> tuple[str, int]:
    day, part, _ = name.rpartition("/")[2].split(".")
    return day, int(part)
