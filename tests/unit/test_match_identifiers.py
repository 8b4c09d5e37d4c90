"""What identifiers say, and which DeviceIDs are made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.derived_ids import derived_ids, imei, plain
from shared.devices.subject import Subject


def made_of(**said: str) -> set[str]:
    """Return the DeviceIDs that follow from what was said."""
    return {one.device_id for one in derived_ids(Subject(**said))}


def test_samsungs_id_is_as_sogo_recorded_it() -> None:
    """A request recorded in SOGo's source has this IMEI and this DeviceID."""
    assert plain("SEC17CD1A3E9E3F2") in made_of(imei="354422050248226")


@pytest.mark.parametrize(
    ("number", "device_id"),
    [("359092068173453", "androidc1221532425"), ("35674110538271", "androidc413456271")],
)
def test_androids_id_is_the_small_hash_of_all_15_digits(number: str, device_id: str) -> None:
    """Values of an implementation of AOSP's getSmallHash that gives its published results."""
    assert device_id in made_of(imei=number)


def test_the_old_apple_id_is_the_serial_number_behind_four_letters() -> None:
    """The example is NachoClientX's."""
    assert made_of(serial="F17K1P5BF8H4") == {plain("ApplF17K1P5BF8H4")}


def test_a_udid_may_be_configured_with_and_without_its_dash() -> None:
    """Gmail takes the id that it is given."""
    assert made_of(udid="00008110-000E44540A2A801E") == {
        "00008110-000e44540a2a801e",
        "00008110000e44540a2a801e",
    }


@pytest.mark.parametrize(
    "text",
    [
        "35909206817345",
        "359092068173453",
        "359092068173450",
        "3590920681734501",
        "35 909206 817345 3",
        " 35-909206-817345-3\n",
        "35.909206.817345.3",
    ],
)
def test_an_imei_reads_the_same_however_it_is_written(text: str) -> None:
    """With check digit, with the 0 sent in its place, with software version, or bare."""
    assert imei(text) == "35909206817345"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "unknown",
        "000000000000000",
        "111111111111119",
        "359092068173457",
        "001012345678903",
        "004999010640000",
        "35909206000000",
        "358240051111110",
        "490154203237518",
        "A0000012345678",
        "359092068173453/359092068173461",
        "٣٥٩٠٩٢٠٦٨١٧٣٤٥",
    ],
)
def test_what_tells_no_device_from_others_is_no_imei(text: str) -> None:
    """Zeros, repeated digits, numbers for tests, and what was mistyped."""
    assert imei(text) == ""
    assert made_of(imei=text) == set()


@pytest.mark.parametrize(
    "text",
    ["", "0", "N/A", "unknown", "None", "System Serial Number", "C02XXXXXXXXX", "0123456789AB",
     "EMULATOR30X1", "SIMULATOR123", "000000000000", "UNKNOWN00001", "To be filled by O.E.M."],
)  # fmt: skip
def test_a_placeholder_is_no_serial_number(text: str) -> None:
    """Many devices share it."""
    assert made_of(serial=text) == set()


@pytest.mark.parametrize("text", ["", " ", "0", "null", "Androidnull", "f" * 24, "unknown-id"])
def test_a_placeholder_is_no_device_id(text: str) -> None:
    """Two devices that both say it have nothing in common."""
    assert plain(text) == ""


@given(st.text(), st.text(), st.text())
def test_whatever_is_said_can_be_read(serial: str, number: str, udid: str) -> None:
    """Senders are strangers; the ids that follow are as Exchange compares them."""
    assert all(one == one.casefold() for one in made_of(serial=serial, imei=number, udid=udid))
