"""Stages begin to the second; the day of the end is one of its own."""

from datetime import timedelta

import pytest

from shared.credentials import expiry
from shared.credentials.expiry import Stage
from tests.unit.certificates import EXPIRES

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.days])
def test_stage_begins_so_many_days_before_the_end(stage: Stage) -> None:
    """To the second."""
    moment = EXPIRES - stage.days * DAY
    assert expiry.stage(EXPIRES, moment) is stage
    assert expiry.stage(EXPIRES, moment - SECOND) is not stage


def test_day_of_the_end_is_one_stage_and_what_follows_is_the_last() -> None:
    """It begins at midnight, in UTC."""
    midnight = EXPIRES.replace(hour=0, minute=0)
    assert expiry.stage(EXPIRES, midnight - SECOND) is Stage.DAYS_1
    assert expiry.stage(EXPIRES, midnight) is Stage.DAYS_0
    assert expiry.stage(EXPIRES, EXPIRES - SECOND) is Stage.DAYS_0
    assert expiry.stage(EXPIRES, EXPIRES) is Stage.EXPIRED
    assert (Stage.DAYS_0.days, Stage.EXPIRED.days) == (0, 0)


def test_stages_are_passed_in_order() -> None:
    """Also where the end falls on midnight, so that two begin at once."""
    for end in (EXPIRES, EXPIRES.replace(hour=0, minute=0)):
        begin = [stage.begins(end) for stage in Stage]
        assert begin == sorted(begin)
        assert expiry.passed(end, end) == tuple(Stage)


def test_young_certificate_has_come_to_no_stage() -> None:
    """Nothing is announced while all is well."""
    assert expiry.stage(EXPIRES, EXPIRES - 91 * DAY) is None
    assert expiry.passed(EXPIRES, EXPIRES - 91 * DAY) == ()
