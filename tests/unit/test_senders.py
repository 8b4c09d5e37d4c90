"""What a sender says, once it is known who says it."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Ownership, Posture, Trust
from shared.errors import Misconfigured, NotFound, Rejected, Retryable, Unverified
from shared.mdm import standard
from shared.mdm.senders import Sender, Senders
from shared.mdm.signature import VerifiedBody
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT
from tests.unit.signing import DELIVERY_ID, OTHER_SECRET, SECRET, signed
from tests.unit.stand_ins import FakeClock

YESTERDAY = "2026-05-03T10:00:00Z"


@dataclass
class FakeSecrets:
    """The vault's secrets, and an older memory of them."""

    current: tuple[str, ...] = (SECRET,)
    remembered: tuple[str, ...] = (SECRET,)
    asked: list[timedelta] = field(default_factory=list)
    down: Exception | None = None
    calls: int = 0

    def live(self, name: str, at_most: timedelta = timedelta(minutes=5)) -> tuple[str, ...]:
        """Return what is remembered, or what is true if asked for now."""
        assert name == "portal-secret"
        self.calls += 1
        if self.down:
            raise self.down
        self.asked.append(at_most)
        return self.remembered if at_most else self.current

    def expires_at(self, name: str) -> None:
        """Say that none carries a date."""
        assert name in {"portal-secret", "other-secret"}


def senders(secrets: FakeSecrets | None = None, trust: Trust = Trust.FULL) -> Senders:
    """Return one configured sender."""
    portal = Sender(name="portal", tenant_id=TENANT, secret_name="portal-secret", trust=trust)
    return Senders(senders={"portal": portal}, secrets=secrets or FakeSecrets(), clock=FakeClock())


def event(kind: str = "device.lost", timestamp: str = YESTERDAY, **data: object) -> bytes:
    """Return a body."""
    fields = {"mailbox": MAILBOX, "device_id": DEVICE_ID, **data}
    return json.dumps({"type": kind, "timestamp": timestamp, "data": fields}).encode()


@pytest.mark.parametrize(
    ("kind", "posture"),
    [
        ("device.compliant", Posture.COMPLIANT),
        ("device.noncompliant", Posture.NONCOMPLIANT),
        ("device.retired", Posture.RETIRED),
        ("device.lost", Posture.LOST),
    ],
)
def test_event_becomes_a_signal(kind: str, posture: Posture) -> None:
    """The sender's configuration gives tenant and trust; the body gives the rest."""
    body = event(kind)
    signal = senders(trust=Trust.TIGHTEN).read("portal", signed(body), body).signal
    assert signal is not None
    assert (signal.posture, signal.mailbox, signal.device_id) == (posture, MAILBOX, DEVICE_ID)
    assert (signal.tenant_id, signal.sender, signal.trust) == (TENANT, "portal", Trust.TIGHTEN)
    assert signal.occurred_at == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "ownership"),
    [
        ({"ownership": "corporate"}, Ownership.CORPORATE),
        ({"ownership": "personal"}, Ownership.PERSONAL),
        ({"ownership": "unknown"}, Ownership.UNKNOWN),
        ({"ownership": "shared"}, Ownership.UNKNOWN),
        ({"ownership": None}, Ownership.UNKNOWN),
        ({}, Ownership.UNKNOWN),
    ],
)
def test_event_may_say_whose_the_device_is(said: dict[str, object], ownership: Ownership) -> None:
    """Anything but the two words we know is the cautious answer."""
    data = {"mailbox": MAILBOX, "device_id": DEVICE_ID, **said}
    body = json.dumps({"type": "device.lost", "timestamp": YESTERDAY, "data": data}).encode()
    signal = senders().read("portal", signed(body), body).signal
    assert signal is not None
    assert signal.ownership is ownership


def test_signal_is_named_after_the_delivery() -> None:
    """The sender's retries carry one id, so they are one operation; another delivery is not."""
    body = event()
    first, again = (senders().read("portal", signed(body), body) for _ in range(2))
    other = senders().read("portal", signed(body, delivery_id="msg_2"), body)
    assert first == again
    assert first.delivery_id == DELIVERY_ID
    assert first.signal is not None
    assert other.signal is not None
    assert uuid.UUID(first.signal.signal_id) != uuid.UUID(other.signal.signal_id)


def test_event_of_a_type_that_does_not_concern_us_is_taken_and_dropped() -> None:
    """A sender may send more than we asked for."""
    body = b'{"type": "user.created", "data": 7}'
    assert senders().read("portal", signed(body), body).signal is None


def test_clock_running_ahead_is_held_back() -> None:
    """A report from the future must not outrank all that come before then."""
    body = event(timestamp="2031-01-01T00:00:00+02:00")
    signal = senders().read("portal", signed(body), body).signal
    assert signal is not None
    assert signal.occurred_at == NOW


@pytest.mark.parametrize("name", ["nobody", "", "Portal", "portal/../x", "x" * 10_000])
def test_unknown_sender_is_not_found(name: str) -> None:
    """Before anything else is looked at; the answer does not repeat a long name."""
    with pytest.raises(NotFound) as raised:
        senders().read(name, {}, b"")
    assert len(str(raised.value)) < 200


