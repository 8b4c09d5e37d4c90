"""Rows as Exchange may write them, and names that stand for more than one mailbox."""

from datetime import UTC, datetime

import pytest

from shared.errors import Conflict, Misconfigured, Retryable
from shared.exchange.partnerships import Partnerships
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.exchange_answers import Server, device_row, rows, server

PLACE = "CN=8c1f,OU=contoso.onmicrosoft.com,DC=PROD"
BELOW = "CN=ExchangeActiveSyncDevices"
DEVICE = device_row(DistinguishedName=f"CN=iPhone§{DEVICE_ID},{BELOW},{PLACE}", DeviceImei=None)
OWNER: dict[str, object] = {
    "DistinguishedName": PLACE,
    "UserPrincipalName": "Adele@contoso.com",
    "PrimarySmtpAddress": "Adele@contoso.com",
    "EmailAddresses": ["SMTP:Adele@contoso.com"],
}


def a_server(devices: list[object], mailboxes: list[object]) -> Server:
    """Return an Exchange that always answers with these rows."""
    return server(Get_MobileDevice=rows(*devices), Get_Mailbox=rows(*mailboxes))


def test_only_mail_addresses_are_addresses() -> None:
    """Of the others, one may look like one."""
    told = ["SIP:adele@sip.contoso.com", "smtp:A.Old@contoso.com", "X500:/o=x/cn=a", "SPO:x@SPO_y"]
    known = a_server([DEVICE], [{**OWNER, "EmailAddresses": [*told, "SMTP:Adele@contoso.com"]}])

    [found] = Partnerships(known.transport).of_owner(MAILBOX)

    assert found.mailbox == "Adele@contoso.com"
    assert found.addresses == {"adele@contoso.com", "a.old@contoso.com"}


@pytest.mark.parametrize(
    "written",
    ["2026-02-03T08:07:47.0000000+00:00", "2026-02-03T10:07:47+02:00", "2026-02-03T08:07:47"],
)
def test_the_first_sync_is_told_in_utc(written: str) -> None:
    """Whatever offset it came with, or none."""
    known = a_server([{**DEVICE, "FirstSyncTime": written}], [OWNER])

    for found in (
        *Partnerships(known.transport).of_owner(MAILBOX),
        *Partnerships(known.transport).with_device_id(DEVICE_ID),
    ):
        assert found.first_sync_at == datetime(2026, 2, 3, 8, 7, 47, tzinfo=UTC)
        assert found.first_sync_at.tzinfo is UTC


def test_what_a_device_has_not_told_is_empty() -> None:
    """A null and an empty text mean the same."""
    empty = dict.fromkeys(["DeviceType", "DeviceOS", "FirstSyncTime", "DeviceUserAgent"], "")
    known = a_server([{**DEVICE, **empty, "DeviceModel": None}], [OWNER])

    [found] = Partnerships(known.transport).with_device_id(DEVICE_ID)

    assert found.first_sync_at is None
    assert (found.device_type, found.model, found.os, found.user_agent) == ("", "", "", "")
    assert (found.imei, found.name) == ("", "")


def test_a_device_is_asked_for_by_a_filter_and_its_mailbox_by_its_place() -> None:
    """The name in a row's identity could be another mailbox's alias."""
    known = a_server([{**DEVICE, "Identity": "other\\ExchangeActiveSyncDevices\\x"}], [OWNER])

    assert len(Partnerships(known.transport).with_device_id(DEVICE_ID)) == 1

    assert known.calls == [
        (
            "Get-MobileDevice",
            {"ResultSize": "Unlimited", "Filter": f"DeviceId -eq '{DEVICE_ID}'"},
        ),
        ("Get-Mailbox", {"Identity": PLACE}),
    ]


def test_a_device_cannot_name_its_mailbox_itself() -> None:
    """Its own part of the distinguished name comes first, the folder that counts last."""
    own = f"CN=iPhone§x,{BELOW},CN=boss,DC=PROD"
    known = a_server([{**DEVICE, "DistinguishedName": f"{own},{BELOW},{PLACE}"}], [OWNER])

    [found] = Partnerships(known.transport).with_device_id(DEVICE_ID)

    assert found.mailbox == "Adele@contoso.com"
    assert known.parameters("Get-Mailbox") == [{"Identity": PLACE}]


def test_rows_that_a_filter_should_have_left_out_are_left_out() -> None:
    """As if it took a wildcard, or was not looked at."""
    others = [{**DEVICE, "Guid": "1", "DeviceId": f"{DEVICE_ID}X", "DeviceImei": "9" * 15}]
    known = a_server([*others, {**DEVICE, "DeviceImei": "356938035643809"}], [OWNER])

    for found in (
        Partnerships(known.transport).with_device_id(DEVICE_ID),
        Partnerships(known.transport).with_imei("356938035643809"),
    ):
        assert [each.device_id for each in found] == [DEVICE_ID]


@pytest.mark.parametrize("row", [{"DistinguishedName": None}, {"DistinguishedName": "CN=x,DC=y"}])
def test_a_device_whose_mailbox_cannot_be_told_leaves_no_answer(row: dict[str, object]) -> None:
    """Left out, it could be the second mailbox of a shared id."""
    known = a_server([{**DEVICE, "Guid": "1", **row}, DEVICE], [OWNER])

    with pytest.raises(Misconfigured, match="update this app"):
        Partnerships(known.transport).with_device_id(DEVICE_ID)
    with pytest.raises(Misconfigured, match="update this app"):
        Partnerships(known.transport).of_owner(MAILBOX)


def test_a_place_is_the_same_in_any_case() -> None:
    """The directory takes it so."""
    known = a_server([DEVICE], [{**OWNER, "DistinguishedName": PLACE.lower()}])

    assert len(Partnerships(known.transport).with_device_id(DEVICE_ID)) == 1
    assert len(Partnerships(known.transport).of_owner(MAILBOX)) == 1


@pytest.mark.parametrize("shown", [[], [{**OWNER, "DistinguishedName": "CN=b"}], [OWNER, OWNER]])
def test_a_mailbox_that_is_not_the_one_in_that_place_is_not_taken_for_it(
    shown: list[object],
) -> None:
    """Nor is one of two."""
    with pytest.raises(Retryable, match="contradicts itself"):
        Partnerships(a_server([DEVICE], shown).transport).with_device_id(DEVICE_ID)


def test_an_owner_who_stands_for_two_mailboxes_is_a_conflict() -> None:
    """One signs in by what is the other's former address."""
    other = {**OWNER, "DistinguishedName": "CN=b", "EmailAddresses": [f"smtp:{MAILBOX}"]}

    with pytest.raises(Conflict, match="2 mailboxes"):
        Partnerships(a_server([DEVICE], [OWNER, other]).transport).of_owner(MAILBOX)


def test_a_mailbox_that_is_only_called_like_the_owner_is_not_meant() -> None:
    """Exchange looks at display names, too."""
    known = a_server([DEVICE], [OWNER])

    assert Partnerships(known.transport).of_owner("boss@contoso.com") == ()


def test_devices_of_another_mailbox_are_not_taken_for_the_owners() -> None:
    """Its own ones would be missing."""
    moved = {**DEVICE, "DistinguishedName": f"CN=x,{BELOW},CN=b"}

    with pytest.raises(Retryable, match="contradicts itself"):
        Partnerships(a_server([DEVICE, moved], [OWNER]).transport).of_owner(MAILBOX)
