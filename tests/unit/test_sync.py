"""What `sync` shows of a run: one line on its way, and the counts at its end."""

from typing import Any

import pytest

from infra.local.sync import WIDTH, bar, told


def a_progress(**changes: object) -> dict[str, Any]:
    """Return what the app says of a run that is half way through a listing."""
    return {
        "part": "devices",
        "pages": 12,
        "rows": 500,
        "changed": 3,
        "gone": 0,
        "calls": 14,
        "rows_before": 1000,
        "rows_per_second": 250.4,
        "seconds_left": 2.0,
        **changes,
    }


def test_bar_shows_pages_rows_rate_and_time_left() -> None:
    """On one line of a terminal."""
    assert bar(a_progress()) == (
        f"[{'#' * 8}{'.' * 8}] devices   12 pages, 500 rows, 250 rows/s, 2 s left"
    )
    assert len(bar(a_progress(rows=350_000, pages=352))) < 80


@pytest.mark.parametrize(
    ("changes", "filled"),
    [
        ({"rows": 0}, "." * WIDTH),
        ({"rows": 1200}, "#" * WIDTH),
        ({"part": "settling", "rows": 5}, "#" * WIDTH),
        ({"part": "settling", "rows_before": None}, "#" * WIDTH),
        ({"rows_before": None}, "?" * WIDTH),
    ],
)
def test_bar_fills_as_far_as_is_known(changes: dict[str, object], filled: str) -> None:
    """Never beyond its end, and never by a guess."""
    assert bar(a_progress(**changes)).startswith(f"[{filled}]")


def test_bar_says_nothing_of_a_time_that_is_not_known() -> None:
    """As in a first run."""
    assert bar(a_progress(seconds_left=None)).endswith("250 rows/s")


def test_counts_are_told_at_the_end() -> None:
    """After what became of the run; of one that never began there are none."""
    ended = {"state": "done", "history": [{"note": "ordered"}, {"note": "500 rows"}]}
    assert told({**ended, "progress": a_progress()}) == [
        "done: 500 rows",
        "  pages    12",
        "  rows     500",
        "  changed  3",
        "  gone     0",
        "  calls    14",
    ]
    assert told({**ended, "state": "abandoned", "progress": None}) == ["abandoned: 500 rows"]