def test_secret_that_was_just_changed_is_read_again() -> None:
    """Before a delivery is refused, the vault is asked for the secret of this minute."""
    secrets = FakeSecrets(current=(OTHER_SECRET, SECRET), remembered=(SECRET,))
    body = event()
    assert senders(secrets).read("portal", signed(body, secret=OTHER_SECRET), body).signal
    assert secrets.asked == [timedelta(minutes=5), timedelta()]


def test_bad_signature_stays_bad_after_a_second_look() -> None:
    """Whether the secret has changed or not."""
    for current in ((SECRET,), (OTHER_SECRET,)):
        secrets = FakeSecrets(current=current)
        body = event()
        with pytest.raises(Unverified):
            senders(secrets).read("portal", {**signed(body), "webhook-id": "msg_2"}, body)


def test_right_signature_costs_no_second_look() -> None:
    """The vault is asked only when a delivery would be refused."""
    secrets, body = FakeSecrets(), event()
    senders(secrets).read("portal", signed(body), body)
    assert secrets.asked == [timedelta(minutes=5)]


HEADERS = signed(event())
HOPELESS: dict[str, dict[str, str]] = {
    "none": {},
    "no id": {**HEADERS, "webhook-id": ""},
    "endless id": {**HEADERS, "webhook-id": "x" * 257},
    "stale": signed(event(), at=NOW - timedelta(hours=1)),
    "ahead": signed(event(), at=NOW + timedelta(hours=1)),
    "no time": {**HEADERS, "webhook-timestamp": "yesterday"},
    "no v1 signature": {**HEADERS, "webhook-signature": "v2,AAAA"},
    "too many signatures": {**HEADERS, "webhook-signature": "v1,AAAA " * 17},
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_right_does_not_reach_the_vault(name: str) -> None:
    """A stranger must not be able to make us ask it, nor see by our answer how it is."""
    secrets = FakeSecrets(down=Retryable("Key Vault is busy"))
    with pytest.raises(Unverified):
        senders(secrets).read("portal", HOPELESS[name], event())
    assert secrets.calls == 0


def test_unknown_sender_does_not_reach_the_vault() -> None:
    """There is no secret to ask for."""
    secrets = FakeSecrets()
    with pytest.raises(NotFound):
        senders(secrets).read("nobody", HEADERS, event())
    assert secrets.calls == 0


@pytest.mark.parametrize("failure", [Retryable("Key Vault is busy"), Misconfigured("no secret")])
def test_secret_that_cannot_be_read_does_not_mean_unverified(failure: Exception) -> None:
    """'Cannot tell now' is not 'no'."""
    body = event()
    with pytest.raises(type(failure)):
        senders(FakeSecrets(down=failure)).read("portal", signed(body), body)


BAD_BODIES = [
    b"",
    b"null",
    b"[]",
    b'"device.lost"',
    b"{",
    b"\xff\xfe",
    b'{"type": "\xff"}',
    b'{"type": "\\ud800"}',
    b'{"type": 5}',
    b'{"type": "device.lost"}',
    b'{"type": "device.lost", "timestamp": 5, "data": {}}',
    event(timestamp="2026-05-03T10:00:00"),
    event(timestamp="2026-13-03T10:00:00Z"),
    event(mailbox=""),
    event(mailbox="x" * 321),
    event(mailbox="a\x00b"),
    event(device_id="a\nb"),
    event(device_id=None),
    event(device_id="x" * 257),
    b'{"x": ' + b"[" * 300_000,
    b"[" * 300_000,
    b'{"type": ' + b'{"a":' * 300_000,
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_signed_nonsense_is_rejected(body: bytes) -> None:
    """Whatever a verified sender sends is a report, of no concern, or refused."""
    with pytest.raises(Rejected):
        senders().read("portal", signed(body), body)


@pytest.mark.parametrize("field_name", ["mailbox", "device_id"])
def test_name_ending_in_a_line_feed_is_rejected(field_name: str) -> None:
    """Control characters have no place in names, at the end neither."""
    with pytest.raises(Rejected):
        standard.read(VerifiedBody(event(**{field_name: "x\n"})))


@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_arbitrary_bytes_are_rejected_and_nothing_else(body: bytes) -> None:
    """The parser meets only Failures."""
    with pytest.raises(Rejected):
        standard.read(VerifiedBody(body))


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
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
    body = json.dumps({"type": "device.lost", "timestamp": timestamp, "data": data}).encode()
    try:
        report = standard.read(VerifiedBody(body))
    except Rejected:
        return
    assert report is not None
    assert report.mailbox
    assert report.device_id
    assert report.occurred_at.tzinfo is not None


def test_tenant_has_the_secrets_of_its_senders() -> None:
    """Each once, and none of another tenant's."""
    mine = {
        name: Sender(name=name, tenant_id=TENANT, secret_name=secret, trust=Trust.FULL)
        for name, secret in (("a", "portal-secret"), ("b", "other-secret"), ("c", "portal-secret"))
    }
    theirs = Sender(name="d", tenant_id="other", secret_name="their-secret", trust=Trust.FULL)
    all_of_them = Senders(senders=mine | {"d": theirs}, secrets=FakeSecrets(), clock=FakeClock())
    assert all_of_them.secret_names(TENANT) == ["other-secret", "portal-secret"]
    assert all_of_them.secret_names("nobody") == []
    assert all_of_them.secret_ends("portal-secret") is None
