"""Mobile device mailbox policies: orders checked, rows read, differences found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.policy import (
    check,
    difference,
    outlook_report,
    read,
)
from shared.devices.policy_settings import PARAMETERS, Outlook
from shared.errors import Rejected
from tests.unit.policy_examples import DEFAULTS, EXAMPLES

ORDERS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from([given for given, _ in example.takes])
        for name, example in EXAMPLES.items()
        if name != "DeviceEncryptionEnabled"  # may contradict another one
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=3,
)
NAMES = st.sampled_from(sorted(PARAMETERS)) | st.text()
ANYTHING = st.dictionaries(NAMES, JSON, max_size=4)


@given(ORDERS)
def test_checking_twice_changes_nothing(order: dict[str, object]) -> None:
    once = check(order)

    assert check(once) == once
    assert set(once) >= set(order)


@given(ORDERS)
def test_nothing_differs_from_itself(order: dict[str, object]) -> None:
    wanted = check(order)

    assert difference(wanted, wanted) == {}
    assert difference(wanted, read(order) | wanted) == {}


@given(ANYTHING)
def test_any_order_is_accepted_or_refused(order: dict[str, object]) -> None:
    """Nothing that JSON can say breaks the check; a refusal names each unknown field."""
    unknown = [name for name in order if name not in PARAMETERS]
    said = ""
    try:
        assert check(order).keys() >= order.keys()
    except Rejected as refusal:
        said = str(refusal)

    assert all(name[:40] in said for name in unknown)


@given(ANYTHING)
def test_any_row_can_be_read(row: dict[str, object]) -> None:
    assert read(row).keys() == row.keys() & PARAMETERS.keys()


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(Rejected) as refusal:
        check(
            {
                "AllowCamera": "no",
                "AllowWiFi": True,
                "MaxPasswordFailedAttempts": 3,
                "MinPasswordLenght": 6,
                "passwordenabled": True,
                "Colour": "red",
            }
        )

    assert str(refusal.value) == (
        "the policy's settings are wrong: "
        "AllowCamera: takes true or false, not 'no'; "
        'MaxPasswordFailedAttempts: takes a whole number from 4 to 16 or "Unlimited" or null, '
        "not 3; "
        "MinPasswordLenght: there is no such setting; did you mean MinPasswordLength?; "
        "passwordenabled: there is no such setting; did you mean PasswordEnabled?; "
        "Colour: there is no such setting"
    )


def test_a_refusal_repeats_no_more_of_a_value_than_helps() -> None:
    with pytest.raises(Rejected) as refusal:
        check({"AllowCamera": "x" * 5000, "y" * 5000: True})

    assert len(str(refusal.value)) < 250


def test_encrypting_the_card_encrypts_the_device() -> None:
    wanted = check({"RequireStorageCardEncryption": True})

    assert wanted == {"RequireStorageCardEncryption": True, "DeviceEncryptionEnabled": True}
    assert check({"RequireStorageCardEncryption": False}) == {"RequireStorageCardEncryption": False}


def test_encrypting_the_card_only_is_a_contradiction() -> None:
    with pytest.raises(Rejected, match="RequireStorageCardEncryption turns it on"):
        check({"RequireStorageCardEncryption": True, "DeviceEncryptionEnabled": False})


def test_a_row_is_read_in_canonical_form() -> None:
    row: dict[str, object] = {
        "MaxAttachmentSize": "2 MB (2,097,152 bytes)",
        "MaxEmailBodyTruncationSize": "10240",
        "PasswordExpiration": "90.00:00:00",
        "MaxInactivityTimeLock": "00:15:00.0000000",
        "MaxPasswordFailedAttempts": "8",
        "DevicePolicyRefreshInterval": "Unlimited",
        "MinPasswordLength": None,
        "PasswordHistory": 5,
        "PasswordHistory@data.type": "System.Int32",
        "ApprovedApplicationList": ["b", "a"],
        "ApprovedApplicationList@odata.type": "#Collection(String)",
        "WhenChanged": "2026-03-02T08:00:00.0000000+00:00",
    }

    assert read(row) == {
        "MaxAttachmentSize": 2097152,
        "MaxEmailBodyTruncationSize": 10240,
        "PasswordExpiration": "90.00:00:00",
        "MaxInactivityTimeLock": "00:15:00",
        "MaxPasswordFailedAttempts": 8,
        "DevicePolicyRefreshInterval": "Unlimited",
        "MinPasswordLength": None,
        "PasswordHistory": 5,
        "ApprovedApplicationList": ("a", "b"),
    }


def test_a_fact_that_cannot_be_understood_is_kept_and_counts_as_drift() -> None:
    shown = read({"AllowBluetooth": "Someday", "AllowCamera": None, "PasswordHistory": 99})

    assert shown == {"AllowBluetooth": "Someday", "AllowCamera": None, "PasswordHistory": 99}
    assert difference({"AllowBluetooth": "Allow", "AllowCamera": True}, shown) == {
        "AllowBluetooth": ("Someday", "Allow"),
        "AllowCamera": (None, True),
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_change_of_any_one_field_is_told_as_that_field(name: str) -> None:
    taken = [canonical for _, canonical in EXAMPLES[name].takes]
    other = next(value for value in taken if value != DEFAULTS[name])

    assert difference(DEFAULTS, {**DEFAULTS, name: other}) == {name: (other, DEFAULTS[name])}


def test_a_list_in_other_letters_and_order_is_the_same_list() -> None:
    desired = check({"ApprovedApplicationList": ["B.exe", "a.exe"]})

    assert difference(desired, read({"ApprovedApplicationList": ["A.EXE", "b.EXE"]})) == {}


def test_true_is_not_one() -> None:
    assert difference({"PasswordHistory": 1}, {"PasswordHistory": True}) != {}


def test_what_is_not_desired_may_be_anything() -> None:
    assert difference({"AllowCamera": True}, {"AllowCamera": True, "AllowWiFi": False}) == {}


def test_outlook_obeys_four_settings_one_of_them_on_android_only() -> None:
    report = outlook_report(PARAMETERS)

    assert {name: does for name, does in report.items() if does is not Outlook.IGNORES} == {
        "DeviceEncryptionEnabled": Outlook.OBEYS,
        "PasswordEnabled": Outlook.OBEYS,
        "AllowBluetooth": Outlook.OBEYS,
        "MinPasswordLength": Outlook.ANDROID,
    }
    assert len(report) == 53, "Name and IsDefault are about the policy, not about devices"


def test_the_report_is_about_the_settings_given() -> None:
    assert outlook_report(check({"AllowCamera": False, "Name": "Strict"})) == {
        "AllowCamera": Outlook.IGNORES
    }
