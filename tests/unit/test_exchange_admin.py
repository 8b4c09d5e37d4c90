"""What we do in Exchange Online: which cmdlets, with which words, and what is read back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.devices.model import (
    AccessLevel,
    AccessPolicy,
    AccessRule,
    AccessState,
    Action,
    Decision,
    Device,
    WipeCycle,
    WipeState,
)
from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, a_device, never_wiped
from tests.unit.exchange_answers import Server, answer, device_row, error, mailbox_row, rows, server

NOT_FOUND = error(404, "||The operation couldn't be performed: couldn't be found on 'DC01'.")
BUSY = answer(503)
LONGER = "z" + DEVICE_ID


def decision(
    action: Action | None, device: Device | None = None, *, account_only: bool = False
) -> Decision:
    """Return a decision on the device."""
    return Decision(
        action=action, device=device or a_device(), reason="test", account_only=account_only
    )


ASKED = WipeCycle(requested_at=datetime(2026, 5, 4, 10, tzinfo=UTC))
TOLD = replace(ASKED, sent_at=datetime(2026, 5, 4, 11, tzinfo=UTC))
CANCEL = replace(
    decision(Action.CANCEL_WIPE), wipe_before=WipeState(device=ASKED, account=WipeCycle())
)


def holding(
    *device_rows: object, on: list[str] | None = None, off: list[str] | None = None
) -> Server:
    """Return a server with one mailbox and these devices."""
    return server(
        Get_CASMailbox=rows(mailbox_row(on=on or [], off=off or [])),
        Get_MobileDevice=rows(*device_rows),
    )


def test_device_is_found_with_its_place_on_the_lists() -> None:
    """Lists hold ids in any case, and other devices' too."""
    known = holding(
        device_row(DeviceId="OTHER", Guid="x"), device_row(), on=["OTHER", DEVICE_ID.lower()]
    )
    found = known.admin.find(MAILBOX, DEVICE_ID.lower())
    assert found == a_device(on_allowed_list=True)
    assert len(known.requests) == 1  # both in one batch
    assert known.calls == [
        ("Get-CASMailbox", {"Identity": MAILBOX}),
        ("Get-MobileDevice", {"Mailbox": MAILBOX}),
    ]


def test_device_id_that_only_resembles_one_on_the_list_is_another() -> None:
    """Ids are compared whole."""
    found = holding(device_row(), on=[LONGER], off=[DEVICE_ID[:-1]]).admin.find(MAILBOX, DEVICE_ID)
    assert (found.on_allowed_list, found.on_blocked_list) == (False, False)


def test_of_two_partnerships_under_one_id_the_latest_is_meant() -> None:
    """A device that changed its type leaves its old partnership behind."""
    old = device_row(Guid="old", FirstSyncTime="2025-01-01T00:00:00.0000000+00:00")
    never = device_row(Guid="never", FirstSyncTime=None)
    for order in ([old, device_row(), never], [never, device_row(), old]):
        assert holding(*order).admin.find(MAILBOX, DEVICE_ID).guid == GUID


@pytest.mark.parametrize(
    ("told", "access"),
    [
        ("Allowed", AccessState.ALLOWED),
        ("DeviceDiscovery", AccessState.DISCOVERY),
        ("SomethingNew", AccessState.UNKNOWN),
        (None, AccessState.UNKNOWN),
    ],
)
def test_state_nobody_has_heard_of_is_unknown(told: str | None, access: AccessState) -> None:
    """Tolerant with facts: the row is read all the same."""
    known = holding(device_row(DeviceAccessState=told, DeviceAccessStateReason="BrandNew"))
    found = known.admin.find(MAILBOX, DEVICE_ID)
    assert (found.access, found.access_reason) == (access, "BrandNew")


def test_row_without_what_we_rely_on_is_the_administrators_business() -> None:
    """The contract is private and may change; the message names the field."""
    known = holding({name: value for name, value in device_row().items() if name != "Guid"})
    with pytest.raises(Misconfigured, match="Guid"):
        known.admin.find(MAILBOX, DEVICE_ID)


ODD_ROWS: list[dict[str, object]] = [
    {},
    {"DeviceId": "OTHER"},
    {"DeviceId": None, "Guid": 5},
    {"DeviceId": ["OTHER"], "Guid": "x"},
    device_row(DeviceId="OTHER", Guid=None),
    device_row(DeviceId="OTHER", DeviceOS=5, FirstSyncTime={}),
]


