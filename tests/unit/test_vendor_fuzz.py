"""Whatever a proved sender sends: it is heard, or Rejected, and nothing else comes out."""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import Rejected
from shared.mdm.settings import Fields, Meaning, SenderSettings
from shared.mdm.vendor import Vendor
from shared.mdm.vendors import KNOWN, vendor_for
from tests.unit.builders import TENANT
from tests.unit.calls import proved
from tests.unit.vendor_cases import CASES

SAMPLES = Path(__file__).parents[1] / "samples"

GENERIC = SenderSettings(
    vendor="generic",
    tenant_id=UUID(TENANT),
    secret_name="s",
    events={"device.lost": Meaning.LOST},
    fields=Fields(kind=("type", "topic"), events="data", serial=("details.host_serial",)),
)
VENDORS = {"generic": vendor_for(GENERIC), **{name: KNOWN[name] for name in CASES}}

# The words that vendors' bodies are made of, so that more than the first look is tried.
WORDS = sorted(
    {
        *("type", "topic", "event", "id", "webhook", "webhookEvent", "eventTimestamp", "data"),
        *("details", "host_serial", "host_id", "enrollment_id", "device", "devices", "alertData"),
        *("alertTypeId", "EventType", "DeviceId", "attributes", "eventType", "payload", "type"),
        *("checkin_event", "acknowledge_event", "raw_payload", "udid", "specversion", "subject"),
        *("Subject", "groupAddedDevices", "groupRemovedDevicesIds", "time", "timestamp", "source"),
        *("data_base64", "mailbox", "device_id", "serial", "device_status", "newValue"),
    }
)
KINDS = sorted({kind for vendor in VENDORS.values() for kind in vendor.meanings} | {"1.0", "mdm"})

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(KINDS),
    st.binary(max_size=40).map(lambda each: base64.b64encode(each).decode()),
    st.sampled_from(["2026-05-04T10:00:00Z", "/Date(1391182403986)/", "x" * 400, "a@b", "\ud800"]),
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6)
    ),
    max_leaves=25,
)
jsons = trees.map(lambda tree: json.dumps(tree).encode())
headers = st.sampled_from(
    [
        {},
        {"content-type": "application/json"},
        {"content-type": "application/cloudevents+json"},
        {"content-type": "application/cloudevents-batch+json"},
        {"content-type": "é;\x00", "ce-specversion": "1.0", "ce-type": "device.lost"},
        {"content-type": "application/json", "ce-specversion": "1.0", "ce-type": "%ff%00"},
    ]
)


def read(vendor: Vendor, body: bytes, named: dict[str, str]) -> None:
    """Let the vendor read; what is heard can be stored."""
    try:
        heard = vendor.read(proved(body, named))
    except Rejected:
        return
    for each in heard:
        assert each.kind
        "".join([each.kind, each.event_id, *asdict(each.subject).values()]).encode()
        assert each.occurred_at is None or each.occurred_at.tzinfo is not None


@pytest.mark.parametrize("name", VENDORS)
def test_any_bytes_and_any_json_are_heard_or_rejected(name: str) -> None:
    """The parsers' own errors stay inside."""

    @given(body=st.one_of(jsons, st.binary(max_size=100)), named=headers)
    @example(body=b"[" * 200_000, named={})
    @example(body=b'{"type": ' * 60_000, named={"content-type": "application/cloudevents+json"})
    @example(body=b"<a>" * 80_000, named={})
    @example(body=b'{"type": ' + b"9" * 5000 + b"}", named={})
    @example(body=b'{"type": NaN}', named={})
    @example(body=b'{"type": "a", "type": "b", "topic": "\\ud800"}', named={})
    @example(body=b'"\xed\xa0\x80"', named={})
    def send(body: bytes, named: dict[str, str]) -> None:
        read(VENDORS[name], body, named)

    send()


@pytest.mark.parametrize("name", CASES)
def test_sample_with_anything_in_place_of_one_of_its_parts_is_heard_or_rejected(name: str) -> None:
    """Almost right is where parsers break."""
    files = sorted((SAMPLES / name).glob("*.json"))
    samples = [json.loads(file.read_text()) for file in files]

    @given(data=st.data(), named=headers)
    def send(data: st.DataObject, named: dict[str, str]) -> None:
        sample = json.loads(json.dumps(data.draw(st.sampled_from(samples))))
        holder = sample
        while isinstance(holder, dict) and holder:
            key = data.draw(st.sampled_from(sorted(holder)))
            if not isinstance(holder[key], dict) or data.draw(st.booleans()):
                holder[key] = data.draw(trees)
                break
            holder = holder[key]
        read(VENDORS[name], json.dumps(sample).encode(), named)

    send()


pieces = st.sampled_from(
    [
        *("<dict>", "</dict>", "<key>UDID</key>", "<string>x</string>", "<array>", "</array>"),
        *("<integer>9</integer>", "<integer>z</integer>", "<real>nan</real>", "<real>z</real>"),
        *("<date>2026</date>", "<date>2026-05-04T10:00:00Z</date>", "<data>!</data>", "<true/>"),
        *("<key>QueryResponses</key>", "<key>IMEI</key>", "<plist>", "</plist>", "<x/>", "&a;"),
        *(
            "<!DOCTYPE plist [<!ENTITY a 'b'>]>",
            "<?xml version='1.0' encoding='x'?>",
            "<uid>1</uid>",
        ),
    ]
)


@given(plist=st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(max_size=30)))
@example(plist="<plist>" + "<array>" * 30_000)
@example(plist="<plist><integer>" + "9" * 5000 + "</integer></plist>")
@example(plist="<plist><date>99999999-99-99T99:99:99Z</date></plist>")
@example(plist="bplist00" + "\x00" * 40)
def test_property_list_of_any_shape_leaves_the_json_beside_it_readable(plist: str) -> None:
    """What parses them raises half a dozen kinds of errors that it does not document."""
    packed = base64.b64encode(plist.encode()).decode()
    event = {"topic": "mdm.CheckOut", "checkin_event": {"udid": "U1", "raw_payload": packed}}
    (heard,) = KNOWN["nanomdm"].read(proved(json.dumps(event).encode()))
    assert heard.subject.udid
