"""An inventory is taken, compared and kept: what others change is told, and brought back."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from infra.local import running, sync
from infra.local.simulators.exchange import Device
from infra.local.world import World, utc_now
from tests.e2e.asking import a_phone, get, post
from tests.e2e.killer import Killer
from tests.e2e.looking import done, events_about, finished, messages_on, operation, until

MAILBOXES = 30
DEVICES = 45
PAGE = 20
LONG_AGO = timedelta(hours=1)  # long enough that what was said is compared
QUEUES = ("inventory-pages", "device-signals", "device-commands")
LISTINGS = {"Get-CASMailbox", "Get-MobileDevice"}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@pytest.fixture(scope="module")
def world(killer: Killer) -> Iterator[World]:
    """Run a world with a few dozen people, whose app may die."""
    world = World(embedded=True, watch=killer.watch, lease=1)
    world.tenant.populate(mailboxes=MAILBOXES, devices_per_mailbox=DEVICES / MAILBOXES)
    owner = world.tenant.add_mailbox("stolen@contoso.com", blocked_ids=["STOLEN"])
    world.tenant.add_device(owner, device_id="STOLEN")
    with world:
        killer.world = world
        yield world


@pytest.fixture
def inventoried(world: World, client: httpx.Client) -> None:
    """See to it that the world has an inventory."""
    if get(world, client, "devices").status_code == httpx.codes.NOT_FOUND:
        taken(world, client)


def ordered(world: World, client: httpx.Client, scope: str = "full") -> str:
    """Order a run; returns the operation's id."""
    answer = post(world, client, "inventory/sync", {"scope": scope, "requested_by": "jo"})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    operation_id = str(answer.json()["operation_id"])
    assert answer.headers["Location"] == f"/api/operations/{operation_id}"
    return operation_id


def taken(world: World, client: httpx.Client, scope: str = "full") -> Row:
    """Take the inventory, and return what the operation says at its end."""
    operation_id = ordered(world, client, scope)
    found = until(lambda: finished(world, client, operation_id), "the inventory is taken")
    until(lambda: not messages_on(world, *QUEUES), "all that comes of it is done")
    assert (found["state"], found["progress"]["outcome"]) == ("done", "complete"), found
    return found


