"""What the runs of a tenant have missed, before and after the last one that judged it."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.devices.gone import Absence


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    One judgement. Both sides are kept.

    Whoever repeats it starts from *before*; so does the next run, if this one never ended.
    """

    run_id: str
    before: tuple[Absence, ...]
    after: tuple[Absence, ...]


def size(absences: Iterable[Absence]) -> int:
    """Return the number of rows that are missed."""
    return sum(len(absence.keys) for absence in absences)
