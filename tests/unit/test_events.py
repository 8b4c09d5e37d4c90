"""Events: what they say, how they are told apart, and how they are sent."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest

from shared.credentials.expiry import Stage
from shared.credentials.mismatch import Kind, Mismatch
from shared.devices import decide
from shared.devices.model import Action
from shared.devices.operation import Operation, State, opened_by_command
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from shared.events import catalogue, watch
from shared.events.publisher import SCOPE, Publisher
from tests.unit.builders import (
    CLIENT,
    DEVICE_ID,
    GUID,
    MAILBOX,
    NOW,
    TENANT,
    a_command,
    a_device,
    allowed,
    blocked,
)
from tests.unit.certificates import EXPIRES, a_certificate, a_successor, an_app

ENDPOINT = "https://topic.westeurope-1.eventgrid.azure.net/api/events"
TOKEN = "secret-event-token"
DAY = timedelta(days=1)


def done(action: Action = Action.BLOCK, **changes: object) -> Operation:
    """Return an operation that has acted."""
    decision = replace(decide.block(allowed(), "ordered"), action=action)
    operation = replace(
        opened_by_command(a_command(action=action), NOW),
        decision=decision,
        acted_at=NOW,
        after=blocked(),
    )
    return replace(operation, **changes)  # type: ignore[arg-type]  # by name


@dataclass
class Topic:
    """An event topic that answers as it is told to."""

    answer: httpx.Response | Exception = field(default_factory=lambda: httpx.Response(200))
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Take one request."""
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def publisher(self) -> Publisher:
        """Return what sends to this topic."""
        scopes = {SCOPE: TOKEN}
        return Publisher(
            httpx.Client(transport=httpx.MockTransport(self)),
            endpoint=ENDPOINT,
            source="urn:easgate:test",
            token=scopes.__getitem__,
        )


def test_event_goes_out_as_a_structured_cloud_event() -> None:
    """All attributes that the specification asks for, and the data beside them."""
    topic = Topic()
    topic.publisher.device_changed(done())

    (request,) = topic.requests
    assert str(request.url) == f"{ENDPOINT}?api-version=2018-01-01"
    assert request.headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    sent = json.loads(request.content)
    standing = {"access_state_reason": "Individual"}
    assert sent == {
        "specversion": "1.0",
        "id": catalogue.device_changed(done()).id,
        "source": "urn:easgate:test",
        "type": "easgate.device.access_changed.v1",
        "subject": f"devices/{GUID}",
        "time": "2026-05-04T10:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "tenant_id": TENANT,
            "operation_id": a_command().command_id,
            "action": "block",
            "mailbox": MAILBOX,
            "device_id": DEVICE_ID,
            "reason": "ordered",
            "cause": "ours",
            "asked_by": "helpdesk:jo",
            "before": {
                **standing,
                "access_state": "Allowed",
                "on_allowed_list": True,
                "on_blocked_list": False,
            },
            "after": {
                **standing,
                "access_state": "Blocked",
                "on_allowed_list": False,
                "on_blocked_list": True,
            },
        },
    }


TYPES = {
    Action.ALLOW: "device.access_changed",
    Action.BLOCK: "device.access_changed",
    Action.QUARANTINE: "device.access_changed",
    Action.CLEAR: "device.access_changed",
    Action.WIPE_ACCOUNT: "device.wipe_requested",
    Action.WIPE_DEVICE: "device.wipe_requested",
    Action.CANCEL_WIPE: "device.wipe_cancelled",
    Action.REMOVE: "device.gone",
}


@pytest.mark.parametrize("action", Action)
def test_each_action_has_its_event(action: Action) -> None:
    """An action added one day has to be given its own."""
    assert catalogue.device_changed(done(action)).type == f"easgate.{TYPES[action]}.v1"


def test_same_happening_has_the_same_id_for_ever() -> None:
    """Consumers drop repeats by it, so it must not change between versions either."""
    later = done(acted_at=NOW + DAY, after=None, etag="other")
    assert catalogue.device_changed(done()).id == catalogue.device_changed(later).id
    assert catalogue.device_changed(done()).id == "3b853d6d-392e-5386-ae1f-3bf5a819fe1f"
    assert catalogue.device_changed(later).data["after"] is None


