"""Events read by paths: what is found, and what reads as absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Ownership
from shared.devices.subject import Subject
from shared.errors import Misconfigured, Rejected
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.paths import find, steps
from shared.mdm.settings import Fields
from tests.unit.builders import NOW

EVERYTHING = Reader.of(
    Fields(
        kind=("event.type",),
        event_id=("event.id",),
        occurred_at=("event.at", "sent"),
        ownership=("owner.kind",),
        upn=("owner.login", "owner.upn"),
        mail=("owner.mail",),
        directory_id=("owner.id",),
        eas_device_id=("device.eas_id",),
        serial=("device.serial", "device.serialNumber"),
        udid=("device.udid",),
        imei=("device.radios[1].imei", "device.radios[0].imei"),
        mdm_id=("device.id",),
        model=("device.model",),
        os=("device.os.name",),
        os_version=("device.os.version",),
        name=("device.name",),
    )
)

EVENT = {
    "event": {"type": "wiped", "id": 7, "at": "no time", "extra": [1]},
    "sent": "2026-05-04T10:00:00Z",
    "owner": {
        "kind": "Personal",
        "login": "adele",
        "upn": "a@contoso.com",
        "mail": "m@contoso.com",
        "id": "d1",
    },
    "device": {
        "eas_id": "E1",
        "serial": None,
        "serialNumber": "S1",
        "udid": "U1",
        "radios": [{"imei": "I1"}],
        "id": 4711,
        "model": "iPhone14,2",
        "os": {"name": "iOS", "version": "17.5"},
        "name": " Adele's ",
    },
}


def test_every_field_is_read_from_its_place() -> None:
    """The first path that leads to a fact wins; a login name is no address."""
    heard = EVERYTHING.hear(EVENT)
    assert (heard.kind, heard.event_id, heard.occurred_at) == ("wiped", "7", NOW)
    assert heard.ownership is Ownership.PERSONAL
    assert heard.subject == Subject(
        upn="a@contoso.com",
        mail="m@contoso.com",
        directory_id="d1",
        eas_device_id="E1",
        serial="S1",
        udid="U1",
        imei="I1",
        mdm_id="4711",
        model="iPhone14,2",
        os="iOS 17.5",
        name="Adele's",
    )


@pytest.mark.parametrize("name", ["serial_number", "SERIALNUMBER", "Serial_Number", "serialNumber"])
def test_letter_case_and_underscores_do_not_count(name: str) -> None:
    """Vendors spell one name in several ways, sometimes in one release."""
    assert find({"a": {name: "S1"}}, steps("A.serialNumber")) == "S1"


def test_name_as_it_stands_goes_before_one_that_is_spelled_alike() -> None:
    """So that a path can always say which of two is meant."""
    assert find({"deviceId": 1, "device_id": 2}, steps("device_id")) == 2


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("items[1].id", 2),
        ("items[0][1]", None),
        ("items[9].id", None),
        ("items.id", None),
        ("items[0].id.deeper", None),
        ("nothing.there", None),
    ],
)
def test_path_that_leads_nowhere_finds_nothing(path: str, found: object) -> None:
    """Whatever stands on the way."""
    assert find({"items": [{"id": 1}, {"id": 2}]}, steps(path)) == found


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a]", "a[1]b", "a[12345]"]
)
def test_path_that_is_none_is_the_administrators_to_correct(path: str) -> None:
    """Before the first call comes in, not when it does."""
    with pytest.raises(Misconfigured, match="is not a path"):
        Reader.of(Fields(kind=(path,)))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        [],
        {},
        "",
        "  ",
        "a\x00b",
        "a\n",
        "\x7f",
        "\x85",
        "\ud800",
        "x" * 321,
        2**64,
    ],
)
def test_value_that_is_no_text_reads_as_absent(value: object) -> None:
    """A fact is no reason to refuse an event."""
    assert text(value) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [("x" * 320, "x" * 320), (0, "0"), (-5, "-5"), (2**63, str(2**63)), (" é ", "é")],
)
def test_text_or_whole_number_reads_as_text(value: object, told: str) -> None:
    """Keys are numbers in some bodies and texts in others."""
    assert text(value) == told


def test_eas_device_id_is_no_longer_than_our_own_records_of_it() -> None:
    """It goes on in signals, which hold 256 characters of it."""
    reader = Reader.of(Fields(kind=("k",), eas_device_id=("e",)))
    assert reader.hear({"k": "x", "e": "E" * 256}).subject.eas_device_id == "E" * 256
    assert reader.hear({"k": "x", "e": "E" * 257}).subject.eas_device_id == ""


@pytest.mark.parametrize(
    ("name", "version", "both"),
    [
        ("iOS", "17.5", "iOS 17.5"),
        ("iOS 17.5", "17.5", "iOS 17.5"),
        ("", "17.5", "17.5"),
        ("iOS", "", "iOS"),
    ],
)
def test_version_stands_behind_the_systems_name_once(name: str, version: str, both: str) -> None:
    """Some vendors put it into both fields."""
    reader = Reader.of(Fields(kind=("k",), os=("n",), os_version=("v",)))
    assert reader.hear({"k": "x", "n": name, "v": version}).subject.os == both


@pytest.mark.parametrize("event", [None, 5, "wiped", [], {}, {"event": {"type": ""}}])
def test_event_without_a_kind_is_rejected(event: object) -> None:
    """Nothing can be made of it, nor can it be counted."""
    with pytest.raises(Rejected, match="does not say what"):
        EVERYTHING.hear(event)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
names = st.sampled_from(["event", "type", "device", "radios", "imei", "os", "name", "sent", "x"])
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=20
)


@given(event=trees)
def test_event_of_any_shape_is_heard_or_rejected(event: object) -> None:
    """And nothing in between."""
    try:
        heard = EVERYTHING.hear(event)
    except Rejected:
        return
    assert heard.kind
