"""How long the other side asks us to wait, whatever it writes into the header."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.retry_after import retry_after

DAY = 24 * 60 * 60

WRITTEN: list[tuple[str, float | None]] = [
    ("30", 30),
    ("7.25", 7.25),
    (" 5 ", 5),
    ("0", 0),
    ("-5", 0),
    ("-1e300", 0),
    (str(DAY), DAY),
    (str(DAY + 1), DAY),
    ("1e300", DAY),
    ("9" * 400, None),
    *((odd, None) for odd in ("", " ", "soon", "²", "½", "1,5", "0x10", "\0", "5 s")),
    *((odd, None) for odd in ("nan", "inf", "-inf", "infinity", "1e999")),
    ("Wed, 21 Oct 2026 07:28:00 GMT", None),
]


@pytest.mark.parametrize(("written", "seconds"), WRITTEN)
def test_wait_is_between_nothing_and_a_day(written: str, seconds: float | None) -> None:
    """A longer one would hide an outage; nonsense counts as absent."""
    wait = retry_after({"Retry-After": written})
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_absent_header_says_nothing() -> None:
    """Which is not the same as: at once."""
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "0"}) == timedelta()


@given(written=st.one_of(st.text(max_size=40), st.floats().map(str), st.integers().map(str)))
def test_anything_is_a_bounded_wait_or_none(written: str) -> None:
    """A header is somebody else's text: it never breaks us."""
    wait = retry_after({"Retry-After": written})
    assert wait is None or timedelta() <= wait <= timedelta(days=1)
