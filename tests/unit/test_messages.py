"""Queue messages: strictly read, faithfully put off, and never the cause of a crash."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import messages, sender_messages
from shared.devices.model import Action, Command, Ownership, Posture, Signal, Trust
from shared.devices.operation import Operation, State
from shared.errors import Rejected
from tests.unit.builders import NOW, TENANT, a_command, a_signal

COMMAND = messages.write_command(a_command())
SIGNAL = sender_messages.write_signal(a_signal())


def changed(body: bytes, **fields: object) -> bytes:
    """Return the message with other fields; None takes one away."""
    merged = {**json.loads(body), **fields}
    return json.dumps({name: value for name, value in merged.items() if value is not None}).encode()


names = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1)
commands = st.builds(
    Command,
    command_id=st.uuids().map(str),
    tenant_id=st.uuids().map(str),
    action=st.sampled_from(Action),
    mailbox=names.filter(lambda name: len(name) <= 320),
    device_id=names.filter(lambda name: len(name) <= 256),
    reason=st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    requested_by=names.filter(lambda name: len(name) <= 320),
    even_if_personal=st.booleans(),
)
moments = st.datetimes(timezones=st.timezones()).filter(lambda at: 1971 < at.year < 2100)
signals = st.builds(
    Signal,
    signal_id=st.uuids().map(str),
    tenant_id=st.uuids().map(str),
    sender=names.filter(lambda name: len(name) <= 64),
    trust=st.sampled_from(Trust),
    posture=st.sampled_from(Posture),
    mailbox=names.filter(lambda name: len(name) <= 320),
    device_id=names.filter(lambda name: len(name) <= 256),
    occurred_at=moments.map(lambda at: at.astimezone(UTC)),
    ownership=st.sampled_from(Ownership),
)


@given(command=commands)
def test_order_comes_back_as_it_was_written(command: Command) -> None:
    """Also after it was put off."""
    body = messages.write_command(command)
    assert messages.read_command(body) == command
    assert messages.read_command(messages.put_off(body, NOW)) == command


@given(signal=signals)
def test_report_comes_back_as_it_was_written(signal: Signal) -> None:
    """Also after it was put off."""
    body = sender_messages.write_signal(signal)
    assert sender_messages.read_signal(body) == signal
    assert sender_messages.read_signal(messages.put_off(body, NOW)) == signal


def test_documented_order_is_read() -> None:
    """Other systems write this."""
    documented = b"""{"schema": "easgate.command.v1",
        "command_id": "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
        "tenant_id": "5b2c1d0e-0000-4000-8000-000000000001", "action": "wipe_account",
        "mailbox": "adele@contoso.com", "device_id": "K3SQN3NVO557RC8S7TUMTGEHOC",
        "reason": "", "requested_by": "helpdesk:jo"}"""
    assert messages.read_command(documented) == a_command(
        command_id="6f9619ff-8b86-d011-b42d-00cf4fc964ff", action=Action.WIPE_ACCOUNT, reason=""
    )


def test_report_without_ownership_leaves_it_unknown() -> None:
    """So does one with a word we do not know: a fact, and the cautious one."""
    for said in (None, "unknown", "rented", "Corporate"):
        report = sender_messages.read_signal(changed(SIGNAL, ownership=said))
        assert report.ownership is Ownership.UNKNOWN


WRONG_COMMANDS: list[tuple[str, object]] = [
    ("action", "explode"),
    ("action", "BLOCK"),
    ("action", ["block"]),
    ("schema", "easgate.command.v2"),
    ("priority", "high"),
    ("dry_run", True),
    ("command_id", "5"),
    ("tenant_id", "contoso.com"),
    ("mailbox", ""),
    ("mailbox", "x" * 321),
    ("device_id", ""),
    ("device_id", "a\tb"),
    ("reason", "x" * 1001),
    ("reason", 5),
    ("requested_by", ""),
    ("even_if_personal", "true"),
    ("even_if_personal", 1),
    ("waiting_since", "2026-05-04T10:00:00"),
    ("attempt", "one"),
    *((name, None) for name in ("schema", "command_id", "tenant_id", "action", "mailbox")),
    *((name, None) for name in ("device_id", "reason", "requested_by")),
]


@pytest.mark.parametrize(("name", "value"), WRONG_COMMANDS)
def test_order_with_a_wrong_missing_or_unknown_field_is_rejected(name: str, value: object) -> None:
    """Strict with orders: what we do not understand may change what we do."""
    with pytest.raises(Rejected, match=name):
        messages.read_command(changed(COMMAND, **{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [("posture", "fine"), ("trust", "blind"), ("sender", ""), ("occurred_at", "2026-05-04")],
)
def test_report_with_a_wrong_field_is_rejected(name: str, value: object) -> None:
    """Our own messages are checked as strictly: others may write to the queue."""
    with pytest.raises(Rejected, match=name):
        sender_messages.read_signal(changed(SIGNAL, **{name: value}))


@pytest.mark.parametrize("name", ["mailbox", "device_id"])
def test_name_ending_in_a_line_feed_is_rejected(name: str) -> None:
    """Control characters have no place in names, at the end neither."""
    with pytest.raises(Rejected):
        messages.read_command(changed(COMMAND, **{name: "x\n"}))


NONSENSE = [
    b"",
    b"null",
    b"[]",
    b"5",
    b"\xff",
    b'{"schema": "\xff"}',
    b"[" * 200_000,
    b'{"schema": ' + b"[" * 200_000,
    b'{"attempt": ' + b"9" * 10_000 + b"}",
    b'{"attempt": 1e999}',
    b'{"attempt": -1, "waiting_since": "0001-01-01T00:00:00+23:59"}',
    COMMAND[:-1],
    COMMAND + b"x",
]
bodies = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(NONSENSE),
    st.dictionaries(
        st.sampled_from([*json.loads(COMMAND), *json.loads(SIGNAL), "waiting_since", "attempt"]),
        st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.none())),
    ).map(lambda fields: json.dumps(fields).encode()),
)


@given(body=bodies)
def test_arbitrary_bytes_are_rejected_and_nothing_else(body: bytes) -> None:
    """Readers raise Rejected only; what must always work always works."""
    with pytest.raises(Rejected):
        messages.read_command(body)
    with pytest.raises(Rejected):
        sender_messages.read_signal(body)
    assert isinstance(messages.waiting(body), messages.Waiting)
    assert isinstance(messages.put_off(body, NOW), bytes)
    assert isinstance(messages.glimpse(body), messages.Glimpse)
    opened = messages.asked(body, NOW)
    assert opened.tenant_id == messages.UNKNOWN or messages.is_guid(opened.tenant_id)
    assert messages.is_guid(opened.operation_id)
    assert not opened.is_finished


def test_putting_off_keeps_everything_else_and_counts() -> None:
    """The first put-off starts the wait; the following ones only count."""
    body = COMMAND[:-1] + b', "unknown": {"kept": [1.50, "\\u00e9"]}}'
    once = messages.put_off(body, NOW)
    twice = messages.put_off(once, NOW + timedelta(hours=1))

    assert json.loads(twice) == {
        **json.loads(body),
        "waiting_since": NOW.isoformat().replace("+00:00", "Z"),
        "attempt": 2,
    }
    assert messages.waiting(twice) == messages.Waiting(waiting_since=NOW, attempt=2)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"[" * 200_000])
def test_unreadable_message_is_put_off_as_it_is(body: bytes) -> None:
    """Nothing of it is lost for whoever looks at it."""
    assert messages.put_off(body, NOW) == body


def asked_of(body: bytes) -> Operation:
    """Return the operation a message opens."""
    return messages.asked(body, NOW)


def test_readable_message_opens_the_operation_it_names() -> None:
    """An order given up and an order carried out are one operation."""
    assert asked_of(COMMAND).operation_id == a_command().command_id
    assert asked_of(SIGNAL).operation_id == a_signal().signal_id


def test_unreadable_order_is_recorded_with_what_can_be_told_of_it() -> None:
    """Tenant, device and sender are named; its own id is not used: it may be another's."""
    operation = asked_of(changed(COMMAND, action="explode"))
    assert operation.operation_id != a_command().command_id
    assert (operation.tenant_id, operation.asked) == (TENANT, "explode")
    assert (operation.asked_by, operation.state) == ("helpdesk:jo", State.WAITING)
    assert (operation.mailbox, operation.device_id) == (a_command().mailbox, a_command().device_id)


