"""What may follow in a rotation, and what must not."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credentials import rotation as judgement
from shared.credentials.rotation import FINISHED, NEEDED, PAUSE, Key, Phase, Rotation
from tests.unit.builders import NOW
from tests.unit.certificates import a_certificate, a_successor, an_app

AHEAD = timedelta(days=30)
OLD = judgement.key_of(a_certificate())
NEW = judgement.key_of(a_successor())

APART = timedelta(seconds=20)


def a_rotation(**changes: object) -> Rotation:
    rotation = Rotation(
        rotation_id="r1", app=an_app(), asked_by="timer", started_at=NOW, since=NOW, old=OLD
    )
    return replace(rotation, **changes)  # type: ignore[arg-type]  # named fields only


def test_nothing_is_switched_to_unproved() -> None:
    """Not even if the story had a bug."""
    for successes in range(NEEDED):
        tried = a_rotation(phase=Phase.PROPAGATING, new=NEW, successes=successes)
        with pytest.raises(ValueError, match="not proved"):
            judgement.entered(tried, Phase.SWITCHING, "", NOW)


def test_nothing_is_retired_before_a_switch() -> None:
    """Overlap without a switch would be a bug too."""
    with pytest.raises(ValueError, match="old key"):
        judgement.entered(a_rotation(phase=Phase.OVERLAP, new=NEW), Phase.RETIRING, "", NOW)


def test_every_way_to_retirement_leads_through_trial_and_switch() -> None:
    """Take away either phase, and the old key cannot be reached any more."""
    for closed in (Phase.PROPAGATING, Phase.SWITCHING, Phase.OVERLAP):
        reached, open_ends = {Phase.CREATING}, [Phase.CREATING]
        while open_ends:
            nexts = judgement.FOLLOWING[open_ends.pop()] - reached - {closed}
            reached |= nexts
            open_ends.extend(nexts)
        assert Phase.RETIRING not in reached


def test_only_what_follows_is_entered() -> None:
    """What has ended stays ended."""
    for before, after in product(Phase, Phase):
        rotation = a_rotation(phase=before, new=NEW, successes=NEEDED, switched_at=NOW)
        if after in judgement.FOLLOWING[before]:
            assert judgement.entered(rotation, after, "note", NOW).phase is after
        else:
            with pytest.raises(ValueError, match="does not follow"):
                judgement.entered(rotation, after, "note", NOW)
    assert all(not judgement.FOLLOWING[phase] for phase in FINISHED)


@given(st.lists(st.sampled_from([OLD, NEW, replace(OLD, thumbprint="3rd")]), max_size=5))
def test_the_new_key_is_never_doomed(leftovers: list[Key]) -> None:
    """Whatever earlier rotations have left."""
    rotation = a_rotation(new=NEW, leftovers=tuple(leftovers))

    assert NEW.thumbprint not in {key.thumbprint for key in rotation.doomed}
    assert OLD in rotation.doomed


def test_the_newest_usable_version_succeeds() -> None:
    """Never an older one, nor one that is disabled or out of its dates."""
    v1, v2, v3 = (a_certificate(version=f"v{number}") for number in (1, 2, 3))

    assert judgement.newer([v1, v2, v3], "v1", NOW) == v3
    assert judgement.newer([v1, v2, v3], "v3", NOW) is None
    assert judgement.newer([v1, v2, replace(v3, is_enabled=False)], "v1", NOW) == v2
    assert judgement.newer([v1, replace(v2, expires_at=NOW)], "v1", NOW) is None
    future = replace(v2, valid_from=NOW + timedelta(seconds=1))
    assert judgement.newer([v1, future], "v1", NOW) is None
    assert judgement.newer([v2, v3], "v1", NOW) == v3


def test_a_rotation_is_due_near_the_end_and_after_a_renewal() -> None:
    """Both without a day count that must be hit."""
    active = a_certificate(expires_at=NOW + AHEAD + timedelta(seconds=1))

    assert not judgement.is_due(active, [active], NOW, ahead=AHEAD)
    assert judgement.is_due(active, [active], NOW + timedelta(seconds=1), ahead=AHEAD)
    assert judgement.is_due(active, [active], NOW + timedelta(days=400), ahead=AHEAD)
    assert judgement.is_due(active, [active, a_successor()], NOW, ahead=AHEAD)


def test_after_a_failure_only_a_person_begins_another_at_once() -> None:
    """An hourly timer must not fail and tell hourly."""
    failed = a_rotation(phase=Phase.FAILED)

    assert judgement.rests(failed, NOW + PAUSE - timedelta(seconds=1))
    assert not judgement.rests(failed, NOW + PAUSE)
    assert not judgement.rests(a_rotation(phase=Phase.DONE), NOW)
    assert not judgement.rests(None, NOW)


@given(st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=3)))
def test_no_clock_makes_a_trial_wait_longer_than_its_spacing(passed: timedelta) -> None:
    """Nor the overlap longer than it is, nor an attempt of the future count."""
    tried = a_rotation(tried_at=NOW, attempted_at=NOW, switched_at=NOW)
    at = NOW + passed

    assert timedelta() <= judgement.rest_before_trial(tried, at, APART) <= APART
    assert judgement.overlap_left(tried, AHEAD, at) <= AHEAD
    if passed < timedelta():
        assert not judgement.is_uncertain(tried, at, timedelta(days=9))


def test_a_rotation_nobody_takes_on_is_noticed() -> None:
    """Its message may be lost: the timer puts another."""
    late = NOW + timedelta(hours=1, seconds=1)

    assert judgement.is_stalled(a_rotation(), AHEAD, late)
    assert not judgement.is_stalled(a_rotation(), AHEAD, NOW + timedelta(minutes=59))
    waits = a_rotation(phase=Phase.OVERLAP, tried_at=NOW - timedelta(hours=9))
    assert not judgement.is_stalled(waits, AHEAD, late)
    assert judgement.is_stalled(waits, AHEAD, late + AHEAD)
    assert judgement.is_stalled(a_rotation(phase=Phase.DONE), AHEAD, late)
    told = a_rotation(phase=Phase.DONE, told_at=NOW)
    assert not judgement.is_stalled(told, AHEAD, late)


def test_a_long_history_keeps_its_beginning_and_its_end() -> None:
    """It has to fit one property of a record."""
    rotation = judgement.entered(a_rotation(new=NEW), Phase.REGISTERING, "first", NOW)
    for number in range(100):
        rotation = replace(rotation, phase=Phase.SWITCHING, successes=NEEDED)
        rotation = judgement.entered(rotation, Phase.PROPAGATING, f"{number}" * 500, NOW)

    assert rotation.history[0].note == "first"
    assert rotation.history[-1].note.startswith("99")
    assert len(rotation.history) == judgement.HISTORY_LIMIT + 2
    assert max(len(step.note) for step in rotation.history) == judgement.NOTE_LIMIT
