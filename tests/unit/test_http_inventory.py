"""Devices over HTTP: which there are, which are found, and all that is known of one."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions import inventory
from shared.devices.inventory import Mailbox, MobileDevice, Row
from shared.devices.model import AccessState, Action
from shared.errors import Retryable
from tests.unit.app_world import Function
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, NOW, TENANT, a_command
from tests.unit.inventory_app import OTHER_TENANT, InventoryApp, answered, ask, two_tenants
from tests.unit.inventory_listing import PLACE, a_mailbox, a_phone, many
from tests.unit.inventory_words import ordered, reported

ADELE = a_mailbox(upn="adele.vance@contoso.com", allowed=(DEVICE_ID.lower(),))
BOB = a_mailbox(place="cn=bob", guid="mailbox-bob", address="bob@contoso.com")
STRAY = a_phone(place="cn=nobody", guid="stray", device_id="STRAY", model="SM-S921B", imei="3512")
BLOCKED = a_phone(place="cn=bob", guid="bobs", device_id="BOBS", access=AccessState.BLOCKED)
EVERY = {GUID, "stray", "bobs"}


@pytest.fixture
def app() -> InventoryApp:
    """Return the app with three devices; of one, Exchange did not list the mailbox."""
    app = InventoryApp()
    app.take(ADELE, BOB, a_phone(), STRAY, BLOCKED)
    return app


def listed(app: InventoryApp, **params: str) -> list[dict[str, Any]]:
    """List devices, in one answer."""
    found: list[dict[str, Any]] = ask(app, inventory.get_devices, **params)["devices"]
    return found


def pages(app: InventoryApp, limit: int, **params: str) -> Iterator[list[str]]:
    """List devices, answer after answer."""
    after: dict[str, str] = {}
    while True:
        found = ask(app, inventory.get_devices, limit=str(limit), **params, **after)
        yield [each["guid"] for each in found["devices"]]
        if found["next"] is None:
            return
        assert found["next"] != after.get("after"), "it goes on where it was"
        after = {"after": found["next"]}


def test_device_is_shown_with_its_mailbox_and_its_place_on_the_lists(app: InventoryApp) -> None:
    """Letter case does not count; and all of it is what the picture has."""
    shown = {each["guid"]: each for each in listed(app)}
    assert set(shown) == EVERY
    adeles = shown[GUID]
    assert (adeles["mailbox"], adeles["device_id"]) == (MAILBOX, DEVICE_ID)
    assert (adeles["on_allowed_list"], adeles["on_blocked_list"]) == (True, False)
    assert (adeles["access"], adeles["access_reason"]) == ("Allowed", "Global")
    assert ask(app, inventory.get_devices)["as_of"]


def test_device_whose_mailbox_was_not_listed_is_shown_by_its_place(app: InventoryApp) -> None:
    """Whether it is on a list is then not known, which is not the same as no."""
    (stray,) = [each for each in listed(app) if each["guid"] == "stray"]
    assert stray["mailbox"] == "cn=nobody"
    assert (stray["on_allowed_list"], stray["on_blocked_list"]) == (None, None)


FILTERS = [
    ({"access": "Blocked"}, {"bobs"}),
    ({"access": "blocked"}, {"bobs"}),
    ({"access": "Quarantined"}, set()),
    ({"mailbox": "ADELE@contoso.com"}, {GUID}),
    ({"mailbox": "adele.vance@contoso.com"}, {GUID}),
    ({"mailbox": "mailbox-bob"}, {"bobs"}),
    ({"mailbox": "cn=nobody"}, {"stray"}),
    ({"mailbox": "adele"}, set()),
    ({"q": "sm-s9"}, {"stray"}),
    ({"q": "3512"}, {"stray"}),
    ({"q": "vance"}, {GUID}),
    ({"q": "CONTOSO"}, {GUID, "bobs"}),
    ({"q": "iphone"}, EVERY),
    ({"q": "no such thing"}, set()),
    ({"q": "contoso", "access": "Blocked"}, {"bobs"}),
    ({"mailbox": MAILBOX, "q": "bobs"}, set()),
    ({"access": "", "q": " ", "mailbox": ""}, EVERY),
    ({"tenant_id": TENANT.upper()}, EVERY),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS)
def test_devices_are_found(app: InventoryApp, asked: dict[str, str], expected: set[str]) -> None:
    """By state, by mailbox, by part of a name; of several filters all count."""
    assert {each["guid"] for each in listed(app, **asked)} == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
def test_all_devices_come_once_whatever_the_limit(limit: int) -> None:
    """And an answer that is the last says so, also where it is full."""
    app = InventoryApp()
    app.take(*many(6))
    found = list(pages(app, limit))
    assert [len(each) for each in found[:-1]] == [limit] * (len(found) - 1)
    assert found[-1] != []
    assert sorted(guid for each in found for guid in each) == sorted(f"d{n}" for n in range(6))


def test_filtered_devices_come_in_pages_too() -> None:
    """The cursor stands in all rows, not in those that match."""
    app = InventoryApp()
    phones = [a_phone(guid=f"p{n}", device_id="AB"[n % 2]) for n in range(9)]
    app.take(ADELE, *phones)
    found = [guid for each in pages(app, 2, q="b", mailbox=MAILBOX) for guid in each]
    assert sorted(found) == ["p1", "p3", "p5", "p7"]


KEYS: dict[str, Callable[[MobileDevice], str]] = {
    "access": lambda row: row.access,
    "device_id": lambda row: row.device_id,
    "first_sync": lambda row: row.first_sync_at.isoformat() if row.first_sync_at else "",
    "mailbox": lambda row: row.place,
    "model": lambda row: row.model,
    "os": lambda row: row.os,
}


def various() -> list[MobileDevice]:
    """Return phones that differ in everything, some in letter case alone, some in nothing."""
    states = (AccessState.BLOCKED, AccessState.ALLOWED, AccessState.QUARANTINED)
    return [
        a_phone(
            place=f"cn=m{number % 4}",
            guid=f"d{number}",
            device_id=f"{'Aa'[number % 2]}{number % 5}",
            access=states[number % 3],
            model=("iPhone", "IPAD", "")[number % 3],
            os=f"iOS {number % 3}",
            first_sync_at=NOW + timedelta(days=number % 4) if number % 4 else None,
        )
        for number in range(11)
    ]


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 200])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("key", sorted(KEYS))
def test_devices_come_in_the_order_that_is_asked_for(
    key: str, *, backwards: bool, limit: int
) -> None:
    """All of them, over any number of answers, each once."""
    app, phones = InventoryApp(), various()
    app.take(*phones)
    expected = sorted(
        phones, key=lambda row: (KEYS[key](row).casefold(), row.guid), reverse=backwards
    )
    found = pages(app, limit, sort=f"{'-' if backwards else ''}{key}")
    assert [guid for each in found for guid in each] == [row.guid for row in expected]


def test_a_cursor_of_one_order_is_none_of_another() -> None:
    """It would leave devices out."""
    app = InventoryApp()
    app.take(*various())
    unsorted = ask(app, inventory.get_devices, limit="2")["next"]
    by_model = ask(app, inventory.get_devices, limit="2", sort="model")["next"]
    for sort, after in (("-model", by_model), ("os", by_model), ("model", unsorted)):
        answer = answered(app, inventory.get_devices, sort=sort, after=after)
        assert answer.status_code == 400
    assert answered(app, inventory.get_devices, after=by_model).status_code == 400


def test_no_device_is_left_out_when_some_change_between_two_answers() -> None:
    """Those come twice at most: a caller tells them by their guid."""
    app = InventoryApp()
    rows = many(30)
    app.take(*rows)
    listing = pages(app, 7)
    found = next(listing)
    app.take(*[_changed(row) for row in rows[30:33]], a_phone(place="cn=m3", guid="late"))
    found += [guid for each in listing for guid in each]
    assert set(found) == {*(f"d{number}" for number in range(30)), "late"}
    assert len(found) <= 30 + 3 + 1


def test_listing_begins_again_once_all_has_been_made_anew() -> None:
    """The caller is told so, rather than given half of each."""
    app = InventoryApp()
    rows = many(4)
    app.take(*rows)
    after = ask(app, inventory.get_devices, limit="1")["next"]
    app.take(*[_changed(row) for row in rows])
    answer = answered(app, inventory.get_devices, after=after)
    assert answer.status_code == 409
    assert b"begin it again" in answer.get_body()


BAD: list[dict[str, str]] = [
    {"sort": "colour"},
    {"sort": "--model"},
    {"sort": "model", "after": "gA=="},
    *({"limit": text} for text in ("0", "201", "-1", "x", "1.5", "²", "9" * 5000)),
    *({"access": text} for text in ("Allow", "DROP TABLE", "x" * 400)),
    *({"after": text} for text in ("x", "é", "AAAA", "gA==", "%00", "[" * 5000)),
    {"q": "x" * 321},
    {"mailbox": "x" * 321},
    {"tenant_id": OTHER_TENANT},
    {"tenant_id": "x"},
]


@pytest.mark.parametrize("asked", BAD, ids=lambda asked: str(asked)[:30])
def test_question_that_makes_no_sense_is_refused(app: InventoryApp, asked: dict[str, str]) -> None:
    """With the reason, and never as a fault of ours."""
    answer = answered(app, inventory.get_devices, **asked)
    assert answer.status_code == 400
    assert b"detail" in answer.get_body()


QUESTIONS: list[tuple[Function, dict[str, str]]] = [
    (inventory.get_devices, {}),
    (inventory.get_device, {"guid": GUID}),
    (inventory.get_report, {"name": "rules"}),
]


@pytest.mark.parametrize(("function", "asked"), QUESTIONS)
def test_no_inventory_is_not_an_empty_one(function: Function, asked: dict[str, str]) -> None:
    """Nor is one that is only being taken."""
    app = InventoryApp()
    app.inventory.order()
    answer = answered(app, function, **asked)
    assert answer.status_code == 404
    assert b"no inventory yet" in answer.get_body()


@pytest.mark.parametrize(("function", "asked"), QUESTIONS)
def test_of_several_tenants_one_must_be_named(function: Function, asked: dict[str, str]) -> None:
    """Their inventories are not mixed."""
    app = two_tenants()
    app.take(ADELE, a_phone())
    assert answered(app, function, **asked).status_code == 400
    assert answered(app, function, **asked, tenant_id=TENANT).status_code == 200
    assert answered(app, function, **asked, tenant_id=OTHER_TENANT).status_code == 404


@pytest.mark.parametrize(("function", "asked"), QUESTIONS)
def test_storage_that_is_down_is_not_an_empty_inventory(
    app: InventoryApp, function: Function, asked: dict[str, str]
) -> None:
    """The caller tries again."""
    app.inventory.table.down = Retryable("Table storage is busy")
    answer = answered(app, function, **asked)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_one_device_is_shown_with_all_that_was_said_of_it(app: InventoryApp) -> None:
    """Its mailbox's lists, the newest report, the newest order."""
    signal = reported(app.inventory)
    order = ordered(app.inventory, Action.BLOCK)
    shown = ask(app, inventory.get_device, guid=GUID.upper())
    assert shown["device"] == next(each for each in listed(app) if each["guid"] == GUID)
    assert shown["mailbox"]["allowed"] == [DEVICE_ID.lower()]
    assert shown["mailbox"]["upn"] == "adele.vance@contoso.com"
    assert shown["reported"]["posture"] == "noncompliant"
    assert shown["reported"]["operation_id"] == signal.signal_id
    assert (shown["ordered"]["action"], shown["ordered"]["operation_id"]) == (
        "block",
        order.command_id,
    )


def test_device_of_which_nobody_has_spoken_is_shown_too() -> None:
    """And of which not even the mailbox is known."""
    app = InventoryApp()
    app.take(a_phone())
    shown = ask(app, inventory.get_device, guid=GUID)
    assert (shown["mailbox"], shown["reported"], shown["ordered"]) == (None, None, None)
    assert shown["device"]["mailbox"] == PLACE


@pytest.mark.parametrize("guid", ["x", "../x", "%00", a_command().command_id])
def test_device_that_is_not_there_is_not_found(app: InventoryApp, guid: str) -> None:
    """Whatever is in the address."""
    assert answered(app, inventory.get_device, guid=guid).status_code == 404


def _changed(row: Row) -> Row:
    change = {"policy": "Strict"} if isinstance(row, Mailbox) else {"os": "iOS 20"}
    return msgspec.structs.replace(row, **change)
