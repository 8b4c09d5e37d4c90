"""MaaS360's search: which devices it finds, in which order, and how they look."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.contract.maas360_world import SEARCH, World

SAMPLES = Path(__file__).parents[1] / "samples" / "maas360"


@pytest.fixture
def world() -> World:
    return World()


def hours_ago(world: World, hours: int) -> datetime:
    return world.clock() - timedelta(hours=hours)


def test_no_device_is_an_answer_without_a_list(world: World) -> None:
    assert world.devices() == {"count": 0, "pageNumber": 1, "pageSize": 0}


def test_a_single_device_is_an_object_and_two_are_a_list(world: World) -> None:
    first = world.maas.add_device()
    assert world.devices()["device"]["maas360DeviceID"] == first

    world.maas.add_device()

    assert len(world.devices()["device"]) == 2


def test_values_that_look_like_numbers_become_numbers_and_dates_stay_text(world: World) -> None:
    reported = datetime(2023, 2, 1, 14, 1, 52, 691_000, tzinfo=UTC)
    world.maas.add_device(
        imeiEsn="356959774175860",
        osVersion="17.5",
        mailboxDeviceId="00123456789",
        lastReported=reported,
        isSupervisedDevice=True,
        phoneNumber="+16175550100",
    )

    device = world.devices()["device"]

    assert device["imeiEsn"] == 356959774175860
    assert device["osVersion"] == 17.5
    assert device["mailboxDeviceId"] == 123456789
    assert device["lastReported"] == "2023-02-01T14:01:52"
    assert device["lastReportedInEpochms"] == 1675260112691
    assert device["isSupervisedDevice"] is True
    assert device["phoneNumber"] == "+16175550100"
    assert device["mailboxLastReportedInEpochms"] == ""


def test_xml_has_every_value_as_it_was_written(world: World) -> None:
    world.maas.add_device(mailboxDeviceId="00123456789", deviceName="Q&A <1>")
    headers = {"Authorization": f'MaaS token="{world.token()}"'}

    answer = world.client.get(SEARCH, headers=headers)

    root = ET.fromstring(answer.content)  # noqa: S314 -- of our own simulator
    assert root.tag == "devices"
    assert root.findtext("device/mailboxDeviceId") == "00123456789"
    assert root.findtext("device/deviceName") == "Q&A <1>"
    assert root.findtext("count") == "1"


def test_pages_say_how_much_is_on_them_and_how_much_there_is(world: World) -> None:
    for _ in range(30):
        world.maas.add_device()

    pages = [world.devices(pageSize="25", pageNumber=str(number)) for number in (1, 2, 3)]

    told = [(page["count"], page["pageNumber"], page["pageSize"]) for page in pages]
    assert told == [(30, 1, 25), (30, 2, 5), (30, 3, 0)]
    assert [len(page.get("device", [])) for page in pages] == [25, 5, 0]


@pytest.mark.parametrize(
    "query",
    [
        {"pageSize": "30"},
        {"pageSize": "many"},
        {"pageNumber": "0"},
        {"sortAttribute": "deviceName"},
        {"sortOrder": "desc"},
        {"match": "2"},
        {"plcCompliance": "yes"},
    ],
)
def test_values_a_parameter_cannot_have_are_refused(world: World, query: dict[str, str]) -> None:
    answer = world.get(SEARCH, world.token(), **query)

    assert answer.status_code == 400
    assert answer.json()["devices"]["errorCode"] == 1001


def test_the_last_to_report_comes_first_unless_asked_otherwise(world: World) -> None:
    old = world.maas.add_device(lastReported=hours_ago(world, 2), installedDate=hours_ago(world, 8))
    new = world.maas.add_device(lastReported=hours_ago(world, 1), installedDate=hours_ago(world, 9))

    assert world.ids() == [new, old]
    assert world.ids(sortOrder="asc") == [old, new]
    assert world.ids(sortAttribute="installedDate") == [old, new]


def test_only_what_reported_after_an_instant_is_found_if_one_is_given(world: World) -> None:
    then = hours_ago(world, 1)
    world.maas.add_device(lastReported=then)
    later = world.maas.add_device(lastReported=then + timedelta(milliseconds=1))

    assert world.ids(lastReportedAfterInEpochms=str(int(then.timestamp() * 1000))) == [later]


def test_devices_under_no_control_are_found_only_if_asked_for(world: World) -> None:
    device = world.maas.add_device()

    world.maas.change(device, deviceStatus="Inactive", maas360ManagedStatus="User Removed Control")

    assert world.ids() == []
    assert world.ids(deviceStatus="InActive") == [device]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"partialUsername": "ADE"}, True),
        ({"partialUsername": "dele"}, False),
        ({"partialUsername": "ade", "match": "1"}, False),
        ({"partialUsername": "adele", "match": "1"}, True),
        ({"email": "ADELE@CONTOSO.COM"}, True),
        ({"email": "adele"}, False),
        ({"email": "adele@contoso.com", "platformName": "Android"}, False),
        ({"mailboxDeviceId": "ABC123"}, True),
        ({"plcCompliance": "OOC"}, True),
        ({"plcCompliance": "ALL"}, True),
        ({"ruleCompliance": "OOC"}, False),
        ({"pswdCompliance": "OOC"}, False),
        ({"selectiveWipe": "PENDING"}, True),
        ({"selectiveWipe": "NOTAPPLIED"}, False),
        ({"selectiveWipe": "COMPLETE"}, False),
        ({"partialDeviceName": "", "nobodyKnows": "this"}, True),
    ],
)
def test_parameters_narrow_a_search(world: World, query: dict[str, str], *, is_found: bool) -> None:
    world.maas.add_device(
        username="adele",
        emailAddress="adele@contoso.com",
        mailboxDeviceId="ABC123",
        policyComplianceState="Out of Compliance",
        passcodeCompliance="",
        selectiveWipeStatus="Pending",
    )

    assert bool(world.ids(**query)) is is_found


def test_a_removed_device_is_gone(world: World) -> None:
    device = world.maas.add_device()

    world.maas.remove(device)

    assert world.ids() == []


def test_a_fact_the_service_does_not_have_is_the_mistake_of_the_test(world: World) -> None:
    with pytest.raises(TypeError, match="no device attribute easDeviceId"):
        world.maas.add_device(easDeviceId="A1")


def test_a_sample_of_the_wire_comes_out_as_it_went_in(world: World) -> None:
    sample = json.loads((SAMPLES / "search_one.json").read_text(encoding="utf-8"))["devices"]
    core = json.loads((SAMPLES / "core_attributes.json").read_text(encoding="utf-8"))

    device = world.maas.add_device(**sample["device"])

    found = world.devices()
    assert {name: found["device"][name] for name in sample["device"]} == sample["device"]
    assert {**found, "device": None} == {**sample, "device": None}
    assert world.ask("core", deviceId=device) == core
