"""When something happened, in the ways in which senders write it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mdm.moments import EARLIEST, LATEST, moment
from tests.unit.builders import NOW

SECONDS = int(NOW.timestamp())


@pytest.mark.parametrize(
    "value",
    [
        "2026-05-04T10:00:00Z",
        "2026-05-04T12:00:00+02:00",
        "2026-05-04T10:00:00.000000000Z",
        "2026-05-04 10:00:00",
        "2026-05-04T10:00:00",
        " 2026-05-04T10:00:00.0000000Z ",
        SECONDS,
        SECONDS * 1000,
        float(SECONDS),
        str(SECONDS),
        f"{SECONDS}.000",
        str(SECONDS * 1000),
        f"/Date({SECONDS * 1000})/",
        f"/Date({SECONDS * 1000}+0200)/",
        f"/Date({SECONDS * 1000}-0700)/",
    ],
)
def test_one_moment_is_read_in_every_spelling(value: object) -> None:
    """Without an offset it is UTC."""
    found = moment(value)
    assert found == NOW
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        [],
        {},
        "",
        "soon",
        "0001-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30T10:00:00Z",
        "²026-05-04",
        "20260504",
        0,
        -1,
        10**11 - 1,
        10**15,
        10**400,
        float("nan"),
        float("inf"),
        "/Date(0)/",
        "/Date(-62135596800000)/",
        "/Date(990000000000000)/",
        "/Date(1391182403986",
        "9" * 64,
        "2026-05-04T10:00:00Z" + " " * 64,
    ],
)
def test_what_is_no_credible_moment_reads_as_absent(value: object) -> None:
    """A zero clock, a date in the far future and a text that is none."""
    assert moment(value) is None


@given(value=st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None)))
def test_milliseconds_and_text_agree(value: datetime) -> None:
    """Whichever a sender writes, the order of its events is the same."""
    at = value.replace(tzinfo=UTC)
    if at == LATEST:
        return
    told = moment(int(at.timestamp() * 1000))
    written = moment(at.isoformat())
    assert written == at
    # Up to 1973 milliseconds would be seconds; EARLIEST lies behind that.
    assert told is not None
    assert abs(told - at) <= timedelta(milliseconds=1)


@given(value=st.one_of(st.text(max_size=70), st.floats(), st.integers(), st.binary()))
def test_anything_is_a_moment_or_none(value: object) -> None:
    """Nothing escapes."""
    found = moment(value)
    assert found is None or EARLIEST <= found < LATEST