@pytest.mark.parametrize("odd", ODD_ROWS)
def test_another_devices_odd_row_does_not_stand_in_the_way(odd: dict[str, object]) -> None:
    """Wherever it stands: what we were asked about is there, and is well."""
    for order in ((odd, device_row()), (device_row(), odd)):
        assert holding(*order).admin.find(MAILBOX, DEVICE_ID).guid == GUID


def test_empty_text_in_a_row_counts_as_absent() -> None:
    """A fact that may be missing is missing; one that we rely on is asked for by name."""
    bare = device_row(DeviceAccessState="", DeviceType="", DeviceOS="", FirstSyncTime="")
    found = holding(bare).admin.find(MAILBOX, DEVICE_ID)
    assert (found.access, found.device_type, found.os) == (AccessState.UNKNOWN, "", "")
    with pytest.raises(Misconfigured, match="Guid"):
        holding(device_row(Guid="")).admin.find(MAILBOX, DEVICE_ID)
    row = statistics(DeviceWipeRequestTime="", LastSuccessSync="", IsRemoteWipeSupported="")
    state = server(Get_MobileDeviceStatistics=rows(row)).admin.wipe_state(a_device())
    assert state == never_wiped()


def test_what_exchange_does_not_know_is_not_found() -> None:
    """Mailbox or device: the reason says which."""
    nobodys = server(Get_CASMailbox=NOT_FOUND, Get_MobileDevice=NOT_FOUND)
    with pytest.raises(NotFound, match=f"knows no mailbox {MAILBOX}"):
        nobodys.admin.find(MAILBOX, DEVICE_ID)
    with pytest.raises(NotFound, match=f"no device {DEVICE_ID}"):
        holding(device_row(DeviceId="OTHER")).admin.find(MAILBOX, DEVICE_ID)
    twice = server(Get_CASMailbox=rows(mailbox_row(), mailbox_row()), Get_MobileDevice=rows())
    with pytest.raises(NotFound, match="2 mailboxes"):
        twice.admin.find("adele", DEVICE_ID)


@pytest.mark.parametrize("empty", ["", " "])
def test_empty_name_never_reaches_exchange(empty: str) -> None:
    """It would stand for all there are."""
    known = server()
    with pytest.raises(Rejected, match="must be named"):
        known.admin.find(empty, DEVICE_ID)
    with pytest.raises(Rejected, match="must be named"):
        known.admin.apply(decision(Action.BLOCK, a_device(mailbox=empty)))
    nameless = a_device(guid=empty)
    with pytest.raises(Rejected, match="must be named"):
        known.admin.wipe(decision(Action.WIPE_DEVICE, nameless))
    with pytest.raises(Rejected, match="must be named"):
        known.admin.wipe_state(nameless)
    with pytest.raises(Rejected, match="must be named"):
        known.admin.apply(decision(Action.REMOVE, nameless))
    with pytest.raises(Rejected, match="must be named"):
        known.admin.apply(replace(CANCEL, device=nameless))
    assert known.calls == []


def change(*, onto: str | None, off: tuple[str, ...]) -> dict[str, object]:
    """Return what Set-CASMailbox is told."""
    typed = {"@odata.type": "#Exchange.GenericHashTable"}
    return {
        "Identity": MAILBOX,
        "Confirm": False,
        **({f"ActiveSync{onto}DeviceIDs": {**typed, "Add": [DEVICE_ID]}} if onto else {}),
        **{f"ActiveSync{name}DeviceIDs": {**typed, "Remove": [DEVICE_ID]} for name in off},
    }


@pytest.mark.parametrize(
    ("action", "onto", "off"),
    [
        (Action.ALLOW, "Allowed", ("Blocked",)),
        (Action.BLOCK, "Blocked", ("Allowed",)),
        (Action.QUARANTINE, None, ("Allowed", "Blocked")),
        (Action.CLEAR, None, ("Allowed", "Blocked")),
    ],
)
def test_one_write_moves_the_device_between_both_lists(
    action: Action, onto: str | None, off: tuple[str, ...]
) -> None:
    """Never on both; unconfirmed questions are not asked; the result is read back."""
    after = mailbox_row(
        on=[DEVICE_ID.lower()] if onto == "Allowed" else [],
        off=[DEVICE_ID, "OTHER"] if onto == "Blocked" else ["OTHER"],
    )
    reads = [rows(mailbox_row(off=["OTHER"])), rows(after)]
    known = server(Set_CASMailbox=answer(200, b""), Get_CASMailbox=reads)
    known.admin.apply(decision(action))
    assert known.parameters("Set-CASMailbox") == [change(onto=onto, off=off)]
    get, put = "Get-CASMailbox", "Set-CASMailbox"
    assert [cmdlet for cmdlet, _ in known.calls] == [get, put, get]


