"""By which names a device is known: telling ones first, useless ones never."""

from dataclasses import replace

import pytest

from shared.devices.identity import is_telling, names
from shared.devices.subject import About, Subject
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.recognition_world import (
    IMEI,
    PERSON_ID,
    SERIAL,
    UDID,
    a_report,
    a_subject,
)

FILLERS = [
    *("", "0", "00000000", "1111111111", "ffffffffffff", "-----------", "N/A", "n/a"),
    *("none", "null", "unknown", "UNKNOWN-DEVICE", "not available", "Not Specified"),
    *("System Serial Number", "To be filled by O.E.M.", "Default string", "xxxxxxxx"),
    *("123456789", "0123456789ABCDEF", "0123456789", "EMULATOR30X1X5X0", "abcdef"),
]
TELLING = [
    *(SERIAL, UDID, "G6TZQ4N0KP", "RF8M33ABCDZ", "C02XK1ZZJGH5", "ZY22458HQM"),
    *("00008030001C2D3A0E90802E", "5CG1234XYZ", " F2LXQ1ZZG5MV "),
]


@pytest.mark.parametrize("name", FILLERS)
def test_filler_tells_no_devices_apart(name: str) -> None:
    """Many devices have it; it must not make them one."""
    assert not is_telling(name)
    said = Subject(mdm_id="device-7", serial=name, udid=name, imei=name)
    assert names(a_report(subject=said)) == ("mdm:console:device-7",)


@pytest.mark.parametrize("name", TELLING)
def test_name_that_a_maker_gave_tells_devices_apart(name: str) -> None:
    """Letters and digits enough."""
    assert is_telling(name)


@pytest.mark.parametrize("shared", ["0", "unknown", "Appl000000000000", "9774d56d682e549c", "none"])
def test_device_id_that_many_show_is_no_name(shared: str) -> None:
    """What names no device in Exchange names none here."""
    said = Subject(mdm_id="device-7", eas_device_id=shared)
    assert names(a_report(subject=said)) == ("mdm:console:device-7",)


def test_names_come_in_the_order_of_how_much_they_tell() -> None:
    """The sender's own key first: it names one entry of its list, whatever is replaced in it."""
    said = a_subject(eas_device_id=DEVICE_ID, imei="35-909206-817345-3")
    kinds = [name.split(":")[0] for name in names(a_report(subject=said))]
    assert kinds == ["mdm", "eas", "serial", "udid", "imei"]


def test_senders_own_key_is_a_name_for_that_sender_only() -> None:
    """Two consoles both have a device 7."""
    ours, theirs = (
        names(a_report(sender=sender, subject=Subject(mdm_id="7"))) for sender in ("a", "b")
    )
    assert set(ours).isdisjoint(theirs)


def test_makers_names_are_the_same_for_every_sender() -> None:
    """What a person said of a device holds whoever reports on it, in whatever spelling."""
    said = Subject(eas_device_id=DEVICE_ID, serial=SERIAL, udid=UDID, imei=IMEI)
    for imei in ("35 909206 817345 3", "35909206817345", "35-909206-817345-01"):
        spelt = replace(said, eas_device_id=DEVICE_ID.lower(), imei=imei)
        same = names(a_report(subject=spelt, sender="b"))
        assert [name.lower() for name in names(a_report(subject=said, sender="a"))] == [
            name.lower() for name in same
        ]


def test_one_name_is_never_taken_for_one_of_another_kind() -> None:
    """A serial number that somebody else has as DeviceID."""
    one = names(a_report(subject=Subject(serial=DEVICE_ID)))
    other = names(a_report(subject=Subject(eas_device_id=DEVICE_ID)))
    assert set(one).isdisjoint(other)


NAMELESS = Subject(upn=MAILBOX, model="Pixel 7", os="Android 14")


@pytest.mark.parametrize(
    "other",
    [
        replace(NAMELESS, upn="bob@contoso.com"),
        replace(NAMELESS, mail=MAILBOX),
        replace(NAMELESS, model="Pixel 8"),
        replace(NAMELESS, os="Android 15"),
        replace(NAMELESS, name="work"),
        replace(NAMELESS, directory_id=PERSON_ID),
        replace(NAMELESS, serial="0"),
    ],
)
def test_nameless_device_is_told_apart_by_all_that_was_said(other: Subject) -> None:
    """Better one question too many than two devices taken for one."""
    assert names(a_report(subject=NAMELESS)) != names(a_report(subject=other))
    assert names(a_report(subject=NAMELESS)) == names(a_report(subject=replace(NAMELESS)))


def test_owner_is_known_by_the_directorys_id_before_any_address() -> None:
    """Addresses change with a marriage; devices do not name an owner."""
    whole = Subject(directory_id=PERSON_ID, upn="a@contoso.com", mail=MAILBOX, serial=SERIAL)
    assert names(a_report(about=About.OWNER, subject=whole)) == (f"owner:{PERSON_ID}",)
    for said, name in (
        (replace(whole, directory_id=""), "owner:a@contoso.com"),
        (Subject(mail=MAILBOX), f"owner:{MAILBOX}"),
    ):
        assert names(a_report(about=About.OWNER, subject=said)) == (name,)
