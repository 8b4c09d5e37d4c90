"""Which unused partnerships would be removed, and which never are."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.groups import Group
from shared.devices.model import WipeCycle, WipeState
from shared.devices.stale import (
    PERIODS,
    Keeping,
    ListEntries,
    Plan,
    Protected,
    StalePolicy,
    plan,
    require,
)
from shared.errors import Conflict, Rejected
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, never_wiped
from tests.unit.seen_builders import SPELT, a_group, a_row

MONTH = PERIODS[0]
IDLE = never_wiped(last_sync_at=NOW - timedelta(days=400))
PENDING = WipeCycle(requested_at=NOW - timedelta(days=200))
CONFIRMED = WipeCycle(requested_at=NOW - timedelta(days=200), acknowledged_at=NOW)


def planned(
    *groups: Group,
    state: WipeState | None = IDLE,
    protected: Protected = Protected(),  # noqa: B008 - cannot change
    list_entries: ListEntries = ListEntries.KEEP,
    in_use: Iterable[str] = (),
) -> Plan:
    """Plan for groups whose devices have all idled for a year, but those that are in use."""
    policy = StalePolicy(after=MONTH, protected=protected, list_entries=list_entries)
    busy = never_wiped(last_sync_at=NOW)
    return plan(groups, policy, statistics=lambda guid: busy if guid in in_use else state, now=NOW)


@pytest.mark.parametrize("period", PERIODS)
def test_device_is_stale_from_the_last_day_of_the_period(period: timedelta) -> None:
    """And not a moment before."""
    policy = StalePolicy(after=period)
    for late, removals in ((timedelta(), 1), (timedelta(seconds=1), 0)):
        state = never_wiped(last_sync_at=NOW - period + late)
        found = plan([a_group(a_row())], policy, statistics={a_row().guid: state}.get, now=NOW)
        assert len(found.removals) == removals


@pytest.mark.parametrize("days", [0, 1, 29, 31, 365, -30])
def test_other_periods_are_refused(days: int) -> None:
    """A slip of a digit does not empty a tenant."""
    with pytest.raises(Rejected, match="30, 60, 90, 180"):
        StalePolicy(after=timedelta(days=days))


@pytest.mark.parametrize(
    ("state", "keeping"),
    [
        (None, Keeping.STATISTICS_UNKNOWN),
        (never_wiped(), Keeping.NEVER_SYNCED),
        (never_wiped(device=PENDING, last_sync_at=IDLE.last_sync_at), Keeping.WIPE_PENDING),
        (never_wiped(account=PENDING, last_sync_at=IDLE.last_sync_at), Keeping.WIPE_PENDING),
        (never_wiped(last_sync_at=NOW), Keeping.IN_USE),
        (never_wiped(last_sync_at=NOW + timedelta(days=90)), Keeping.IN_USE),
    ],
)
def test_what_is_not_known_to_be_idle_stays(state: WipeState | None, keeping: Keeping) -> None:
    """So does what still has to hear of its wipe."""
    found = planned(a_group(a_row()), state=state)
    assert (found.removals, found.kept) == ((), {keeping: 1})


def test_confirmed_wipe_keeps_no_device() -> None:
    """It has done what it stayed for."""
    state = never_wiped(device=CONFIRMED, account=CONFIRMED, last_sync_at=IDLE.last_sync_at)
    assert len(planned(a_group(a_row()), state=state).removals) == 1


@pytest.mark.parametrize(
    ("protected", "keeping"),
    [
        (Protected(mailboxes=frozenset({f" {MAILBOX.upper()}"})), Keeping.PROTECTED_MAILBOX),
        (Protected(mailboxes=frozenset({"ADELE-GUID"})), Keeping.PROTECTED_MAILBOX),
        (Protected(mailboxes=frozenset({"adele@other.example"})), Keeping.PROTECTED_MAILBOX),
        (Protected(device_ids=frozenset({SPELT})), Keeping.PROTECTED_DEVICE),
        (Protected(models=frozenset({"IPHONE15C2"})), Keeping.PROTECTED_MODEL),
        (Protected(client_types=frozenset({"eas"})), Keeping.PROTECTED_CLIENT),
    ],
)
def test_protected_device_stays_however_it_is_spelt(protected: Protected, keeping: Keeping) -> None:
    """Somebody protects a mailbox by any of its names."""
    group = a_group(a_row(), upn="adele@other.example")
    assert planned(group, protected=protected).kept == {keeping: 1}
    assert len(planned(group).removals) == 1


def test_empty_names_protect_nothing() -> None:
    """A blank line in a list of models is not every device that names none."""
    blank = Protected(mailboxes=frozenset({""}), models=frozenset({"", " "}))
    assert len(planned(a_group(a_row(model=""), upn=""), protected=blank).removals) == 1


def test_device_of_a_mailbox_that_was_not_listed_stays() -> None:
    """Nobody can tell whether it is protected."""
    assert planned(a_group(a_row(), guid="")).kept == {Keeping.OWNER_UNKNOWN: 1}


@pytest.mark.parametrize(
    ("list_entries", "off"),
    [(ListEntries.KEEP, (False, False)), (ListEntries.DROP, (True, True))],
)
def test_list_entries_stay_unless_asked(list_entries: ListEntries, off: tuple[bool, bool]) -> None:
    """A device that is on a list comes off only those where it is."""
    group = a_group(a_row(), a_row(guid="2", device_id="OTHER"), allowed=(SPELT,), blocked=(SPELT,))
    removals = {each.device_id: each for each in planned(group, list_entries=list_entries).removals}
    assert (removals[DEVICE_ID].off_allowed, removals[DEVICE_ID].off_blocked) == off
    assert (removals["OTHER"].off_allowed, removals["OTHER"].off_blocked) == (False, False)


def test_list_entry_stays_for_another_client_on_the_same_device() -> None:
    """Two partnerships can have one DeviceID: the one that is in use would lose its access."""
    group = a_group(a_row(), a_row(guid="outlook", device_id=SPELT), allowed=(SPELT,))

    one = planned(group, list_entries=ListEntries.DROP, in_use=["outlook"])
    assert [(each.guid, each.off_allowed) for each in one.removals] == [(a_row().guid, False)]

    both = planned(group, list_entries=ListEntries.DROP)
    assert [each.off_allowed for each in both.removals] == [True, True]


def test_counts_add_up() -> None:
    """Whoever looks at a plan sees all devices, each once."""
    group = a_group(a_row(), a_row(guid="2"), a_row(guid="3", model="Lab"), blocked=(SPELT,))
    counts = planned(
        group,
        protected=Protected(models=frozenset({"Lab"})),
        list_entries=ListEntries.DROP,
        in_use=["2"],
    ).counts
    assert {name: count for name, count in counts.items() if count} == {
        "devices": 3,
        "removals": 1,
        "kept_in_use": 1,
        "kept_protected_model": 1,
    }


def test_only_the_plan_that_was_shown_is_carried_out() -> None:
    """A device that came back into use meanwhile makes it another one."""
    group = a_group(a_row(), a_row(guid="2"))
    shown = planned(group).plan_hash

    require(planned(group), shown)
    elsewhere = a_group(*group.devices, guid="other")
    for other in (planned(group, in_use=["2"]), planned(elsewhere)):
        with pytest.raises(Conflict, match="look at the plan again"):
            require(other, shown)


MAILBOXES = st.lists(st.lists(st.sampled_from(["A", "B", "C"]), max_size=3), max_size=4)


def a_tenant(mailboxes: list[list[str]], list_name: str = "allowed") -> list[Group]:
    """Return mailboxes with devices of these DeviceIDs, all of which are on this list."""
    return [
        a_group(
            *(a_row(guid=f"{number}-{at}", device_id=each) for at, each in enumerate(device_ids)),
            guid=f"mailbox-{number}",
            **{list_name: tuple(device_ids)},
        )
        for number, device_ids in enumerate(mailboxes)
    ]


@given(MAILBOXES, st.randoms())
def test_hash_is_the_same_however_devices_come(mailboxes: list[list[str]], random: Random) -> None:
    """And whatever they are called, and whenever they last synced, long ago."""
    groups = a_tenant(mailboxes)
    shuffled = random.sample(groups, len(groups))
    later = never_wiped(last_sync_at=NOW - timedelta(days=300))
    assert planned(*shuffled, state=later).plan_hash == planned(*groups).plan_hash


@given(MAILBOXES, MAILBOXES)
def test_hash_tells_plans_apart_exactly_by_what_they_do(
    one: list[list[str]], other: list[list[str]]
) -> None:
    """Two hashes are the same where the removals are, and only there."""
    plans = [
        planned(*a_tenant(each, name), list_entries=list_entries)
        for each in (one, other)
        for list_entries in ListEntries
        for name in ("allowed", "blocked")
    ]
    for first in plans:
        for second in plans:
            is_same = first.removals == second.removals
            assert (first.plan_hash == second.plan_hash) is is_same
