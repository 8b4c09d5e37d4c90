"""How far a run of the inventory has come, how fast it is, and how long it may yet take."""

from dataclasses import dataclass
from datetime import datetime

from shared.devices.inventory import Part
from shared.devices.inventory_run import Run

LISTING = frozenset({Part.MAILBOXES, Part.DEVICES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run as a person looks at it."""

    part: Part
    pages: int
    rows: int
    changed: int
    rows_per_second: float  # since it began
    seconds_left: float | None  # for listing; None: not known, or not listing


def progress(run: Run, rows_before: int, now: datetime) -> Progress:
    """Return how far the run is, if there are about as many rows as in the last picture."""
    counts = run.counts
    seconds = ((run.finished_at or now) - run.started_at).total_seconds()
    rate = counts.rows / seconds if seconds > 0 else 0.0
    left = max(rows_before - counts.rows, 0)
    is_known = run.part in LISTING and not run.is_finished and rate > 0 and rows_before > 0
    return Progress(
        part=run.part,
        pages=counts.pages,
        rows=counts.rows,
        changed=counts.changed,
        rows_per_second=rate,
        seconds_left=left / rate if is_known else None,
    )
