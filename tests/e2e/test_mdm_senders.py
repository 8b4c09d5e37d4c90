"""MDMs of every kind call in at once, in their own words; each is understood, or asked about."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto

import httpx
import pytest

from infra.local.serve import Simulator
from infra.local.simulators.mdm import cloudevents
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import World, utc_now
from tests.e2e.canaries import readable
from tests.e2e.looking import (
    carried_out_by_exchange,
    events_about,
    finished,
    has_no_messages,
    rows,
    until,
)
from tests.e2e.managing import (
    Managed,
    address,
    carried_out,
    composed,
    held,
    managed,
    signs,
)

MANY = 50
BATCH = 40
A_HANDFUL = 5
NONCOMPLIANT = "com.example.mdm.device.noncompliant"


class End(Enum):
    """What comes of a report that a device is not to be trusted any more."""

    BLOCKED = auto()  # the sender names owner and device
    HELD = auto()  # it names a device that is somebody's, and not whose
    ABSENT = auto()  # it gives no name that Exchange could know


WORST: Mapping[str, tuple[str, End]] = {
    "standard": ("device.noncompliant", End.BLOCKED),
    "standard_ed25519": ("device.noncompliant", End.BLOCKED),
    "cloudevents": (NONCOMPLIANT, End.BLOCKED),
    "workspace_one": ("Compliance Status Changed", End.BLOCKED),
    "jamf": ("SmartGroupMobileDeviceMembershipChange", End.BLOCKED),
    "fleet": ("mdm_unenrolled", End.HELD),
    "nanomdm": ("mdm.CheckOut", End.ABSENT),
    "simplemdm": ("device.unenrolled", End.HELD),
    "meraki": ("sm_security_policy_violated", End.BLOCKED),
    "kolide": ("device_trust.status_changed", End.ABSENT),
    "apple_business": ("ORG_DEVICE_ATTRIBUTE_CHANGED", End.HELD),
    "soti": ("DeviceNotCompliant", End.BLOCKED),
}


def ending(end: End) -> list[str]:
    """Return the vendors whose worst report ends so."""
    return [vendor for vendor, (_, expected) in WORST.items() if expected is end]


class Stored:
    """Reads what the app puts on its queues."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""
        if name != "queues":
            return simulator

        def reading(request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and request.url.path.endswith("/messages"):
                self.messages.append(readable(request.read().decode()))
            return simulator(request)

        return reading


@pytest.fixture(scope="module")
def stored() -> Stored:
    return Stored()


@pytest.fixture(scope="module")
def world(stored: Stored) -> Iterator[World]:
    """Run a world whose queues are read along."""
    with World(embedded=True, watch=stored.watch) as world:
        yield world


@pytest.fixture(scope="module")
def told(world: World, client: httpx.Client) -> dict[str, tuple[Managed, httpx.Response]]:
    """Let every sender report on a phone of its own, all at once."""
    phones = {vendor: managed(world, vendor.replace("_", "-")) for vendor in WORST}
    calls = [composed(world, name, WORST[name][0], each.phone) for name, each in phones.items()]
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(client.send, calls))
    return dict(zip(phones, zip(phones.values(), answers, strict=True), strict=True))


Told = dict[str, tuple[Managed, httpx.Response]]


def test_no_vendor_is_forgotten() -> None:
    assert set(WORST) == set(SENDERS)


@pytest.mark.parametrize("vendor", ending(End.BLOCKED))
def test_who_names_owner_and_device_gets_the_device_blocked(
    world: World, client: httpx.Client, told: Told, vendor: str
) -> None:
    mine, answer = told[vendor]
    (operation_id,) = answer.json()["operation_ids"]

    done = until(lambda: carried_out(world, client, operation_id), "it is carried out")

    assert {each["state"] for each in done} == {"done"}
    assert mine.device.access_state == "Blocked"
    assert mine.device.mailbox.blocked_ids == [mine.device.device_id]
    (change,) = {
        event["id"]: event for event in events_about(world, done[-1]["operation_id"])
    }.values()
    assert change["type"] == "easgate.device.access_changed.v1"
    assert change["data"]["asked_by"] == f"mdm:{vendor}"


@pytest.mark.parametrize("vendor", ending(End.HELD))
def test_who_names_a_device_without_its_owner_is_held_until_somebody_says_which_it_is(
    world: World, client: httpx.Client, told: Told, vendor: str
) -> None:
    mine, answer = told[vendor]

    waits = until(lambda: held(world, client, mine.phone), "it waits for a person")

    assert answer.is_success
    (candidate,) = waits["candidates"]
    assert candidate["device_id"] == mine.device.device_id
    assert "no owner is named" in waits["history"][-1]["note"]
    assert mine.device.access_state == "Allowed"


@pytest.mark.parametrize("vendor", ending(End.ABSENT))
def test_who_names_nothing_that_exchange_knows_is_told_so(
    world: World, client: httpx.Client, told: Told, vendor: str
) -> None:
    mine, answer = told[vendor]
    (operation_id,) = answer.json()["operation_ids"]

    found = until(lambda: finished(world, client, operation_id), "it comes to an end")

    assert (found["state"], found["matched"], found["signal_ids"]) == ("done", [], [])
    assert any("none in Exchange" in step["note"] for step in found["history"])
    assert mine.device.access_state == "Allowed"


def test_one_delivery_fifty_times_at_once_is_one_operation_one_change_and_one_event(
    world: World, client: httpx.Client
) -> None:
    """Also of a sender that gives its deliveries no id."""
    mine = managed(world, "fifty")
    call = composed(world, "soti", "DeviceNotCompliant", mine.phone)
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(client.send, [call] * MANY))
    (operation_id,) = {each for answer in answers for each in answer.json()["operation_ids"]}
    report, signal = until(lambda: carried_out(world, client, operation_id), "it is carried out")
    until(lambda: has_no_messages(world), "no message is left")

    assert [answer.status_code for answer in answers] == [202] * MANY
    about = {row["RowKey"] for row in rows(world, "journal") if mine.phone.serial in str(row)}
    assert about == {report["operation_id"], signal["operation_id"]}
    assert carried_out_by_exchange(world, "Set-CASMailbox", mine.device) == 1
    assert len({event["id"] for event in events_about(world, signal["operation_id"])}) == 1
    assert mine.device.access_state == "Blocked"


def test_a_batch_of_forty_events_is_stored_in_a_handful_of_messages_and_blocks_all(
    world: World, client: httpx.Client, stored: Stored
) -> None:
    phones = [managed(world, f"batch{number}") for number in range(BATCH)]
    answer = client.send(
        cloudevents.batch(
            [(NONCOMPLIANT, each.phone) for each in phones],
            url=address(world, "cloudevents"),
            secret=signs(world, "cloudevents"),
            at=utc_now(),
        )
    )
    ids = answer.json()["operation_ids"]
    carrying = [text for text in tuple(stored.messages) if any(each in text for each in ids)]
    until(lambda: all(each.device.access_state == "Blocked" for each in phones), "all are blocked")

    assert answer.status_code == 202
    assert len(set(ids)) == BATCH
    assert 1 < len(carrying) <= A_HANDFUL
