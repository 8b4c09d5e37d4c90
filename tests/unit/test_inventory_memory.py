"""What runs remember from one to the next: who is missing, settings, words about devices."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.devices import last_words, settings_change
from shared.devices.drift import Ordered, Reported
from shared.devices.gone import Absence
from shared.devices.inventory import key_of
from shared.devices.inventory_run import Change
from shared.devices.judged import Judged, size
from shared.devices.last_words import LastWords
from shared.devices.listed import AccessSettings
from shared.devices.model import (
    AccessLevel,
    AccessRule,
    Action,
    Concern,
    Ownership,
    Posture,
    Trust,
)
from shared.devices.packed_keys import Keys
from shared.devices.said import Said
from shared.devices.settings_change import Seen
from shared.devices.touched import Touched
from shared.records.absences import Absences
from shared.records.last_words import Words
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.settings_seen import SettingsSeen
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT, a_newer_signal, a_signal
from tests.unit.inventory_listing import ALLOW, a_mailbox, a_phone
from tests.unit.inventory_words import ordered
from tests.unit.inventory_world import InventoryWorld
from tests.unit.stand_ins import FakeTable

NAME = last_words.name(MAILBOX, DEVICE_ID)


def absence(count: int, days: int) -> Absence:
    keys = b"".join(key_of(f"{days}-{number}") for number in range(count))
    return Absence(since=NOW - timedelta(days=days), keys=Keys(keys))


@pytest.mark.parametrize("count", [0, 1, 30_000])
def test_absences_are_found_as_they_were_kept(count: int) -> None:
    absences = Absences(FakeTable())
    before, after = (absence(count, 2),), (absence(1, 2), absence(count, 1))
    absences.keep(TENANT, Judged(run_id="run", before=before, after=after))
    found = absences.last(TENANT)
    assert found is not None
    assert [(each.since, set(each.keys)) for each in found.after] == [
        (each.since, set(each.keys)) for each in after
    ]
    assert (size(found.before), size(found.after)) == (count, count + 1)


def test_a_shorter_record_takes_the_place_of_a_longer_one() -> None:
    absences = Absences(FakeTable())
    for count in (45_000, 1):
        absences.keep(TENANT, Judged(run_id=str(count), before=(), after=(absence(count, 1),)))
    found = absences.last(TENANT)
    assert found is not None
    assert (found.run_id, size(found.after)) == ("1", 1)


def test_nothing_is_remembered_of_a_new_tenant() -> None:
    assert Absences(FakeTable()).last(TENANT) is None
    assert SettingsSeen(FakeTable()).last(TENANT) is None


def test_settings_are_found_as_they_were_kept_however_many_rules_there_are() -> None:
    seen = SettingsSeen(FakeTable())
    rules = tuple(
        AccessRule(
            name=f"rule {key_of(str(number)).hex()}",
            characteristic="DeviceModel",
            query=key_of(f"model {number}").hex(),
            level=AccessLevel.BLOCK,
        )
        for number in range(3000)
    )
    settings = AccessSettings(policies=("A",), rules=rules, default=AccessLevel.BLOCK)
    seen.keep(TENANT, Seen(settings=settings, at=NOW))
    assert seen.last(TENANT) == Seen(settings=settings, at=NOW)


def test_settings_in_another_order_have_not_changed() -> None:
    other = AccessSettings(
        policies=tuple(reversed(("A", "B"))), rules=(), default=AccessLevel.ALLOW
    )
    same = AccessSettings(policies=("A", "B"), rules=(), default=AccessLevel.ALLOW)
    assert list(settings_change.changes(Seen(settings=other, at=NOW), same)) == []
    assert len(list(settings_change.changes(Seen(settings=ALLOW, at=NOW), same))) == 3


def test_the_last_words_are_found_by_device() -> None:
    world = InventoryWorld()
    world.postures.keep(a_signal(trust=Trust.TIGHTEN))
    world.postures.keep(a_newer_signal(posture=Posture.LOST, ownership=Ownership.PERSONAL))
    order = ordered(world, Action.WIPE_DEVICE, given_at=NOW)
    words = world.words.of(TENANT)
    assert words.reported(NAME) == Reported(posture=Posture.LOST, trust=Trust.FULL, at=NOW)
    assert words.orders(NAME) == (Ordered(action=Action.WIPE_DEVICE, at=order.given_at),)
    nobody = last_words.name(MAILBOX, "another")
    assert (words.reported(nobody), words.orders(nobody)) == (None, ())


@pytest.mark.parametrize("at", [datetime(1960, 1, 1, tzinfo=UTC), NOW + timedelta(days=9999)])
def test_a_word_of_any_time_is_kept(at: datetime) -> None:
    words = LastWords()
    words.report(NAME, Reported(posture=Posture.RETIRED, trust=Trust.FULL, at=at))
    found = words.reported(NAME)
    assert found is not None
    assert found.posture is Posture.RETIRED


def test_of_two_words_the_newer_is_kept_in_whatever_order_they_come() -> None:
    older = Reported(posture=Posture.LOST, trust=Trust.FULL, at=NOW - timedelta(days=1))
    newer = Reported(posture=Posture.COMPLIANT, trust=Trust.TIGHTEN, at=NOW)
    for said in ((older, newer), (newer, older)):
        words = LastWords()
        for each in said:
            words.report(NAME, each)
        assert words.reported(NAME) == newer


def test_one_scan_reads_what_others_have_written_and_nothing_else() -> None:
    postures, orders = FakeTable(), FakeTable()
    Postures(postures).keep(a_signal(ownership=Ownership.PERSONAL))
    assert len(postures.rows) == 2
    words = Words(postures, orders).of(TENANT)
    assert words.reported(NAME) is not None
    assert Words(postures, orders).of("another tenant").reported(NAME) is None


def test_what_was_said_before_is_remembered_too() -> None:
    postures, orders = Postures(FakeTable()), Orders(FakeTable())
    first, second = a_signal(), a_newer_signal()
    for signal in (first, second):
        postures.keep(signal)
    found = postures.known(TENANT, MAILBOX, device_id=DEVICE_ID)
    assert [each.signal_id for each in found] == [second.signal_id, first.signal_id]
    assert orders.known(TENANT, MAILBOX, device_id=DEVICE_ID) == []


def test_the_newest_word_on_access_stands() -> None:
    world = InventoryWorld()
    wipe = ordered(world, Action.WIPE_DEVICE, given_at=NOW + timedelta(hours=2))
    allow = ordered(world, Action.ALLOW, given_at=NOW + timedelta(hours=1))
    said = Said(signals=(a_signal(),), orders=(wipe, allow))
    assert said.standing == allow
    assert said.words[0] == wipe
    assert {order.action for order in said.ordered} == {Action.WIPE_DEVICE, Action.ALLOW}
    assert Said(signals=(a_signal(),), orders=(wipe,)).standing == a_signal()
    later = a_newer_signal(occurred_at=NOW + timedelta(hours=3))
    assert Said(signals=(later,), orders=(wipe, allow)).standing == later
    assert Said().standing is None
    assert wipe.concern is Concern.WIPE


def test_every_touched_mailbox_is_in_one_slice_with_its_devices() -> None:
    mailboxes = [a_mailbox(place=f"cn=m{number}", guid=f"m{number}") for number in range(50)]
    phones = [a_phone(place=f"CN=M{number}", guid=f"d{number}") for number in range(50)]
    touched = Touched([Change(before=None, after=each) for each in mailboxes], together=7)
    assert touched.slices == 8
    for mailbox, phone in zip(mailboxes, phones, strict=True):
        where = [number for number in range(8) if touched.has(mailbox, number)]
        assert len(where) == 1
        assert touched.has(phone, where[0])
    assert not any(touched.has(a_phone(), number) for number in range(8))
    assert Touched([]).slices == 0
