"""The plain sender's body: strict, because the portal is built for us."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Ownership, Posture
from shared.errors import Rejected
from shared.mdm.standard import MEANINGS, VENDOR
from shared.mdm.vendor import Heard
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW
from tests.unit.calls import proved


def body(*, timestamp: str = "2026-05-04T10:00:00Z", **data: object) -> bytes:
    """Return a report that a phone is lost, but for what the test is about."""
    fields = {"mailbox": MAILBOX, "device_id": DEVICE_ID, **data}
    return json.dumps({"type": "device.lost", "timestamp": timestamp, "data": fields}).encode()


def heard(event: bytes) -> Heard:
    """Return the one event that a body holds."""
    (told,) = VENDOR.read(proved(event))
    return told


def test_mailbox_and_device_are_named_as_the_portal_names_them() -> None:
    """A mailbox may be named by more than an address."""
    told = heard(body(mailbox="adele", ownership="corporate"))
    assert (told.subject.mail, told.subject.eas_device_id) == ("adele", DEVICE_ID)
    assert (told.occurred_at, told.ownership) == (NOW, Ownership.CORPORATE)


@pytest.mark.parametrize("said", ["shared", "unknown", "", None, 7, []])
def test_whose_the_device_is_reads_as_unknown_unless_said(said: object) -> None:
    """Anything but the two words we know is the cautious answer."""
    assert heard(body(ownership=said)).ownership is Ownership.UNKNOWN
    assert heard(body()).ownership is Ownership.UNKNOWN


def test_device_may_be_named_by_its_hardware_instead() -> None:
    """By one of its own identifiers: with an owner alone it could be any of theirs."""
    event = {"type": "device.retired", "timestamp": "2026-05-04T10:00:00Z", "data": {"imei": "35"}}
    assert heard(json.dumps(event).encode()).subject.imei == "35"
    for data in ({"mailbox": MAILBOX}, {"upn": MAILBOX, "model": "iPhone14,2"}, {}):
        with pytest.raises(Rejected, match="names no device"):
            heard(json.dumps({**event, "data": data}).encode())


def test_type_that_is_none_of_ours_is_heard_whatever_stands_beside_it() -> None:
    """A portal may send more than we asked for."""
    told = heard(b'{"type": "device.renamed", "data": 1}')
    assert told.kind not in MEANINGS
    assert told.posture is None


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"null",
        b"[]",
        b'"device.lost"',
        b"{",
        b"\xff\xfe",
        b'{"type": "\xff"}',
        b'{"type": "\\ud800"}',
        b'{"type": 5.5}',
        b'{"type": ""}',
        b'{"type": "device.lost"}',
        b'{"type": "device.lost", "timestamp": 5, "data": {}}',
        b'{"type": "device.lost", "timestamp": "2026-05-04T10:00:00Z", "data": {}}',
        body(timestamp="2026-05-03T10:00:00"),
        body(timestamp="2026-13-03T10:00:00Z"),
        body(mailbox=""),
        body(mailbox="x" * 321),
        body(mailbox="a\x00b"),
        body(mailbox="x\n"),
        body(mailbox=None),
        body(device_id="a\nb"),
        body(device_id="x\n"),
        body(device_id=None),
        body(device_id="x" * 257),
        body(device_id="", serial="S1"),
        b'{"x": ' + b"[" * 300_000,
        b'{"type": ' + b'{"a":' * 300_000,
    ],
    ids=lambda event: event[:40].decode(errors="replace"),
)
def test_report_with_a_wrong_word_is_rejected(event: bytes) -> None:
    """Even where the rest would do: a portal's mistake had better be noticed there."""
    with pytest.raises(Rejected):
        heard(event)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    timestamp=st.one_of(trees, st.datetimes().map(lambda at: at.isoformat() + "Z")),
    data=st.one_of(trees, st.fixed_dictionaries({"mailbox": trees, "device_id": trees})),
)
def test_event_of_any_shape_is_a_report_or_rejected(timestamp: object, data: object) -> None:
    """A known type promises nothing about the rest."""
    event = json.dumps({"type": "device.lost", "timestamp": timestamp, "data": data}).encode()
    try:
        told = heard(event)
    except Rejected:
        return
    assert MEANINGS[told.kind] is Posture.LOST
    assert told.subject.mail
    assert told.subject.eas_device_id
    assert told.occurred_at is not None
    assert told.occurred_at.tzinfo is not None
