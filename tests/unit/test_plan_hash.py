"""The hash of a plan: it changes with everything that the plan rests on, and with nothing else."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from shared.devices import order_facts, plan_hash
from shared.devices.model import WipeCycle, WipeState
from shared.devices.order_facts import Grounds
from shared.errors import Conflict
from tests.unit.builders import NOW
from tests.unit.plan_grounds import (
    GROUNDS,
    MERELY_FOLLOWS,
    RESTS_ON,
    Change,
    some_grounds,
)

CHANGES = [change for _, change in RESTS_ON]


def hash_of(grounds: Grounds) -> str:
    """Return the hash of a plan that rests on these grounds."""
    return plan_hash.of(order_facts.facts(grounds))


@given(was=GROUNDS)
def test_any_change_of_what_it_rests_on_changes_it(was: Grounds) -> None:
    """Whatever else holds."""
    hashes = {hash_of(change(was)) for change in CHANGES}
    assert hash_of(was) not in hashes
    assert len(hashes) == len(CHANGES)


@given(was=GROUNDS)
def test_nothing_else_changes_it(was: Grounds) -> None:
    """Who orders, and why; what Exchange shows late; reports that repeat what was reported."""
    assert {hash_of(change(was)) for change in MERELY_FOLLOWS} == {hash_of(was)}


@pytest.mark.parametrize(("named", "change"), RESTS_ON)
def test_refusal_names_what_has_changed(named: str, change: Change) -> None:
    """So that somebody knows where to look."""
    was = some_grounds()
    with pytest.raises(Conflict, match=f"changed since is {re.escape(named)}; ask"):
        plan_hash.require(hash_of(was), order_facts.facts(change(was)))
    plan_hash.require(hash_of(was), order_facts.facts(was))


@pytest.mark.parametrize("minutes", [-1, 1])
def test_last_sync_counts_only_from_one_side_of_a_confirmed_wipe_to_the_other(
    minutes: int,
) -> None:
    """Phones sync all the time: no plan would live for long."""
    done = WipeCycle(requested_at=NOW, sent_at=NOW, acknowledged_at=NOW)
    state = WipeState(device=WipeCycle(), account=done, last_sync_at=NOW - timedelta(minutes=2))
    was = replace(some_grounds(), wipes=state)
    synced = replace(state, last_sync_at=NOW + timedelta(minutes=minutes))
    assert (hash_of(replace(was, wipes=synced)) == hash_of(was)) is (minutes < 0)


@pytest.mark.parametrize("other", ["0" * 64, "0" * 64 + ".abcd", "", "x"])
def test_hash_of_something_else_is_refused(other: str) -> None:
    """Such as that of a plan for another kind of order."""
    with pytest.raises(Conflict, match="what is ordered"):
        plan_hash.require(other, order_facts.facts(some_grounds()))


def test_hash_fits_the_shape_that_orders_may_carry() -> None:
    """It is a SHA-256, with fingerprints behind it."""
    assert re.search(plan_hash.LOOKED_AT, hash_of(some_grounds()))
    assert len(hash_of(some_grounds())) <= 128
