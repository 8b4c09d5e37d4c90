"""What a run has found is told: devices that came, left, or have another access than before."""

from datetime import timedelta

import pytest

from shared.devices.inventory import Scope
from shared.devices.listed import AccessSettings
from shared.devices.model import AccessLevel, AccessRule, AccessState, Action
from shared.devices.tenant_change import PutAccessRule
from shared.errors import Retryable, Unfinished
from tests.unit.builders import DEVICE_ID, GUID, TENANT
from tests.unit.inventory_listing import ALLOW, a_mailbox, a_phone, many
from tests.unit.inventory_words import acted, ordered_tenant_change
from tests.unit.inventory_world import InventoryWorld

SECOND = a_phone(guid="second", device_id="SECOND123456")
BLOCKED = {"access": AccessState.BLOCKED, "access_reason": "Individual"}


def a_world(**options: object) -> InventoryWorld:
    """Return a tenant with Adele's phone in its picture, 15 minutes later."""
    world = InventoryWorld(**options)  # type: ignore[arg-type]  # named fields only
    world.listing.put(a_mailbox(), a_phone(), *many(2))
    world.take()
    world.clock.advance(timedelta(minutes=20))
    return world


def test_a_new_device_is_told_with_why_it_may_or_may_not_sync() -> None:
    world = a_world()
    world.listing.put(SECOND)
    world.take(Scope.CHANGES)
    (event,) = world.events.sent
    assert (event.type, event.subject) == ("easgate.device.discovered.v1", "devices/second")
    assert (event.data["cause"], event.data["mailbox"]) == ("exchange", "adele@contoso.com")
    assert event.data["before"] is None


def test_what_a_person_did_in_the_admin_center_is_told_as_theirs() -> None:
    world = a_world()
    world.listing.put(a_mailbox(blocked=(DEVICE_ID.lower(),)), a_phone(**BLOCKED))
    world.take(Scope.CHANGES)
    (event,) = world.events.sent
    assert (event.type, event.subject) == (
        "easgate.device.access_changed.v1",
        f"devices/{GUID}",
    )
    assert event.data["cause"] == "person"
    after = event.data["after"]
    assert isinstance(after, dict)
    assert after["access_state"] is AccessState.BLOCKED


def test_a_list_that_changed_is_told_although_the_device_shows_no_change_yet() -> None:
    world = a_world()
    world.listing.put(a_mailbox(blocked=(DEVICE_ID,)))
    world.take(Scope.CHANGES)
    assert world.told == [f"device.access_changed devices/{GUID}"]


def test_what_a_rule_did_is_told_as_exchanges() -> None:
    world = a_world()
    world.listing.put(
        a_phone(access=AccessState.QUARANTINED, access_reason="DeviceRule", rule="iOS 19")
    )
    world.take(Scope.CHANGES)
    (event,) = world.events.sent
    assert event.data["cause"] == "exchange"
    assert "iOS 19" in str(event.data["reason"])


@pytest.mark.parametrize("told_at_once", [1, 100])
def test_what_we_did_was_told_when_we_did_it(told_at_once: int) -> None:
    world = a_world(told_at_once=told_at_once)
    acted(world, Action.BLOCK)
    world.listing.put(a_mailbox(blocked=(DEVICE_ID,)), a_phone(**BLOCKED))
    world.take(Scope.CHANGES)
    assert world.told == []


def test_a_change_that_does_not_bear_on_access_is_no_news() -> None:
    world = a_world()
    world.listing.put(a_phone(os="iOS 19.3"))
    run = world.take(Scope.CHANGES)
    assert (run.counts.changed, world.told) == (1, [])


def test_a_device_is_gone_once_full_runs_have_missed_it_for_two_days() -> None:
    world = a_world()
    world.listing.remove(a_phone())
    world.pass_nights(2)
    assert world.told == []
    assert world.inventory.find_device(TENANT, GUID) is not None
    world.pass_nights(1)
    assert world.told == [f"device.gone devices/{GUID}"]
    assert world.inventory.find_device(TENANT, GUID) is None
    world.pass_nights(1)
    assert world.told == [f"device.gone devices/{GUID}"]


def test_a_device_that_comes_back_in_time_was_never_gone() -> None:
    world = a_world()
    world.listing.remove(a_phone())
    world.pass_nights(2)
    world.listing.put(a_phone())
    world.pass_nights(1)
    world.listing.remove(a_phone())
    world.pass_nights(2)
    assert world.told == []


def test_a_partnership_that_was_made_anew_is_told_with_the_one_it_replaces() -> None:
    world = a_world()
    world.listing.remove(a_phone())
    world.listing.put(a_phone(guid="anew"))
    world.pass_nights(1)
    told = {event.type: event.data for event in world.events.sent}
    assert told["easgate.device.discovered.v1"]["replaces"] == GUID
    assert told["easgate.device.gone.v1"]["replaced_by"] == "anew"
    assert world.inventory.find_device(TENANT, GUID) is None


