"""What a sender says, once it is known who says it."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Ownership, Posture, Trust
from shared.devices.subject import Report
from shared.errors import Gone, NotFound, Rejected
from shared.mdm.senders import Delivery
from shared.mdm.vendor import Answers
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT
from tests.unit.sender_world import FakeSecrets, delivery, event, of, senders
from tests.unit.signing import DELIVERY_ID, a_sender
from tests.unit.test_vendor_fuzz import trees

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


def report(body: bytes, *, delivery_id: str = DELIVERY_ID, **settings: object) -> Report:
    """Return the one thing that the portal says."""
    (said,) = senders(**settings).read("portal", delivery(body, delivery_id=delivery_id)).reports
    return said


@pytest.mark.parametrize(
    ("kind", "posture"),
    [
        ("device.compliant", Posture.COMPLIANT),
        ("device.noncompliant", Posture.NONCOMPLIANT),
        ("device.retired", Posture.RETIRED),
        ("device.lost", Posture.LOST),
    ],
)
def test_event_becomes_a_report(kind: str, posture: Posture) -> None:
    """The sender's configuration gives tenant and trust; the body gives the rest."""
    said = report(event(kind), trust="tighten")
    assert said.posture is posture
    assert (said.subject.mail, said.subject.eas_device_id) == (MAILBOX, DEVICE_ID)
    assert (said.tenant_id, said.sender, said.trust) == (TENANT, "portal", Trust.TIGHTEN)
    assert said.occurred_at == NOW - timedelta(days=1)
    assert said.verified_by == "portal-secret/one"


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
    assert report(event(**said)).ownership is ownership


def test_report_is_named_after_the_delivery() -> None:
    """The sender's retries carry one id, so they are one operation; another delivery is not."""
    first, again = report(event()), report(event())
    other = report(event(), delivery_id="msg_2")
    assert first == again
    assert uuid.UUID(first.report_id) != uuid.UUID(other.report_id)


def test_ids_of_two_senders_do_not_meet() -> None:
    """Each sender's ids are its own."""
    known = {name: replace(a_sender(), name=name) for name in ("portal", "other")}
    named = {
        of(known).read(name, delivery(event())).reports[0].report_id for name in ("portal", "other")
    }
    assert len(named) == 2


def batch(*items: Mapping[str, object]) -> Delivery:
    """Return what a sender says that sends several events at once, and no id of the delivery."""
    fields = {"kind": ["what"], "serial": ["serial"], "event_id": ["id"]}
    header = {"vendor": "generic", "scheme": "bearer", "fields": fields}
    call = delivery(
        json.dumps(items).encode(), authorization=f"Bearer {FakeSecrets().current[0].value}"
    )
    return senders(events={"gone": "retired"}, **header).read("portal", call)


def test_events_of_a_batch_are_told_apart_by_their_own_ids() -> None:
    """In whatever order and company they come again; without an id, by delivery and place."""
    one, two = ({"what": "gone", "serial": each, "id": each} for each in ("A1", "A2"))
    first, again = batch(one, two).reports, batch(two, one).reports
    assert [each.report_id for each in first] == [each.report_id for each in reversed(again)]
    assert len({each.report_id for each in first}) == 2

    bare = {"what": "gone", "serial": "A1"}
    twice = batch(bare, bare).reports
    assert twice == batch(bare, bare).reports
    assert len({each.report_id for each in (*twice, *batch(bare).reports)}) == 3


def test_kind_that_nobody_knows_is_counted_and_takes_no_other_with_it() -> None:
    """A sender may send more than we asked for."""
    told = batch({"what": "renamed"}, {"what": "gone", "serial": "A1"}, {"what": "renamed"})
    assert told.unknown == ("renamed", "renamed")
    assert [each.subject.serial for each in told.reports] == ["A1"]
    alone = senders().read("portal", delivery(b'{"type": "user.created", "data": 7}'))
    assert (alone.reports, alone.unknown) == ((), ("user.created",))


@pytest.mark.parametrize(
    ("meaning", "posture"), [("noncompliant", Posture.NONCOMPLIANT), ("ignored", None)]
)
@pytest.mark.parametrize("kind", ["device.lost", "device.polished"])
def test_administrator_may_give_a_kind_another_meaning(
    kind: str, meaning: str, posture: Posture | None
) -> None:
    """Or none: then it is known, and nothing to us."""
    told = senders(events={kind: meaning}).read("portal", delivery(event(kind)))
    assert [each.posture for each in told.reports] == ([posture] if posture else [])
    assert told.unknown == ()


def test_clock_running_ahead_is_held_back() -> None:
    """A report from the future must not outrank all that come before then."""
    assert report(event("device.lost", "2031-01-01T00:00:00+02:00")).occurred_at == NOW


@pytest.mark.parametrize("name", ["nobody", "", "Portal", "portal/../x", "x" * 10_000])
def test_unknown_sender_is_not_found(name: str) -> None:
    """Before anything else is looked at; the answer does not repeat a long name."""
    for ask in (senders().read, senders().greet):
        with pytest.raises(NotFound) as raised:
            ask(name, delivery(b""))
        assert len(str(raised.value)) < 200
    assert senders().answers(name) == Answers()


def test_retired_sender_is_told_to_stop() -> None:
    """Also one that asks whether it may begin."""
    retired = senders(retired=True)
    for ask in (retired.read, retired.greet):
        with pytest.raises(Gone, match="retired in MDM_SENDERS"):
            ask("portal", delivery(event()))


BAD_BODIES = [b"", b"null", b"{", b"\xff\xfe", b'{"type": "device.lost"}', event(mailbox="")]


@pytest.mark.parametrize("body", [*BAD_BODIES, b'{"type": ' + b'{"a":' * 300_000])
def test_signed_nonsense_is_rejected(body: bytes) -> None:
    """Whatever a verified sender sends is a report, of no concern, or refused."""
    with pytest.raises(Rejected):
        senders().read("portal", delivery(body))


@given(body=st.one_of(st.binary(max_size=200), trees.map(lambda tree: json.dumps(tree).encode())))
def test_signed_bytes_of_any_kind_are_a_delivery_or_rejected(body: bytes) -> None:
    """The parser meets only Failures."""
    try:
        told = senders().read("portal", delivery(body))
    except Rejected:
        return
    assert told.reports or told.unknown


def test_tenant_has_the_secrets_of_its_senders() -> None:
    """Each once, and none of another tenant's."""
    mine = {
        name: a_sender(secret_name=secret)
        for name, secret in (("a", "portal-secret"), ("b", "other-secret"), ("c", "portal-secret"))
    }
    theirs = a_sender(tenant_id=OTHER_TENANT, secret_name="their-secret")
    all_of_them = of(mine | {"d": theirs})
    assert all_of_them.secret_names(TENANT) == ["other-secret", "portal-secret"]
    assert all_of_them.secret_names("nobody") == []
    asks = replace(all_of_them, asked=((TENANT, "maas360"), ("other", "theirs")))
    assert asks.secret_names(TENANT) == ["maas360", "other-secret", "portal-secret"]
    assert all_of_them.secret_ends("portal-secret") is None