def test_ids_are_taken_off_a_list_as_it_spells_them() -> None:
    """Also those that stand on both, which are blocked and must stay so."""
    ours = DEVICE_ID.lower()
    before = mailbox_row(on=[ours, "Both", "kept"], off=["BOTH"])
    after = mailbox_row(on=["kept"], off=["BOTH", DEVICE_ID])
    known = server(Set_CASMailbox=rows(), Get_CASMailbox=[rows(before), rows(after)])
    known.admin.apply(decision(Action.BLOCK))
    (written,) = known.parameters("Set-CASMailbox")
    typed = {"@odata.type": "#Exchange.GenericHashTable"}
    assert written["ActiveSyncAllowedDeviceIDs"] == {**typed, "Remove": [ours, "Both"]}
    assert written["ActiveSyncBlockedDeviceIDs"] == {**typed, "Add": [DEVICE_ID]}


def test_write_that_shows_late_is_waited_for() -> None:
    """Another server may answer the read; a few seconds are nothing."""
    stands = rows(mailbox_row(on=[DEVICE_ID]))
    known = server(
        Set_CASMailbox=rows(), Get_CASMailbox=[stands, stands, rows(mailbox_row(off=[DEVICE_ID]))]
    )
    known.admin.apply(decision(Action.BLOCK))
    assert known.slept == [0, 1]
    assert len(known.parameters("Set-CASMailbox")) == 1


@pytest.mark.parametrize("shown", [mailbox_row(), mailbox_row(on=[DEVICE_ID], off=[DEVICE_ID])])
def test_write_that_does_not_show_is_left_to_the_queue(shown: dict[str, object]) -> None:
    """It is not called done; also not while the device is on both lists."""
    known = server(Set_CASMailbox=rows(), Get_CASMailbox=rows(shown))
    with pytest.raises(Retryable, match="does not show it yet") as raised:
        known.admin.apply(decision(Action.BLOCK))
    assert raised.value.after == timedelta(seconds=30)
    assert known.slept == [0, 1, 3]


@pytest.mark.parametrize("only_account", [True, False])
def test_wipe_is_aimed_at_the_partnership(*, only_account: bool) -> None:
    """By its GUID; the switch is sent only where it is meant."""
    known = server(Clear_MobileDevice=rows())
    known.admin.wipe(decision(Action.WIPE_ACCOUNT, account_only=only_account))
    switch = {"AccountOnly": True} if only_account else {}
    assert known.calls == [("Clear-MobileDevice", {"Identity": GUID, "Confirm": False, **switch})]


@pytest.mark.parametrize("trouble", [BUSY, answer(429, b"", Retry_After="1"), answer(200, b"?")])
def test_wipe_of_unknown_outcome_is_not_sent_again(trouble: object) -> None:
    """A second request would start the cycle anew."""
    known = server(Clear_MobileDevice=trouble)  # type: ignore[arg-type]  # a maker of answers
    with pytest.raises(Retryable):
        known.admin.wipe(decision(Action.WIPE_DEVICE))
    assert len(known.calls) == 1


@pytest.mark.parametrize("action", [None, Action.WIPE_ACCOUNT, Action.WIPE_DEVICE])
def test_wipes_do_not_pass_through_the_door_for_harmless_things(action: Action | None) -> None:
    """Whatever may be repeated is applied; a wipe may not."""
    known = server()
    with pytest.raises(ValueError, match="not to be applied"):
        known.admin.apply(decision(action))
    assert known.calls == []


def statistics(**fields: object) -> dict[str, object]:
    """Return a row of Get-MobileDeviceStatistics."""
    names = ("DeviceWipe", "AccountOnlyDeviceWipe")
    times = [f"{name}{step}Time" for name in names for step in ("Request", "Sent", "Ack")]
    empty: dict[str, object] = dict.fromkeys(times)
    return {**empty, "IsRemoteWipeSupported": True, "LastSuccessSync": None, **fields}


def test_only_the_kind_of_wipe_that_can_be_called_back_is_called_back() -> None:
    """An account-only wipe has a cycle of its own, and a device that was told obeys."""
    known = server(Clear_MobileDevice=rows(), Get_MobileDeviceStatistics=rows(statistics()))
    known.admin.apply(replace(CANCEL, wipe_before=WipeState(device=TOLD, account=ASKED)))
    cleared = [told for cmdlet, told in known.calls if cmdlet == "Clear-MobileDevice"]
    assert cleared == [{"Identity": GUID, "AccountOnly": True, "Cancel": True, "Confirm": False}]