def wiped(**changes: object) -> Operation:
    """Return a wipe that was requested."""
    return done(Action.WIPE_ACCOUNT, acknowledged_at=NOW + DAY, **changes)


def test_confirmed_wipe_says_when_it_was_requested_and_when_confirmed() -> None:
    """And about which device; it happened when the device said so."""
    event = catalogue.wipe_acknowledged(wiped())
    assert event.type == "easgate.device.wipe_acknowledged.v1"
    assert (event.subject, event.time) == (f"devices/{GUID}", NOW + DAY)
    assert event.data == {
        "tenant_id": TENANT,
        "operation_id": a_command().command_id,
        "action": "wipe_account",
        "mailbox": MAILBOX,
        "device_id": DEVICE_ID,
        "asked_by": "helpdesk:jo",
        "requested_at": NOW,
        "acknowledged_at": NOW + DAY,
    }


def test_unconfirmed_wipe_says_since_when_why_and_what_to_do() -> None:
    """It is the last line of the record that says why."""
    event = catalogue.wipe_unconfirmed(wiped().stepped(State.DONE, "72 hours are over", NOW + DAY))
    assert event.type == "easgate.device.wipe_unconfirmed.v1"
    assert (event.time, event.data["requested_at"]) == (NOW + DAY, NOW)
    assert event.data["reason"] == "72 hours are over"
    assert "keep the device blocked" in str(event.data["remedy"])


@pytest.mark.parametrize("never", [wiped(acted_at=None), done(Action.WIPE_ACCOUNT)])
def test_wipe_that_was_not_confirmed_or_not_requested_is_not_told_so(never: Operation) -> None:
    """Announcing it would be a lie."""
    with pytest.raises(ValueError, match="only a wipe"):
        catalogue.wipe_acknowledged(never)


def given_up() -> Operation:
    """Return the operation, given up."""
    return done().stepped(State.ABANDONED, "no such mailbox", NOW)


def test_different_happenings_have_different_ids() -> None:
    """Another operation, another thing said about it, another stage, certificate or tenant."""
    stages = [
        watch.certificate_expiring(app, certificate, stage=stage, ends_at=ends_at, now=EXPIRES)
        for app in (an_app(), an_app(tenant_id="other"))
        for certificate in (a_certificate(), a_successor())
        for ends_at in (EXPIRES, EXPIRES - DAY)
        for stage in Stage
    ]
    secrets = [
        watch.webhook_secret_expiring(app, name, stage=stage, ends_at=ends_at, now=EXPIRES)
        for app in (an_app(), an_app(tenant_id="other"))
        for name in ("portal", "other")
        for ends_at in (EXPIRES, EXPIRES - DAY)
        for stage in Stage
    ]
    mismatches = [
        watch.certificate_mismatch(
            app, Mismatch(kind=kind, thumbprint=thumbprint), occurrence=occurrence, now=NOW
        )
        for app in (an_app(), an_app(tenant_id="other"))
        for kind in Kind
        for thumbprint in ("aa", "bb")
        for occurrence in (1, 2)
    ]
    events = [
        catalogue.device_changed(done()),
        catalogue.device_changed(done(operation_id="other")),
        catalogue.operation_abandoned(given_up()),
        catalogue.device_changed(wiped()),
        catalogue.wipe_acknowledged(wiped()),
        catalogue.wipe_unconfirmed(wiped()),
        *stages,
        *secrets,
        *mismatches,
    ]
    assert len({event.id for event in events}) == len(events)


def test_given_up_operation_tells_why() -> None:
    """With all that is known of who asked for what."""
    event = catalogue.operation_abandoned(given_up())
    assert event.type == "easgate.operation.abandoned.v1"
    assert event.subject == f"operations/{a_command().command_id}"
    assert event.data == {
        "tenant_id": TENANT,
        "operation_id": a_command().command_id,
        "asked": "block",
        "asked_by": "helpdesk:jo",
        "mailbox": MAILBOX,
        "device_id": DEVICE_ID,
        "reason": "no such mailbox",
    }


