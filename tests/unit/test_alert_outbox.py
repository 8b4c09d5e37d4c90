"""From an event to the queue: what is put there, for whom, and when."""

import json

import msgspec
import pytest

from shared.alerts import message, told
from shared.alerts.outbox import Outbox
from shared.alerts.settings import ReceiverSettings
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from tests.unit.alert_examples import EXAMPLES, Recorder, an_operation, published
from tests.unit.builders import TENANT

OTHER = "11111111-2222-4333-8444-555555555555"


def receivers(**each: dict[str, object]) -> dict[str, ReceiverSettings]:
    """Return receivers, all of PagerDuty's kind unless they say otherwise."""
    usual = {"kind": "pagerduty", "secret_name": "key"}
    return {name: msgspec.convert({**usual, **one}, ReceiverSettings) for name, one in each.items()}


def handed_over(event: bytes, **each: dict[str, object]) -> list[str]:
    """Return which receivers a message is put on the queue for."""
    put: list[bytes] = []
    Outbox(receivers=receivers(**each), put=put.append)(event)
    return [message.read(body).receiver for body in put]


def test_there_is_a_message_for_each_receiver_that_wants_the_event() -> None:
    wanted = handed_over(
        published("operation.held"),
        one={},
        two={"types": ["device.*"]},
        three={"tenant_ids": [OTHER]},
        four={"tenant_ids": [TENANT], "types": ["*"]},
    )
    assert wanted == ["one", "four"]


def test_a_message_is_the_same_whenever_the_event_is_told_and_another_for_each_receiver() -> None:
    event = published("operation.held")
    known = told.read(event)
    first, again = (message.read(message.write("one", event, known)) for _ in range(2))
    other = message.read(message.write("two", event, known))
    assert first == again
    assert first.alert_id != other.alert_id
    assert first.event == event


def test_a_receiver_is_not_told_that_it_cannot_be_told() -> None:
    event = json.loads(published("operation.held"))
    event["type"] = "easgate.alert.undelivered.v1"
    event["data"] = {"tenant_id": TENANT, "receiver": "one"}
    assert handed_over(json.dumps(event).encode(), one={}, two={}) == ["two"]


def test_an_event_that_is_too_long_for_a_message_loses_its_long_parts_only() -> None:
    event = json.loads(published("operation.held"))
    event["data"] |= {"before": ["x" * 100] * 1000, "says": "short"}
    sent = message.write("one", json.dumps(event).encode(), EXAMPLES["operation.held"])
    kept = message.read(sent).told
    assert len(sent) < 48 * 1024
    assert "before" not in kept.data
    assert (kept.text("says"), kept.tenant_id) == ("short", TENANT)
    assert kept.data["shortened"] is True


def test_an_event_is_handed_over_once_event_grid_has_it_and_as_it_had_it() -> None:
    recorder = Recorder()
    recorder.publisher.operation_held(an_operation())
    assert recorder.handed_over == recorder.sent


@pytest.mark.parametrize(("status", "failure"), [(503, Retryable), (403, Misconfigured)])
def test_what_was_not_published_is_not_handed_over(status: int, failure: type[Failure]) -> None:
    recorder = Recorder(status)
    with pytest.raises(failure):
        recorder.publisher.operation_held(an_operation())
    assert recorder.handed_over == []


def test_a_queue_that_takes_nothing_makes_the_story_wait() -> None:
    def refuse(_: bytes) -> None:
        raise Retryable("storage is down")

    outbox = Outbox(receivers=receivers(one={}), put=refuse)
    with pytest.raises(Retryable, match="storage is down"):
        outbox(published("operation.held"))


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff", b'{"schema": "easgate.command.v1"}', b"[" * 100_000],
)
def test_what_is_no_alert_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected):
        message.read(body)


def test_an_alert_with_an_event_that_is_none_of_ours_is_refused() -> None:
    sent = json.loads(message.write("one", published("operation.held"), EXAMPLES["operation.held"]))
    sent["event"]["id"] = "../secrets"
    with pytest.raises(Rejected, match="no event of ours"):
        message.read(json.dumps(sent).encode())