def test_wipe_can_be_cancelled_while_nobody_has_told_the_device() -> None:
    """And what became of it is read back."""
    known = server(Clear_MobileDevice=rows(), Get_MobileDeviceStatistics=rows(statistics()))
    known.admin.apply(CANCEL)
    assert known.calls == [
        ("Clear-MobileDevice", {"Identity": GUID, "Cancel": True, "Confirm": False}),
        ("Get-MobileDeviceStatistics", {"Identity": GUID}),
    ]


def test_wipe_that_could_not_be_cancelled_is_told() -> None:
    """Exchange only warns; the wipe still stands."""
    stands = statistics(DeviceWipeRequestTime="2026-05-04T10:00:00.0000000+00:00")
    known = server(
        Clear_MobileDevice=rows(**{"@adminapi.warnings": ["It is too late."]}),
        Get_MobileDeviceStatistics=rows(stands),
    )
    with pytest.raises(Rejected, match=r"still stands: It is too late\."):
        known.admin.apply(CANCEL)


def test_removed_device_may_be_gone_already() -> None:
    """An earlier attempt may have removed it; other refusals are told."""
    known = server(Remove_MobileDevice=NOT_FOUND)
    known.admin.apply(decision(Action.REMOVE))
    assert known.calls == [("Remove-MobileDevice", {"Identity": GUID, "Confirm": False})]
    with pytest.raises(Rejected):
        server(Remove_MobileDevice=error(400, "||no")).admin.apply(decision(Action.REMOVE))


def test_times_with_seven_decimals_are_read() -> None:
    """As Exchange writes them, to the microsecond."""
    row = statistics(
        DeviceWipeRequestTime="2026-05-04T10:00:00.1234567+00:00",
        DeviceWipeSentTime="2026-05-04T10:00:01.0000000+00:00",
        AccountOnlyDeviceWipeAckTime="2026-05-04T12:00:02.5000000+02:00",
        LastSuccessSync="2026-05-04T10:00:03.0000000Z",
        IsRemoteWipeSupported=False,
    )
    state = server(Get_MobileDeviceStatistics=rows(row)).admin.wipe_state(a_device())
    ten = datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert state == never_wiped(
        device=WipeCycle(
            requested_at=ten + timedelta(microseconds=123457), sent_at=ten + timedelta(seconds=1)
        ),
        account=WipeCycle(acknowledged_at=ten + timedelta(seconds=2.5)),
        last_sync_at=ten + timedelta(seconds=3),
        is_supported=False,
    )


def test_time_without_a_zone_is_taken_for_utc() -> None:
    """Compared with one that has a zone, it would be a bug of ours; a wipe hangs on it."""
    row = statistics(LastSuccessSync="2026-05-04T10:00:03")
    state = server(Get_MobileDeviceStatistics=rows(row)).admin.wipe_state(a_device())
    assert state.last_sync_at == datetime(2026, 5, 4, 10, 0, 3, tzinfo=UTC)


def test_statistics_without_a_word_on_wipes_do_not_forbid_them() -> None:
    """Only a clear no does."""
    state = server(Get_MobileDeviceStatistics=rows({})).admin.wipe_state(a_device())
    assert state == never_wiped()


def test_device_without_statistics_is_not_found() -> None:
    """There is nothing to wipe."""
    with pytest.raises(NotFound):
        server(Get_MobileDeviceStatistics=rows()).admin.wipe_state(a_device())


def test_policy_is_the_default_and_the_rules() -> None:
    """In our words."""
    rule = {
        "Name": "iPhone (DeviceType)",
        "Characteristic": "DeviceType",
        "QueryString": "iPhone",
        "AccessLevel": "Block",
    }
    known = server(
        Get_ActiveSyncOrganizationSettings=rows({"DefaultAccessLevel": "Quarantine"}),
        Get_ActiveSyncDeviceAccessRule=rows(rule),
    )
    assert known.admin.access_policy() == AccessPolicy(
        default=AccessLevel.QUARANTINE,
        rules=(
            AccessRule(
                name="iPhone (DeviceType)",
                characteristic="DeviceType",
                query="iPhone",
                level=AccessLevel.BLOCK,
            ),
        ),
    )


def test_missing_organisation_settings_are_no_policy() -> None:
    """A guess would let devices in or lock them out."""
    with pytest.raises(Retryable):
        server(Get_ActiveSyncOrganizationSettings=rows()).admin.access_policy()


def test_ping_tells_whether_exchange_answers() -> None:
    """A failing read is a finding."""
    server(Get_ActiveSyncOrganizationSettings=rows()).admin.ping()
    with pytest.raises(Misconfigured):
        server(Get_ActiveSyncOrganizationSettings=answer(403)).admin.ping()
