"""Senders of Meraki, Kolide, Apple Business and SOTI say what their samples say, and prove it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from infra.local.simulators.mdm import apple_business, kolide, meraki, soti
from infra.local.simulators.mdm.phones import ADELES

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
AT = datetime(2026, 11, 20, 9, 15, 0, 250000, tzinfo=UTC)
SECRET = "held by both ends"
VENDORS: tuple[ModuleType, ...] = (meraki, kolide, apple_business, soti)
SERVER_CHANGED = "ORG_DEVICE_RELATIONSHIP_ASSIGNED_SERVER_CHANGED"

CASES = [
    (meraki, "sm_device_enrolled", {}, "enrolled"),
    (meraki, "sm_device_unenrolled", {}, "unenrolled"),
    (meraki, "sm_security_policy_violated", {}, "violated"),
    (meraki, "sm_security_policy_compliant", {}, "compliant"),
    (meraki, "sm_device_wiped", {}, "wiped"),
    (meraki, "settings_changed", {}, "settings_changed"),
    *((kolide, event, {}, event.replace(".", "_")) for event in kolide.EVENTS[1:]),
    (kolide, "device_trust.status_changed", {}, "device_trust_status_changed_blocked"),
    (
        kolide,
        "device_trust.status_changed",
        {"device_status": "good"},
        "device_trust_status_changed_good",
    ),
    (apple_business, SERVER_CHANGED, {}, "server_unassigned"),
    (apple_business, SERVER_CHANGED, {"assigned_to": apple_business.SERVER}, "server_assigned"),
    (apple_business, "ORG_DEVICE_ATTRIBUTE_CHANGED", {}, "released"),
    (
        apple_business,
        "ORG_DEVICE_ATTRIBUTE_MIGRATION_DETAILS_CHANGED",
        {},
        "migration_details_changed",
    ),
    (apple_business, "ORG_DEVICE_RELATIONSHIP_WARRANTY_CHANGED", {}, "warranty_changed"),
    (soti, "DeviceNotCompliant", {}, "not_compliant"),
    (soti, "DeviceCompliant", {}, "compliant"),
    (soti, "DeviceEnrolled", {}, "enrolled"),
    (soti, "DeviceUnenrolled", {}, "unenrolled"),
    (soti, "DeviceWiped", {}, "wiped"),
    (soti, "DeviceLostModeOn", {}, "lost_mode_on"),
    (soti, "DeviceLostModeOff", {}, "lost_mode_off"),
    (soti, "DeviceLowOnMemory", {}, "low_on_memory"),
]


@pytest.mark.parametrize(("vendor", "event", "options", "sample"), CASES)
def test_a_body_has_the_shape_of_its_sample(
    vendor: ModuleType, event: str, options: Mapping[str, object], sample: str
) -> None:
    said = composed(vendor, event, **options)
    shown = json.loads((SAMPLES / vendor.SENDER.name / f"{sample}.json").read_text())
    assert shape(json.loads(said.content)) == shape(shown)
    assert event_of(vendor, json.loads(said.content)) == event_of(vendor, shown) == event


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_event_has_a_sample_and_is_posted_as_json(vendor: ModuleType) -> None:
    assert {event for case, event, _, _ in CASES if case is vendor} == set(vendor.SENDER.events)
    for event in vendor.SENDER.events:
        said = composed(vendor, event)
        assert (said.method, said.headers["content-type"]) == ("POST", "application/json")
        assert said.url == "https://localhost/hook"


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_event_the_vendor_does_not_have_is_refused(vendor: ModuleType) -> None:
    shown = json.loads((SAMPLES / vendor.SENDER.name / "unknown.json").read_text())
    with pytest.raises(ValueError, match="no event"):
        composed(vendor, event_of(vendor, shown))


@pytest.mark.parametrize("vendor", [meraki, kolide, apple_business])
def test_the_same_id_again_is_the_same_delivery_and_no_id_is_a_new_one(vendor: ModuleType) -> None:
    event = vendor.SENDER.events[0]
    once, twice = (composed(vendor, event, event_id="one") for _ in range(2))
    assert (once.content, once.headers) == (twice.content, twice.headers)
    assert composed(vendor, event).content != composed(vendor, event).content


def test_meraki_puts_its_secret_in_the_body_and_nowhere_else() -> None:
    said = composed(meraki, "sm_security_policy_violated")
    told = json.loads(said.content)
    assert told["sharedSecret"] == SECRET
    assert said.content.count(SECRET.encode()) == 1
    assert SECRET not in str(said.headers)
    assert told["sentAt"] == told["occurredAt"] == "2026-11-20T09:15:00.250000Z"


def test_kolide_signs_the_raw_body_in_hex_without_a_scheme() -> None:
    said = composed(kolide, "devices.destroyed")
    expected = hmac.new(SECRET.encode(), said.content, hashlib.sha256).hexdigest()
    assert said.headers["authorization"] == expected
    assert said.headers["x-kolide-webhook-identifier"]


def test_kolide_ids_are_ulids_that_begin_with_the_time() -> None:
    first, later = (
        json.loads(composed(kolide, "devices.created", at=moment).content)["id"]
        for moment in (AT, AT.replace(year=2027))
    )
    assert len(first) == len(later) == 26
    assert first < later
    number = 0
    for sign in first[:10]:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(sign)
    assert number == int(AT.timestamp() * 1000)


def test_apples_published_example_comes_out_as_its_program_prints_it() -> None:
    folder = SAMPLES / "apple_business"
    vector = json.loads((folder / "signature_vector.json").read_text())
    body = (folder / vector["body_file"]).read_bytes()
    signature = apple_business.signature(body, vector["timestamp"], secret=vector["secret"])
    assert signature == vector["signature"]


def test_apple_signs_the_body_with_the_timestamp_right_behind_it() -> None:
    said = composed(apple_business, SERVER_CHANGED)
    timestamp = said.headers["business-timestamp"]
    assert timestamp == "1795166100250"
    digest = hmac.new(SECRET.encode(), said.content + timestamp.encode(), "sha512").digest()
    assert base64.b64decode(said.headers["business-signature"]) == digest


def test_apples_health_check_is_signed_by_nobody() -> None:
    probe, again = (
        apple_business.health_check("https://localhost/hook", at=AT, event_id="1_HEALTH")
        for _ in range(2)
    )
    shown = json.loads((SAMPLES / "apple_business" / "health_check.json").read_text())
    assert shape(json.loads(probe.content)) == shape(shown)
    assert probe.content == again.content
    assert probe.headers["business-signature"] != again.headers["business-signature"]
    assert len(base64.b64decode(probe.headers["business-signature"])) == 64


def test_a_device_taken_from_its_server_differs_from_one_given_to_it() -> None:
    taken = json.loads(composed(apple_business, SERVER_CHANGED).content)
    given = json.loads(
        composed(apple_business, SERVER_CHANGED, assigned_to=apple_business.SERVER).content
    )
    assert payload_of(taken)["newValue"] is None
    assert payload_of(given)["newValue"] == {"assignedServer": apple_business.SERVER}
    assert payload_of(taken)["serialNumber"] == ADELES.serial


def test_soti_signs_the_raw_body() -> None:
    said = composed(soti, "DeviceNotCompliant")
    expected = hmac.new(SECRET.encode(), said.content, hashlib.sha256).hexdigest()
    assert said.headers["x-signature"] == f"sha256={expected}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_new_secret_is_the_same_text_at_both_ends_and_never_twice(vendor: ModuleType) -> None:
    keys, others = vendor.SENDER.new_secret(), vendor.SENDER.new_secret()
    assert keys.signs == keys.checks != others.signs


@pytest.mark.parametrize("folder", ["graph", "maas360", *(v.SENDER.name for v in VENDORS)])
def test_samples_are_json_and_say_where_they_come_from(folder: str) -> None:
    samples = sorted((SAMPLES / folder).glob("*.json"))
    assert samples
    for sample in samples:
        assert isinstance(json.loads(sample.read_text()), dict), sample
    said = (SAMPLES / folder / "SOURCES.md").read_text()
    assert "composed by us" in " ".join(said.split())


def composed(vendor: ModuleType, event: str, **options: object) -> httpx.Request:
    told = {"url": "https://localhost/hook", "secret": SECRET, "at": AT} | options
    request = vendor.SENDER.compose(event, ADELES, **told)
    assert isinstance(request, httpx.Request)
    return request


def event_of(vendor: ModuleType, body: Mapping[str, object]) -> str:
    if vendor is apple_business:
        data = body["data"]
        assert isinstance(data, dict)
        return str(data["attributes"]["eventType"])
    member = {"meraki": "alertTypeId", "kolide": "event", "soti": "Subject"}[vendor.SENDER.name]
    return str(body[member])


def payload_of(body: Mapping[str, dict[str, dict[str, str]]]) -> dict[str, object]:
    told = json.loads(body["data"]["attributes"]["payload"])
    assert isinstance(told, dict)
    return told


def shape(value: object) -> object:
    """Reduce to names and kinds; a text that is JSON, to the shape of what it says."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value[:1]]
    if isinstance(value, str) and value.startswith("{"):
        return "text of", shape(json.loads(value))
    return type(value).__name__
