"""What Microsoft Graph's change notifications say, and to whom our address answers."""

import json
import subprocess
import sys
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.model import Posture, Trust
from shared.devices.subject import About, Subject
from shared.errors import Rejected, Unverified
from shared.mdm import graph
from shared.mdm.call import Call
from tests.unit.builders import NOW, TENANT
from tests.unit.graph_notifications import (
    CLIENT_STATE,
    OTHER_TENANT,
    USER,
    a_call,
    a_lifecycle_item,
    a_raw_call,
    an_item,
    read,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([TENANT, f"Users/{USER}", "updated", CLIENT_STATE]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["id", "tenantId", "changeType", "resource", "resourceData", "lifecycleEvent", "value"]
)


def a_validation(token: str, method: str = "POST") -> Call:
    """Return the call by which Graph finds out whether we are there."""
    return Call(method=method, headers={}, query={"validationToken": token}, body=b"")


@pytest.mark.parametrize(
    "token",
    [
        "Validation: Testing client application reachability for subscription Request-Id: 3a2b",
        "<script>alert('x')</script>",
        "ünïcode/+==",
        "x" * 2048,
    ],
)
def test_validation_is_answered_with_the_token_as_plain_text(token: str) -> None:
    """Whoever sent it, a browser must not take it for a page."""
    answer = graph.greet(a_validation(token), ())
    assert answer is not None
    assert (answer.status, answer.text, answer.content_type) == (200, token, "text/plain")
    assert answer.headers == {"X-Content-Type-Options": "nosniff"}


@pytest.mark.parametrize("token", ["", "x" * 2049, "a\r\nSet-Cookie: b", "a\0", "\ud800", " a"])
def test_token_that_graph_would_not_send_is_refused(token: str) -> None:
    """Nobody is to use us to echo what they like."""
    with pytest.raises(Rejected):
        graph.greet(a_validation(token), ())


def test_other_calls_are_no_validation() -> None:
    """A notification is read, and a browser's visit is nothing."""
    assert graph.greet(a_call(an_item()), ()) is None
    assert graph.greet(a_validation("token", method="OPTIONS"), ()) is None


def test_change_of_a_user_is_a_report_about_all_the_owner_has() -> None:
    """What changed is not said: the directory is asked when the report is handled."""
    (report,) = read(a_call(an_item(resource=f"users('{USER.upper()}')"))).reports
    assert (report.posture, report.about) == (Posture.RETIRED, About.OWNER)
    assert report.subject == Subject(directory_id=USER)
    assert (report.tenant_id, report.sender, report.trust) == (TENANT, "entra", Trust.TIGHTEN)
    assert (report.occurred_at, report.verified_by) == (NOW, "graph-secret/one")


def test_two_changes_told_in_the_same_words_are_two_reports() -> None:
    """A new name today and a disabled account next week: the second must not pass for a repeat."""
    first, second = (read(a_call(an_item())).reports[0] for _ in range(2))
    assert first.report_id != second.report_id


@pytest.mark.parametrize(
    "mark",
    [
        {"id": "lsgTZMr9KwAAA"},
        {"resourceData": {"sequenceNumber": 636784480202455800}},
        {"resourceData": {"eventTime": "2026-05-04T09:59:00Z"}},
    ],
)
def test_repeated_delivery_is_the_same_report_where_graph_marks_it(mark: dict[str, object]) -> None:
    """Also where it comes in another batch."""
    (first,) = read(a_call(an_item(**mark))).reports
    again = read(a_call(an_item(id="other"), an_item(**mark))).reports[1]
    assert again.report_id == first.report_id
    other = an_item(**mark, resource=f"Users/{OTHER_TENANT}")
    assert read(a_call(other)).reports[0].report_id != first.report_id


@pytest.mark.parametrize("change", ["created", "deleted"])
def test_users_who_come_or_are_gone_are_known_and_nothing_to_us(change: str) -> None:
    """With the user goes the mailbox, and a new one has no devices."""
    delivery = read(a_call(an_item(changeType=change)))
    assert (delivery.reports, delivery.unknown, delivery.wanted) == ((), (), ())


def test_lifecycle_events_are_what_has_to_be_done() -> None:
    """Each once, beside the reports of the same call."""
    events = ["missed", "reauthorizationRequired", "subscriptionRemoved", "missed"]
    delivery = read(a_call(*map(a_lifecycle_item, events), an_item()))
    assert delivery.wanted == ("missed", "reauthorizationRequired", "subscriptionRemoved")
    assert (len(delivery.reports), delivery.unknown) == (1, ())


def test_lifecycle_event_that_nobody_knows_is_counted() -> None:
    """It asks for nothing: what is to be done is a closed list."""
    delivery = read(a_call(a_lifecycle_item("weeded")))
    assert (delivery.wanted, delivery.unknown) == ((), ("lifecycle.weeded",))


def test_other_tenants_item_is_unreadable() -> None:
    """One app may serve many tenants; a sender is of one."""
    delivery = read(a_call(an_item(), an_item(tenantId=OTHER_TENANT), an_item(tenantId=None)))
    assert (len(delivery.reports), delivery.unknown) == (1, ("unreadable", "unreadable"))
    with pytest.raises(Rejected):
        read(a_call(an_item(tenantId=OTHER_TENANT)))


@pytest.mark.parametrize(
    ("resource", "kind", "named"),
    [
        (f"Users/{USER}/messages/AAMk", "#Microsoft.Graph.Message", "message.updated"),
        (f"Groups/{USER}", "#Microsoft.Graph.Group", "group.updated"),
        ("Users/adele@contoso.com", "#Microsoft.Graph.User", "user.updated"),
        (f"Users/{USER}x", None, "something.updated"),
    ],
)
def test_other_resources_are_counted_and_reported_on_nobody(
    resource: str, kind: str | None, named: str
) -> None:
    """A new message is no word about its owner's account."""
    item = an_item(resource=resource, resourceData={"@odata.type": kind})
    delivery = read(a_call(item))
    assert (delivery.reports, delivery.unknown) == ((), (named,))


@pytest.mark.parametrize("state", ["", "guessed", None, 7])
def test_one_item_without_the_secret_refuses_them_all(state: object) -> None:
    """An item that Graph did not write must not ride along."""
    with pytest.raises(Unverified):
        read(a_call(an_item(), an_item(clientState=state)))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": {}}', b'{"value": []}', b"\xff"])
def test_body_without_notifications_proves_nothing(body: bytes) -> None:
    """There is no secret in it."""
    with pytest.raises(Unverified):
        read(a_raw_call(body))


@given(body=st.binary(max_size=64) | JSON.map(lambda said: json.dumps(said).encode()))
def test_whatever_is_sent_is_refused_in_our_words(body: bytes) -> None:
    """No stranger sees our insides."""
    with pytest.raises(Unverified):
        read(a_raw_call(body))


@given(changes=st.dictionaries(FIELDS | st.text(), JSON, max_size=5))
def test_whatever_is_in_a_proved_item_is_read_or_rejected(changes: dict[str, object]) -> None:
    """Also where Graph changes its shape one day."""
    item = an_item() | changes | {"clientState": CLIENT_STATE}
    try:
        delivery = read(a_call(item))
    except Rejected:
        return
    assert all(report.about is About.OWNER for report in delivery.reports)


def test_graph_is_told_to_come_back_while_we_are_busy() -> None:
    """It waits for three seconds, and tries again upon a 503."""
    answers = graph.VENDOR.answers
    assert (answers.busy, answers.taken) == (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.ACCEPTED)
    assert answers.patience.total_seconds() == 3


def test_notifications_without_content_load_no_cryptography() -> None:
    """Cold start counts for every sender; few have notifications with content."""
    script = "import sys, shared.mdm.graph; print({'jwt', 'cryptography'} & set(sys.modules))"
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
