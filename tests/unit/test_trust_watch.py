"""An authority's way to expiry is announced in stages, each once, and that it is gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.credentials import expiry
from shared.credentials.expiry import Stage
from shared.errors import NotPermitted, Rejected, Retryable
from shared.trust.authority import Store
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import an_app
from tests.unit.trust_watch_world import (
    DAY,
    LONG,
    FakeStores,
    Trusting,
    after,
    an_authority,
)

HOUR = timedelta(hours=1)
ENDS = NOW + timedelta(days=100, hours=5)
ALL = [stage.value for stage in Stage]
KINDS = ["ca_expiring"] * 8 + ["ca_expired"]
OTHER = "2c5b0f0a-0d35-4c8e-9f0c-4f8e3f6e9b02"


def a_world(*ends: datetime) -> Trusting:
    """Return a tenant that trusts authorities with these ends; their CRLs are no matter."""
    world = Trusting()
    world.stores.pki = [
        an_authority(f"ca{number}", each, crl_url="") for number, each in enumerate(ends or (ENDS,))
    ]
    return world


def stages(world: Trusting, name: str = "ca0") -> list[str]:
    """Return the stages that were announced of an authority, repeats dropped."""
    return [told[2] for told in world.told if told[1] == name and len(told) > 2]


def test_daily_run_announces_each_stage_once() -> None:
    """Over 120 days, nine events, in order; only the last one is an alarm by its type."""
    world = after(a_world(), (NOW + day * DAY for day in range(120)))
    assert world.told == [(kind, "ca0", each) for kind, each in zip(KINDS, ALL, strict=True)]
    assert world.repeats == 0


@pytest.mark.parametrize(
    "moments",
    [
        [NOW + (half // 2) * DAY for half in range(240)],
        [NOW + half * DAY / 2 for half in range(240)],
        [NOW + day * DAY for day in range(0, 120, 4)],
        [NOW + day * DAY for day in range(3, 124, 4)],
        [NOW + day * DAY + (23 * HOUR if day % 3 else HOUR) for day in range(120)],
        [NOW, NOW + 120 * DAY, NOW + 121 * DAY],
    ],
    ids=["doubled", "twice a day", "every fourth", "from the third", "late", "one long sleep"],
)
def test_no_stage_is_lost_or_told_twice(moments: Sequence[datetime]) -> None:
    """However often or seldom the timer fires."""
    world = after(a_world(), moments)
    assert (stages(world), world.repeats) == (ALL, 0)


def test_several_authorities_have_stages_of_their_own() -> None:
    """Of different ends, and one of the same end as another."""
    ends = (ENDS, ENDS - 30 * DAY, ENDS, LONG)
    world = after(a_world(*ends), (NOW + day * DAY for day in range(120)))
    assert [stages(world, f"ca{number}") for number in range(4)] == [ALL, ALL, ALL, []]
    assert world.repeats == 0


def test_first_look_announces_only_where_things_stand() -> None:
    """What passed before anybody looked is history."""
    assert stages(after(a_world(), [ENDS - 20 * DAY])) == ["30"]
    assert stages(after(a_world(), [ENDS + DAY])) == ["expired"]


def test_authority_in_both_stores_is_announced_once() -> None:
    """It is one certificate, and one thing to do."""
    world = a_world()
    world.stores.classic = [replace(world.stores.pki[0], store=Store.CLASSIC, name="")]
    after(world, [ENDS - 3 * DAY])
    assert world.told == [("ca_expiring", "ca0", "3")]


def test_event_says_what_ends_when_and_what_to_do() -> None:
    """With no name of any user in it."""
    world = after(a_world(), [ENDS - 3 * DAY])
    (event,) = world.events.sent
    thumbprint = world.stores.pki[0].thumbprint
    assert event.type == "easgate.trust.ca_expiring.v1"
    assert event.subject == f"tenants/{TENANT}/authorities/{thumbprint[:8]}"
    assert event.data == {
        "tenant_id": TENANT,
        "authority": "ca0",
        "thumbprint_sha256": thumbprint,
        "expires_at": ENDS,
        "days_left": 3,
        "stage": "3",
        "stage_days": 3,
        "remedy": event.data["remedy"],
    }
    assert "add_trusted_ca" in str(event.data["remedy"])


def test_authority_that_is_gone_ends_what_was_told_of_it() -> None:
    """Of one of which nothing was told, nothing is."""
    world = after(a_world(ENDS, LONG), [NOW, ENDS - 3 * DAY])
    told = len(world.told)
    world.stores.pki = []
    after(world, [ENDS - 2 * DAY, ENDS - DAY])
    assert world.told[told:] == [("ca_removed", "ca0")]
    assert world.repeats == 0


def test_authority_that_comes_back_is_announced_anew() -> None:
    """Whoever was told that it is gone must hear that it is not; and so on, each time."""
    world = a_world()
    kept, told = world.stores.pki, []
    for day in range(4):
        world.stores.pki = kept if day % 2 == 0 else []
        after(world, [ENDS - (20 - day) * DAY])
        told.append(world.told[-1])
    assert told == [("ca_expiring", "ca0", "30"), ("ca_removed", "ca0")] * 2
    assert (len(world.told), world.repeats) == (4, 0)


def test_store_that_cannot_be_read_is_not_taken_for_an_empty_one() -> None:
    """The other one is looked at all the same; nobody is said to be gone."""
    world = a_world()
    world.stores.classic = [an_authority("other", ENDS - DAY, crl_url="")]
    after(world, [NOW, ENDS - 20 * DAY])
    before = len(world.told)
    world.stores.pki_down = NotPermitted("PublicKeyInfrastructure.Read.All is missing")
    world.clock.now = ENDS - 10 * DAY
    assert [type(each) for each in world.look()] == [NotPermitted]
    assert world.told[before:] == [("ca_expiring", "other", "14")]
    world.stores.pki_down = None
    assert world.look() == []
    assert world.told[before + 1 :] == [("ca_expiring", "ca0", "14")]


def test_one_tenants_trouble_does_not_silence_the_others() -> None:
    """Its failure is returned; the others are still announced."""
    world = a_world()
    broken = NotPermitted("Organization.Read.All is missing"), Retryable("Graph is down")
    world.others[OTHER] = FakeStores(pki_down=broken[1], classic_down=broken[0])
    world.clock.now = ENDS - DAY
    failures = world.look(an_app(tenant_id=OTHER), an_app())
    assert failures == [broken[1], broken[0]]
    assert stages(world) == ["1"]


def test_tenant_that_does_not_want_it_is_left_alone() -> None:
    """Without the permissions every look would be an error."""
    world = a_world()
    world.clock.now = ENDS - DAY
    assert world.look(an_app(tenant_id="not watched")) == []
    assert world.told == []


def test_what_is_no_certificate_is_named_and_hides_nobody() -> None:
    """Entra ID takes what is uploaded."""
    world = a_world()
    world.stores.pki.insert(0, replace(an_authority("broken"), certificate=b"no certificate"))
    world.clock.now = ENDS - DAY
    (failure,) = world.look()
    assert isinstance(failure, Rejected)
    assert f"authority broken of tenant {TENANT}" in str(failure)
    assert stages(world) == ["1"]


def test_topic_that_is_down_delays_the_event() -> None:
    """And nothing is lost."""
    world = after(a_world(), [NOW])
    world.clock.now = ENDS - 60 * DAY
    world.events.down = Retryable("the event topic is busy")
    assert [type(failure) for failure in world.look()] == [Retryable]
    world.events.down = None
    assert world.look() == []
    assert stages(world) == ["90", "60"]


RUNS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=15 * 24),  # hours since the run before
        st.sampled_from(["once", "twice", "dies", "overlaps"]),
        st.integers(min_value=1, max_value=14),  # at which call
        st.booleans(),  # whether the second authority is there
    ),
    max_size=30,
)


@given(start=st.integers(min_value=-5, max_value=110), runs=RUNS)
@example(start=0, runs=[(95 * 24, "dies", number, True) for number in range(1, 15)])
@example(start=0, runs=[(24, "overlaps", 1 + day % 14, day % 5 > 1) for day in range(110)])
def test_each_stage_is_announced_once_whatever_the_workers_do(
    start: int, runs: list[tuple[int, str, int, bool]]
) -> None:
    """Whenever they run, overlap or die, and whatever becomes of another authority."""
    world = a_world(ENDS, ENDS - 30 * DAY)
    first, second = world.stores.pki
    after(world, [NOW + start * DAY])
    history = [stage.value for stage in expiry.passed(ENDS, world.clock())][:-1]
    for hours, what, number, is_there in runs:
        world.clock.advance(hours * HOUR)
        world.stores.pki = [first, second] if is_there else [first]
        match what:
            case "dies":
                world.die_at(number)
            case "overlaps":
                world.overlap_at(number)
            case "twice":
                assert (world.look(), world.look()) == ([], [])
            case _:
                assert world.look() == []
    world.clock.now = max(world.clock.now, ENDS)
    assert world.look() == []
    assert stages(world) == [stage for stage in ALL if stage not in history]
    for event in world.events.sent:
        if event.data["authority"] == "ca0":
            assert Stage(str(event.data["stage"])).begins(ENDS) <= event.time