def test_a_removal_of_ours_is_not_told_again() -> None:
    world = a_world()
    acted(world, Action.REMOVE)
    world.listing.remove(a_phone())
    world.pass_nights(4)
    assert world.inventory.find_device(TENANT, GUID) is None
    assert world.told == []


def test_a_run_for_changes_takes_nothing_away() -> None:
    world = a_world()
    world.listing.remove(a_phone())
    for _ in range(4):
        world.clock.advance(timedelta(days=1))
        world.take(Scope.CHANGES)
    assert world.inventory.find_device(TENANT, GUID) is not None


def test_a_run_that_never_ended_says_nothing_of_who_is_missing() -> None:
    world = a_world()
    world.listing.remove(a_phone())
    order = world.order()
    world.events.down = Retryable("the event topic is busy")
    world.listing.put(SECOND)
    with pytest.raises(Retryable):
        world.worker().handle(order)
    world.events.down = None
    world.worker().give_up(order, "given up")
    world.events.sent.clear()
    world.pass_nights(2)
    assert f"device.gone devices/{GUID}" not in world.told


def test_a_run_that_follows_one_that_failed_tells_the_same_under_the_same_ids() -> None:
    world = a_world(most_told=1, together=1)
    others = [a_phone(place=f"cn=m{number}", guid=f"o{number}") for number in range(2)]
    world.listing.put(*others)
    world.listing.now = STRICT
    order = world.order(Scope.CHANGES)
    with pytest.raises(Unfinished):
        world.worker().handle(order)
    world.worker().give_up(order, "given up")
    world.events.sent = [each for each in world.events.sent if "discovered" in each.type]
    assert world.events.sent
    world.clock.advance(timedelta(minutes=5))
    world.take(Scope.CHANGES)
    assert len(world.told) == len(others)


@pytest.mark.parametrize("number", range(6))
def test_a_mailbox_that_was_renamed_is_no_news(number: int) -> None:
    """Its old name and its new one are in one slice, or in two."""
    world = a_world(together=1)
    world.listing.put(a_mailbox(allowed=(DEVICE_ID,)), a_phone(access_reason="Individual"))
    world.take(Scope.CHANGES)
    world.events.sent.clear()
    place = f"cn=adele {number},ou=contoso"
    world.listing.remove(a_mailbox())
    world.listing.put(
        a_mailbox(place=place, allowed=(DEVICE_ID,)),
        a_phone(place=place, access_reason="Individual"),
    )
    world.pass_nights(4)
    assert world.told == []


def test_many_news_are_told_in_several_parts_and_each_once() -> None:
    world = a_world(most_told=1, together=1)
    new = [a_phone(guid=f"new-{number}", device_id=f"NEW{number}") for number in range(3)]
    others = [a_phone(place=f"cn=m{number}", guid=f"o{number}") for number in range(2)]
    world.listing.put(*new, *others)
    order = world.order(Scope.CHANGES)
    with pytest.raises(Unfinished, match="is being told"):
        world.worker().handle(order)
    assert world.deliver(order) > 1
    assert len(world.events.sent) == len(world.told) == 5


RULE = AccessRule(name="r", characteristic="DeviceOS", query="iOS 6", level=AccessLevel.BLOCK)
STRICT = AccessSettings(policies=("Default", "Kiosk"), rules=(RULE,), default=AccessLevel.BLOCK)


def test_settings_that_somebody_else_changed_are_told_once() -> None:
    world = a_world()
    world.listing.now = STRICT
    world.take(Scope.CHANGES)
    world.clock.advance(timedelta(minutes=15))
    world.take(Scope.CHANGES)
    assert world.told == [
        "policy.changed default access level",
        "policy.changed rule DeviceOS=iOS 6",
        "policy.changed policy kiosk",
    ]
    assert {event.data["cause"] for event in world.events.sent} == {"person"}


def test_settings_that_we_changed_were_told_when_we_did_it() -> None:
    world = a_world()
    change = PutAccessRule(characteristic="DeviceOS", query="iOS 6", level=AccessLevel.BLOCK)
    ordered_tenant_change(world, change)
    world.listing.now = AccessSettings(
        policies=ALLOW.policies, rules=(RULE,), default=ALLOW.default
    )
    world.take(Scope.CHANGES)
    assert world.told == []


def test_a_rule_that_somebody_changed_after_us_is_told_as_theirs() -> None:
    world = a_world()
    change = PutAccessRule(characteristic="DeviceOS", query="iOS 6", level=AccessLevel.ALLOW)
    ordered_tenant_change(world, change)
    world.listing.now = AccessSettings(
        policies=ALLOW.policies, rules=(RULE,), default=ALLOW.default
    )
    world.take(Scope.CHANGES)
    assert world.told == ["policy.changed rule DeviceOS=iOS 6"]
