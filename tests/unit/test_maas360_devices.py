"""Which device a row of MaaS360 speaks of."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Ownership, Posture
from shared.devices.subject import Subject
from shared.mdm.maas360.device import hear
from tests.unit.maas360_portal import a_row, sample

SEVERAL: list[dict[str, Any]] = sample("search_several")["devices"]["device"]


def test_an_iphone_is_read_with_all_its_names() -> None:
    """As a public client's answer has them."""
    heard = hear(SEVERAL[0])
    assert heard.subject == Subject(
        upn="megan@contoso.com",
        mail="megan@contoso.com",
        eas_device_id="TQ9V4M2H7KB1C8RDX5N0E3GJLA",
        serial="G6TQ7MEGAN04",
        udid="00008120-001C4D3A0E98201E",
        imei="353817220641098",
        mdm_id="ApplG6TQ7MEGAN04",
        model="iPhone14,7",
        os="iOS 17.6.1",
        name="Megan's iPhone",
    )
    assert heard.ownership is Ownership.CORPORATE
    assert heard.occurred_at == datetime(2026, 11, 16, 8, 20, 33, 41_000, tzinfo=UTC)


def test_numbers_in_place_of_text_are_read_as_text() -> None:
    """An id of digits only comes as a number."""
    said = hear(SEVERAL[2]).subject
    assert (said.eas_device_id, said.imei, said.os) == (
        "35019644728051",
        "35019644728051",
        "Android 13.1",
    )


def test_what_is_empty_is_absent() -> None:
    """Also where it would be a number."""
    heard = hear(SEVERAL[1])
    assert (heard.subject.eas_device_id, heard.subject.imei) == ("", "")
    assert (heard.posture, heard.ownership) == (Posture.NONCOMPLIANT, Ownership.PERSONAL)


@pytest.mark.parametrize(
    ("changes", "eas_device_id"),
    [
        ({"mailboxDeviceId": "FIRST123"}, "FIRST123"),
        ({"mailboxDeviceId": "", "mdmMailboxDeviceId": "SECOND12"}, "SECOND12"),
        ({"mailboxDeviceId": "N/A", "mdmMailboxDeviceId": 12345678}, "12345678"),
        # Written with an exponent, its digits are lost.
        ({"mailboxDeviceId": 1.5e20, "mdmMailboxDeviceId": "SECOND12"}, "SECOND12"),
        ({"mailboxDeviceId": ["X"], "mdmMailboxDeviceId": None}, ""),
        ({"mailboxDeviceId": "A" * 257, "mdmMailboxDeviceId": "a\nb"}, ""),
    ],
)
def test_eas_device_id_is_the_mailbox_s_or_else_the_profile_s(
    changes: dict[str, object], eas_device_id: str
) -> None:
    """What is not fit to be an id reads as absent."""
    assert hear(a_row(**changes)).subject.eas_device_id == eas_device_id


@pytest.mark.parametrize(
    ("ownership", "whose"),
    [
        ("Corporate Owned", Ownership.CORPORATE),
        ("Corporate Shared", Ownership.CORPORATE),
        ("Employee Owned", Ownership.PERSONAL),
        ("Not Defined", Ownership.UNKNOWN),
        ("", Ownership.UNKNOWN),
        (3, Ownership.UNKNOWN),
    ],
)
def test_whose_it_is(ownership: object, whose: Ownership) -> None:
    """Words that nobody knows are the cautious one."""
    assert hear(a_row(ownership=ownership)).ownership is whose


def test_login_name_that_is_an_address_is_the_upn() -> None:
    """It may differ from the mail address."""
    said = hear(a_row(username="m.g@corp.contoso.com")).subject
    assert (said.upn, said.mail) == ("m.g@corp.contoso.com", "megan@contoso.com")


def test_device_is_told_by_the_other_spelling_of_its_key_too() -> None:
    """Public clients have seen both."""
    row = a_row()
    row["maas360DeviceId"] = row.pop("maas360DeviceID")
    assert hear(row).subject.mdm_id == "Appl0001"


def test_date_without_zone_stands_in_for_one_that_is_missing() -> None:
    """To the second, as UTC."""
    row = a_row(lastReportedInEpochms="", lastReported="2026-11-16T08:20:33")
    assert hear(row).occurred_at == datetime(2026, 11, 16, 8, 20, 33, tzinfo=UTC)
    assert hear(row | {"lastReported": "soon"}).occurred_at is None


def test_wipe_in_the_history_is_what_happened_last() -> None:
    """The device itself has said nothing since."""
    wiped_at = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    heard = hear(SEVERAL[0], wiped_at)
    assert (heard.posture, heard.occurred_at) == (Posture.RETIRED, wiped_at)


@given(
    row=st.dictionaries(
        st.sampled_from(sorted(a_row())),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=400)
        | st.sampled_from(
            ["Yes", "In Compliance", "Complete", "Enrolled", "N/A", "1e999", "\ud800"]
        )
        | st.lists(st.integers(), max_size=2),
    )
)
def test_every_row_can_be_read_and_sent_on(row: dict[str, Any]) -> None:
    """Whatever stands in its fields."""
    heard = hear(row, datetime(2026, 11, 17, tzinfo=UTC))
    assert msgspec.json.encode(heard.subject)
    assert msgspec.json.encode(heard.kind)


@pytest.mark.parametrize(
    ("name", "posture"),
    [
        ("search_one", Posture.COMPLIANT),
        ("search_removed", Posture.RETIRED),
        ("search_wiped", Posture.RETIRED),
        ("search_jailbroken", Posture.NONCOMPLIANT),
    ],
)
def test_samples_say_what_they_are_named_after(name: str, posture: Posture) -> None:
    """One device each."""
    assert hear(sample(name)["devices"]["device"]).posture is posture