@pytest.mark.parametrize(
    ("stage", "before_end", "kind", "days_left"),
    [
        (Stage.DAYS_7, 7 * DAY, "expiring", 7),
        (Stage.DAYS_0, timedelta(seconds=1), "expiring", 0),
        (Stage.EXPIRED, timedelta(), "expired", 0),
        (Stage.EXPIRED, -DAY, "expired", -1),
        (Stage.DAYS_1, -DAY, "expiring", -1),
    ],
)
def test_certificate_is_expiring_until_the_last_stage(
    stage: Stage, before_end: timedelta, kind: str, days_left: int
) -> None:
    """Also if a stage is announced late: one alarm is enough."""
    event = watch.certificate_expiring(
        an_app(), a_certificate(), stage=stage, ends_at=EXPIRES, now=EXPIRES - before_end
    )
    assert event.type == f"easgate.certificate.{kind}.v1"
    assert event.subject == f"apps/{CLIENT}/certificates/{a_certificate().thumbprint[:8]}"
    assert (event.data["days_left"], event.data["stage"]) == (days_left, stage)
    assert event.data["stage_days"] == stage.days


@pytest.mark.parametrize("operation", [done(acted_at=None), done(decision=None)])
def test_operation_that_has_not_acted_changed_nothing(operation: Operation) -> None:
    """Announcing it would be a lie."""
    with pytest.raises(ValueError, match="has acted"):
        catalogue.device_changed(operation)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (408, Retryable),
        (429, Retryable),
        (500, Retryable),
        (502, Retryable),
        (503, Retryable),
        (504, Retryable),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (400, Rejected),
        (413, Rejected),
    ],
)
def test_refusal_names_the_next_step(status: int, kind: type[Failure]) -> None:
    """Busy is waited out, a missing role is an administrator's, a bad event is ours."""
    topic = Topic(httpx.Response(status, text=f"you sent {TOKEN}"))
    with pytest.raises(Failure) as raised:
        topic.publisher.device_changed(done())
    assert type(raised.value) is kind
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize(("value", "seconds"), [("30", 30), ("", None), ("soon", None)])
def test_busy_topic_says_when_to_come_back(value: str, seconds: int | None) -> None:
    """Or does not."""
    topic = Topic(httpx.Response(429, headers={"Retry-After": value}))
    with pytest.raises(Retryable) as raised:
        topic.publisher.operation_abandoned(given_up())
    after = raised.value.after
    assert (after.total_seconds() if after is not None else None) == seconds


@pytest.mark.parametrize("trouble", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_topic_out_of_reach_is_waited_out(trouble: Exception) -> None:
    """Without the token in the message."""
    with pytest.raises(Retryable) as raised:
        Topic(trouble).publisher.device_changed(done())
    assert TOKEN not in str(raised.value)


def test_all_events_of_a_topic_are_sent_alike() -> None:
    """Whatever they tell."""
    topic = Topic()
    topic.publisher.device_changed(done())
    topic.publisher.operation_abandoned(given_up())
    topic.publisher.wipe_acknowledged(wiped())
    topic.publisher.wipe_unconfirmed(wiped())
    ending = {"stage": Stage.DAYS_1, "ends_at": EXPIRES, "now": NOW}
    topic.publisher.certificate_expiring(an_app(), a_certificate(), **ending)  # type: ignore[arg-type]  # by name
    topic.publisher.webhook_secret_expiring(an_app(), "portal", **ending)  # type: ignore[arg-type]  # by name
    found = Mismatch(kind=Kind.NEWER_NOT_REGISTERED, thumbprint="aa")
    topic.publisher.certificate_mismatch(an_app(), found, occurrence=1, now=NOW)
    assert len({request.url for request in topic.requests}) == 1
    types = [json.loads(request.content)["type"] for request in topic.requests]
    assert types == [
        "easgate.device.access_changed.v1",
        "easgate.operation.abandoned.v1",
        "easgate.device.wipe_acknowledged.v1",
        "easgate.device.wipe_unconfirmed.v1",
        "easgate.certificate.expiring.v1",
        "easgate.webhook_secret.expiring.v1",
        "easgate.certificate.mismatch.v1",
    ]


def test_ping_asks_for_a_token_and_sends_nothing() -> None:
    """A test event would be taken for a real one."""
    topic = Topic()
    topic.publisher.ping()
    assert topic.requests == []


def test_device_of_an_event_is_named_by_its_partnership() -> None:
    """One phone with two mailboxes is two subjects."""
    other = done(decision=decide.block(a_device(guid="other"), "ordered"))
    assert catalogue.device_changed(other).subject == "devices/other"