def devices(world: World, client: httpx.Client, **filters: object) -> list[Row]:
    """Return all devices that the app lists, page after page."""
    found: list[Row] = []
    after: dict[str, str] = {}
    while True:
        asked = urlencode({"limit": PAGE, **filters, **after})
        answer = get(world, client, f"devices?{asked}")
        assert answer.is_success, answer.text
        page = answer.json()
        assert len(page["devices"]) <= PAGE
        found += page["devices"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def device(world: World, client: httpx.Client, phone: Device) -> Row:
    """Return what the app tells of one device."""
    answer = get(world, client, f"devices/{phone.guid}")
    assert answer.is_success, answer.text
    found: Row = answer.json()
    return found


def there(world: World) -> set[tuple[str, str, str]]:
    """Return every device that Exchange has, whose it is, and its state."""
    return {
        (str(each.guid), mailbox.address, each.access_state)
        for mailbox in world.tenant.mailboxes.values()
        for each in mailbox.devices.values()
    }


def news(world: World, phone: Device) -> list[Row]:
    """Return what was told of a device by runs, each event once."""
    about = [each for each in told_by_runs(world) if each["subject"] == f"devices/{phone.guid}"]
    return list({event["id"]: event for event in about}.values())


def told_by_runs(world: World) -> list[Row]:
    """Return all events of runs."""
    return [
        event
        for event in tuple(world.topic.events)
        if isinstance(event["data"], dict) and "run_id" in event["data"]
    ]


def reported_long_ago(world: World, client: httpx.Client, phone: Device, posture: str) -> None:
    """Let the MDM have reported on a phone, and see that carried out."""
    mdm = world.mdm(client)
    said = json.loads(
        mdm.payload(posture, mailbox=phone.mailbox.address, device_id=phone.device_id)
    )
    said["timestamp"] = (utc_now() - LONG_AGO).isoformat()
    operation_id = str(mdm.send(json.dumps(said).encode()).json()["operation_id"])
    until(lambda: done(world, client, operation_id), "the report is handled")


def test_first_run_lists_every_device_with_its_mailbox_and_is_no_news(
    world: World, client: httpx.Client
) -> None:
    """Before it, the app does not say that there are none."""
    answer = get(world, client, "devices")
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "no inventory yet" in answer.json()["detail"]

    found = taken(world, client)
    listed = {(each["guid"], each["mailbox"], each["access"]) for each in devices(world, client)}
    owners = {address for _, address, _ in there(world)}
    assert listed == there(world)
    assert len(listed) == DEVICES + 2  # Adele's, and the stolen one
    assert found["progress"]["rows"] == len(listed) + len(owners)
    assert found["progress"]["part"] == "done"
    assert told_by_runs(world) == []


@pytest.mark.usefixtures("inventoried")
def test_devices_are_found_by_state_mailbox_and_text(world: World, client: httpx.Client) -> None:
    some = max(world.tenant.mailboxes.values(), key=lambda mailbox: len(mailbox.devices))
    every = devices(world, client)

    blocked = devices(world, client, access="blocked")
    theirs = devices(world, client, mailbox=some.address.upper())
    called = devices(world, client, q="sm-s921")
    named = devices(world, client, q=some.address)

    assert blocked == [each for each in every if each["access"] == "Blocked"] != []
    assert {each["guid"] for each in theirs} == {str(guid) for guid in some.devices}
    assert called == [each for each in every if each["model"] == "SM-S921B"] != []
    assert named == theirs


@pytest.mark.usefixtures("inventoried")
def test_what_a_person_does_to_a_device_is_told_and_brought_back(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "drifting")
    reported_long_ago(world, client, phone, "device.noncompliant")
    taken(world, client)
    assert device(world, client, phone)["device"]["on_blocked_list"] is True

    phone.mailbox.blocked_ids.clear()
    phone.mailbox.allowed_ids.append(phone.device_id)
    world.tenant.contact(phone)
    found = taken(world, client)

    (change,) = [each for each in news(world, phone) if each["type"].endswith("access_changed.v1")]
    assert change["data"]["cause"] == "person"
    assert change["data"]["after"]["on_allowed_list"] is True
    assert change["data"]["drift"]["wanted"] == "block"
    assert "repaired: 1" in found["history"][-1]["note"]
    assert phone.access_state == "Blocked"
    assert (phone.mailbox.allowed_ids, phone.mailbox.blocked_ids) == ([], [phone.device_id])
    known = device(world, client, phone)
    assert known["reported"]["posture"] == "noncompliant"
    repair = operation(world, client, known["reported"]["operation_id"])
    assert repair["state"] == "done"
    assert events_about(world, repair["operation_id"]) != []


@pytest.mark.usefixtures("inventoried")
def test_a_device_that_is_missed_is_kept_for_a_while(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "missed")
    taken(world, client)
    world.tenant.remove_device(phone)

    found = taken(world, client)

    assert found["progress"]["gone"] == 0
    assert device(world, client, phone)["device"]["device_id"] == phone.device_id
    assert [each for each in news(world, phone) if each["type"].endswith("gone.v1")] == []


@pytest.mark.usefixtures("inventoried")
def test_run_for_changes_finds_a_new_device(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "newcomer")

    found = taken(world, client, "changes")

    assert found["progress"]["scope"] == "changes"
    assert found["progress"]["rows"] < DEVICES
    assert device(world, client, phone)["mailbox"]["address"] == phone.mailbox.address
    (told,) = news(world, phone)
    assert told["type"] == "easgate.device.discovered.v1"


@pytest.mark.usefixtures("inventoried")
def test_reports_are_made_as_json_and_as_csv(world: World, client: httpx.Client) -> None:
    named = get(world, client, "reports").json()["reports"]
    for report in named:
        answer = get(world, client, f"reports/{report['name']}")
        assert answer.is_success, answer.text
        table = answer.json()
        assert table["columns"] == report["columns"]
        assert table["truncated"] is False

        answer = get(world, client, f"reports/{report['name']}?format=csv")
        header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert header == table["columns"]
        assert len(lines) == len(table["rows"])

    below = get(world, client, "reports/eas_below_16_1").json()
    ids = {row[below["columns"].index("guid")] for row in below["rows"]}
    old = {
        str(each.guid)
        for mailbox in world.tenant.mailboxes.values()
        for each in mailbox.devices.values()
        if each.client_type == "EAS" and each.client_version in {"14.1", "16.0"}
    }
    assert ids == old != set()


@pytest.mark.usefixtures("inventoried")
def test_a_run_goes_on_where_the_app_died(
    world: World, client: httpx.Client, killer: Killer
) -> None:
    """After its first page was read and before that is known."""
    before = devices(world, client)
    killer.arm(("exchange POST Get-MobileDevice", 1))
    operation_id = ordered(world, client)

    def over() -> Row:
        with suppress(httpx.TransportError):
            world.start_host()
            return finished(world, client, operation_id)
        return {}

    found = until(over, "the run comes to its end")

    assert killer.has_killed
    assert found["progress"]["outcome"] == "complete"
    listed = [call for call, _ in killer.seen if call.split()[-1] in LISTINGS]
    assert listed.count("exchange POST Get-CASMailbox") == 1
    assert listed.count("exchange POST Get-MobileDevice") == 2
    assert devices(world, client) == before


@pytest.mark.usefixtures("inventoried")
def test_sync_shows_a_run_from_its_beginning_to_its_counts(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    it = running.Running(url=world.url, function_key=world.function_key, sender_keys={})
    assert sync.take(it, "full") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("done: ")
    assert [line.split()[0] for line in said[2:]] == ["pages", "rows", "changed", "gone", "calls"]
    assert said[2].split() == ["pages", "2"]
