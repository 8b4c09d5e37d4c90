"""The record of rotations: one at a time, and nothing lost on the way there and back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec
import pytest

from shared.credentials import rotation as judgement
from shared.credentials.rotation import Phase, Rotation
from shared.errors import Contended
from shared.records.certificates import Certificates
from shared.records.rotations import Rotations
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import a_certificate, a_successor, an_app
from tests.unit.stand_ins import FakeTable

LONGEST_PROPERTY = 32 * 1024  # characters


class _Interrupted(FakeTable):
    """Storage in which another worker comes between two calls."""

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._other: Callable[[], object] = int

    def interrupt(self, number: int, other: Callable[[], object]) -> None:
        """Let the other worker do its part before the nth call from now on."""
        self._left, self._other = number, other

    def _check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._other()


def a_rotation(rotation_id: str = "r1", **changes: object) -> Rotation:
    rotation = Rotation(
        rotation_id=rotation_id,
        app=an_app(object_id="an object"),
        asked_by="timer",
        started_at=NOW,
        since=NOW,
        old=judgement.key_of(a_certificate()),
    )
    return replace(rotation, **changes)  # type: ignore[arg-type]  # named fields only


def test_a_rotation_comes_back_as_it_was_stored() -> None:
    """Every field, the history included."""
    rotations = Rotations(FakeTable())
    begun = rotations.open(a_rotation())
    full = judgement.entered(
        replace(
            begun,
            new=judgement.key_of(a_successor()),
            passed_over="v0",
            beyond="v1",
            leftovers=(begun.old,),
            attempted_at=NOW,
            tried_at=NOW,
            successes=2,
            switched_at=NOW,
            why='said "no"',
            remedy="do this",
            told_at=NOW + timedelta(days=1),
        ),
        Phase.REGISTERING,
        "note",
        NOW,
    )

    stored = rotations.save(full)

    assert rotations.find(TENANT, "r1") == stored == rotations.last(TENANT)
    assert replace(stored, etag=full.etag) == full


def test_a_tenant_is_free_for_another_as_soon_as_the_last_is_finished() -> None:
    """Even if whoever finished it died before it could tell."""
    rotations = Rotations(FakeTable())
    first = rotations.open(a_rotation())

    assert rotations.open(a_rotation("r2")) == first
    assert rotations.find(TENANT, "r2") is None
    rotations.save(judgement.entered(first, Phase.FAILED, "", NOW))
    assert rotations.open(a_rotation("r2")).rotation_id == "r2"


def test_a_death_while_one_is_begun_does_not_block_the_tenant() -> None:
    """Neither for another rotation, nor for the same order when it is repeated."""
    for other in ("r1", "r2"):
        table = FakeTable()
        rotations = Rotations(table)
        rotations.open(a_rotation())
        del table.rows[TENANT, "last"]  # the death came before this was written

        assert rotations.last(TENANT) is None
        assert rotations.open(a_rotation(other)).rotation_id == other
        last = rotations.last(TENANT)
        assert last is not None
        assert last.rotation_id == other


def test_two_begun_at_one_moment_leave_one() -> None:
    """Wherever in the record-keeping of one the other comes between."""
    for number in range(1, 6):
        table = _Interrupted()
        rotations = Rotations(table)
        rotations.save(judgement.entered(rotations.open(a_rotation("r0")), Phase.FAILED, "", NOW))
        table.interrupt(number, partial(rotations.open, a_rotation("r2")))

        begun = rotations.open(a_rotation("r1"))

        last = rotations.last(TENANT)
        assert last is not None
        assert begun.rotation_id == last.rotation_id
        begun_rows = {row for _, row in table.rows} - {"last", "r0"}
        assert begun_rows == {last.rotation_id}, number


def test_one_order_taken_in_twice_at_one_moment_is_one_rotation() -> None:
    """The loser must not delete what the winner has begun."""
    for number in range(1, 6):
        table = _Interrupted()
        rotations = Rotations(table)
        table.interrupt(number, partial(rotations.open, a_rotation()))

        begun = rotations.open(a_rotation())

        assert begun == rotations.last(TENANT) == rotations.find(TENANT, "r1"), number


def test_tenants_rotate_beside_each_other() -> None:
    """One at a time is meant per tenant."""
    rotations = Rotations(FakeTable())
    rotations.open(a_rotation())

    other = a_rotation("r2", app=an_app(tenant_id="another"))

    assert rotations.open(other).rotation_id == "r2"


def test_a_step_on_top_of_another_worker_s_is_refused() -> None:
    """The record is guarded by its etag."""
    rotations = Rotations(FakeTable())
    begun = rotations.open(a_rotation())
    rotations.save(begun)

    with pytest.raises(Contended):
        rotations.save(begun)


def test_the_longest_record_fits() -> None:
    """Quotes take two characters each in JSON."""
    table = FakeTable()
    rotations = Rotations(table)
    key = judgement.key_of(a_certificate(version="v" * 32), ())
    rotation = rotations.open(a_rotation(new=key, leftovers=(key,) * judgement.MOST_LEFTOVERS))
    for _ in range(100):
        rotation = replace(rotation, phase=Phase.SWITCHING)
        rotation = judgement.entered(rotation, Phase.PROPAGATING, '"' * 900, NOW)

    rotations.save(rotation)

    stored = str(table.rows[TENANT, "r1"]["rotation"])
    assert msgspec.json.decode(stored)
    assert len(stored) < LONGEST_PROPERTY


def test_a_pin_moves_only_from_where_it_is_thought_to_be() -> None:
    """A worker that slept must not bring back a version that was retired meanwhile."""
    pins = Certificates(FakeTable())
    with pytest.raises(Contended):
        pins.move(TENANT, old="v1", new="v2")
    pins.pin(TENANT, "v1")

    pins.move(TENANT, old="v1", new="v2")
    with pytest.raises(Contended):
        pins.move(TENANT, old="v1", new="v3")

    assert pins.active(TENANT) == "v2"