@pytest.mark.parametrize("tenant_id", ["../journal", "a/b", "x" * 2000, "", 5])
def test_unreadable_order_names_no_odd_partition(tenant_id: object) -> None:
    """What is no GUID is kept under 'unknown', and long fields are cut."""
    body = changed(COMMAND, action="x" * 5000, tenant_id=tenant_id)
    operation = asked_of(body)
    assert operation.tenant_id == messages.UNKNOWN
    assert len(operation.asked) <= messages.GLIMPSE


def test_unreadable_order_keeps_its_id_while_it_waits() -> None:
    """It is recorded once and announced under one event id, however often it is put back."""
    body = changed(COMMAND, action="explode")
    assert asked_of(messages.put_off(body, NOW)).operation_id == asked_of(body).operation_id


def test_unreadable_order_is_kept_where_its_tenant_is_looked_up() -> None:
    """A readable one is kept under the lower-case GUID."""
    body = changed(COMMAND, action="explode", tenant_id=TENANT.upper())
    assert asked_of(body).tenant_id == TENANT


@pytest.mark.parametrize(
    ("text", "is_guid"),
    [
        (TENANT, True),
        (TENANT.upper(), True),
        (uuid.UUID(TENANT).hex, False),
        (f"{{{TENANT}}}", False),
        (f"urn:uuid:{TENANT}", False),
        ("", False),
        ("x" * 36, False),
    ],
)
def test_guid_has_one_form(text: str, *, is_guid: bool) -> None:
    """It becomes a key."""
    assert messages.is_guid(text) is is_guid


def test_dates_are_written_with_their_zone() -> None:
    """A time without one could mean anything."""
    assert datetime.fromisoformat(json.loads(SIGNAL)["occurred_at"]).tzinfo is not None
