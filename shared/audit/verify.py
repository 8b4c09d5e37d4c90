"""
Whether a tenant's records are one whole chain, and where they are not.

What can be done to a chain shows as follows. Edited: the record does not have its own hash,
or the next one names another hash. Dropped: numbers are missing. Inserted: a number is there
twice, and one of the two has no place between its neighbours. Forked: two sound records
follow the same one. Reordered: a lower number comes after a higher one. Truncated: the chain
ends before a head that somebody has kept, or begins behind its first record.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from shared.audit import record as records
from shared.audit.record import START, Head, Record


class Fault(StrEnum):
    """What was done to a chain."""

    UNREADABLE = "unreadable"
    EDITED = "edited"
    DROPPED = "dropped"
    INSERTED = "inserted"
    REORDERED = "reordered"
    FORKED = "forked"
    TRUNCATED = "truncated"
    FALSE_SEAL = "false seal"
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, where, and with which record."""

    fault: Fault
    place: Place
    seq: int  # 0: unknown
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A record as it was found; None: the line is no record."""

    place: Place
    record: Record | None
    says: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether the record has the hash that it must have."""
        return self.record is not None and records.own_hash(self.record) == self.record.hash


@dataclass(slots=True, kw_only=True)
class Chain:
    """One tenant's records, as far as they are sound, and what is wrong."""

    records: dict[int, Line] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    repeats: list[Record] = field(default_factory=list)  # steps that were recorded twice

    @property
    def head(self) -> Head:
        """Where it ends."""
        last = self.records[max(self.records)].record if self.records else None
        return last.head if last else START


def read(file: str, text: bytes) -> list[Line]:
    """Return the lines of a file."""
    return [_line(Place(file=file, line=at), each) for at, each in enumerate(_lines(text), 1)]


def verify(lines: Iterable[Line], *, is_partial: bool = False) -> Chain:
    """Return one tenant's chain; a partial one may begin anywhere."""
    chain = Chain()
    found = list(lines)
    chain.findings += _unsound(found)
    chain.findings += _foreign(found)
    _choose(found, chain)
    chain.findings += _gaps(chain, is_partial=is_partial)
    chain.findings += _disorder(chain)
    chain.findings += _broken(chain)
    chain.repeats += _repeats(chain)
    return chain


def reaches(chain: Chain, kept: Iterable[Head]) -> Iterator[Finding]:
    """Yield what is wrong, measured by heads that somebody has kept elsewhere."""
    for head in kept:
        if head.seq > chain.head.seq:
            yield _at_end(
                chain, f"records up to {head.seq} are known to have been there; it ends before"
            )
        elif head.seq in chain.records:
            line = chain.records[head.seq]
            if line.record is not None and line.record.hash != head.hash:
                yield _finding(Fault.EDITED, line, "it is not the record that was kept as the head")


def _lines(text: bytes) -> list[bytes]:
    return text.removesuffix(b"\n").split(b"\n") if text else []


def _line(place: Place, text: bytes) -> Line:
    try:
        return Line(place=place, record=records.read(text))
    except ValueError as error:
        return Line(place=place, record=None, says=str(error)[:200])


def _unsound(lines: Sequence[Line]) -> Iterator[Finding]:
    for each in lines:
        if each.record is None:
            yield _finding(Fault.UNREADABLE, each, each.says)
        elif not each.is_sound:
            yield _finding(Fault.EDITED, each, "its hash is not that of what it says")


def _foreign(lines: Sequence[Line]) -> Iterator[Finding]:
    tenants = Counter(each.record.tenant_id for each in lines if each.record)
    for each in lines:
        if each.record is not None and each.record.tenant_id != tenants.most_common(1)[0][0]:
            yield _finding(Fault.INSERTED, each, "it is of another tenant")


def _choose(lines: Sequence[Line], chain: Chain) -> None:
    """Take one record for each number: the one that has its place between its neighbours."""
    by_number: dict[int, list[tuple[tuple[bool, ...], Line]]] = {}
    named = {each.record.previous for each in lines if each.record}
    before = 0
    for each in lines:
        if each.record is not None:
            record = each.record
            worth = (each.is_sound, record.hash in named, record.seq == before + 1)
            by_number.setdefault(record.seq, []).append((worth, each))
            before = record.seq
    for seq, rivals in by_number.items():
        # The earliest of those that are worth the most: sorting leaves equals as they were.
        [chosen, *others] = sorted(rivals, key=lambda each: each[0], reverse=True)
        chain.records[seq] = chosen[1]
        chain.findings += [_doubled(other, chosen[1]) for _, other in others]


def _repeats(chain: Chain) -> Iterator[Record]:
    seen: set[str] = set()
    for _, each in sorted(chain.records.items()):
        if each.record is not None:
            if each.record.id in seen:
                yield each.record
            seen.add(each.record.id)


def _doubled(other: Line, chosen: Line) -> Finding:
    one, two = other.record, chosen.record
    if one is not None and two is not None and one.hash != two.hash:
        if one.previous == two.previous and other.is_sound:
            says = f"it and the record at {_told(chosen.place)} follow the same one"
            return _finding(Fault.FORKED, other, says)
        return _finding(Fault.INSERTED, other, f"its number is that of {_told(chosen.place)}")
    return _finding(Fault.INSERTED, other, f"it is the record at {_told(chosen.place)} again")


def _gaps(chain: Chain, *, is_partial: bool) -> Iterator[Finding]:
    numbers = sorted(chain.records)
    if numbers and numbers[0] != 1 and not is_partial:
        says = f"the chain begins with record {numbers[0]}: what was before is missing"
        yield _finding(Fault.TRUNCATED, chain.records[numbers[0]], says)
    for before, seq in pairwise(numbers):
        if seq != before + 1:
            missing = f"{before + 1}" if seq == before + 2 else f"{before + 1} to {seq - 1}"
            yield _finding(Fault.DROPPED, chain.records[seq], f"before it, {missing} is missing")


def _disorder(chain: Chain) -> Iterator[Finding]:
    ordered = sorted(chain.records.values(), key=lambda each: (each.place.file, each.place.line))
    highest = 0
    for each in ordered:
        seq = each.record.seq if each.record else 0
        if seq < highest:
            yield _finding(Fault.REORDERED, each, f"it comes after record {highest}")
        highest = max(highest, seq)


def _broken(chain: Chain) -> Iterator[Finding]:
    """Find what was edited, and then given a hash that fits."""
    for seq, each in sorted(chain.records.items()):
        before = chain.records.get(seq - 1)
        if each.record is None or not each.is_sound:
            continue
        named = each.record.previous
        if seq == 1 and named != START.hash:
            yield _finding(Fault.EDITED, each, "the first record names one before it")
        elif before and before.record and before.is_sound and named != before.record.hash:
            says = f"record {seq} was chained to another one than this"
            yield _finding(Fault.EDITED, before, says)


def _finding(fault: Fault, line: Line, says: str) -> Finding:
    seq = line.record.seq if line.record else 0
    return Finding(fault=fault, place=line.place, seq=seq, says=says)


def _at_end(chain: Chain, says: str) -> Finding:
    head = chain.head.seq
    place = chain.records[head].place if head else Place(file="", line=0)
    return Finding(fault=Fault.TRUNCATED, place=place, seq=head, says=says)


def _told(place: Place) -> str:
    return f"{place.file}:{place.line}"
