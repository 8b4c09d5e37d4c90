"""The portal's webhooks over HTTP: what it is told, and what becomes of what it says."""

import json

import pytest

from functions import operations, queues, webhooks
from shared import sender_messages
from shared.errors import Retryable
from tests.unit.app_world import Answer, Deployment, Message, call, request, told
from tests.unit.builders import DEVICE_ID, MAILBOX
from tests.unit.signing import OTHER_SECRET, signed

EVENT = json.dumps(
    {
        "type": "device.lost",
        "timestamp": "2026-05-04T09:59:00Z",
        "data": {"mailbox": MAILBOX, "device_id": DEVICE_ID},
    }
).encode()


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def webhook(
    app: Deployment, body: bytes = EVENT, *, sender: str = "portal", **headers: str
) -> Answer:
    """Send a webhook, signed unless the headers say otherwise."""
    sent = headers or signed(body)
    return call(
        app, webhooks.on_webhook, request("POST", body, route={"sender": sender}, headers=sent)
    )


def work_off(app: Deployment) -> None:
    """Let the app handle what is on its queue."""
    with app.running():
        for signal in app.queue.signals:
            queues.on_device_signal(Message(sender_messages.write_signal(signal)))


def test_webhook_is_answered_once_it_is_stored(app: Deployment) -> None:
    """With the operation to ask for; a repeat gets the same answer."""
    first, again = webhook(app), webhook(app)
    assert (first.status_code, again.status_code) == (202, 202)
    assert told(first) == told(again)
    (operation_id,) = {signal.signal_id for signal in app.queue.signals}
    assert told(first) == {"operation_id": operation_id, "operation_ids": [operation_id]}


def test_repeated_webhook_is_one_operation(app: Deployment) -> None:
    """The phone is wiped once, and that is told once."""
    for _ in range(3):
        webhook(app)
    work_off(app)
    assert len(app.world.exchange.wiped) == 1
    assert app.world.events.types == ["device.wipe_requested"]


def test_other_body_under_the_id_of_before_is_given_up_and_the_first_stands(
    app: Deployment,
) -> None:
    """It is taken, and told as abandoned: one of the two would be lost without a word."""
    webhook(app)
    other = EVENT.replace(b"device.lost", b"device.compliant")
    assert told(webhook(app, other)) == told(webhook(app))
    work_off(app)
    assert app.world.events.types == ["device.wipe_requested", "operation.abandoned"]


def test_event_that_does_not_concern_us_is_taken(app: Deployment) -> None:
    """No operation comes of it; those who run the app see that it came."""
    for _ in range(2):
        answer = webhook(app, b'{"type": "user.created"}')
        assert answer.status_code == 202
        assert told(answer) == {"operation_id": None, "operation_ids": []}
    assert (app.queue.signals, app.queue.reports) == ([], [])
    (counted,) = app.services.unheeded.of("portal")
    assert (counted.kind, counted.count) == ("user.created", 2)


STRANGERS: dict[str, tuple[bytes, dict[str, str], int]] = {
    "without headers": (EVENT, {"x": ""}, 401),
    "stale": (EVENT, {**signed(EVENT), "webhook-timestamp": "1"}, 401),
    "malformed": (EVENT, {**signed(EVENT), "webhook-signature": "v1,\x00"}, 401),
    "wrongly signed": (EVENT, signed(EVENT, secret=OTHER_SECRET), 401),
    "signed for another body": (EVENT, signed(b"{}"), 401),
    "unparsable": (b"{", signed(b"{"), 400),
    "too large": (b" " * 262_145, signed(b" " * 262_145), 413),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_bad_webhook_gets_its_status_and_no_detail(app: Deployment, name: str) -> None:
    """Never a 500, never a 2xx, and nothing is stored."""
    body, headers, status = STRANGERS[name]
    answer = webhook(app, body, **headers)
    assert answer.status_code == status
    assert told(answer).keys() == {"title", "status"}
    assert (app.queue.signals, app.queue.reports, app.unheeded.rows) == ([], [], {})


def test_body_over_the_limit_is_not_looked_at(app: Deployment) -> None:
    """A byte more than 256 KiB is refused before the signature is computed."""
    assert webhooks.BODY_LIMIT == 262_144
    body = EVENT + b" " * (webhooks.BODY_LIMIT - len(EVENT))
    assert webhook(app, body).status_code == 202
    assert webhook(app, body + b" ", x="unsigned").status_code == 413


def test_names_of_headers_are_read_without_case(app: Deployment) -> None:
    """HTTP says so."""
    shouted = {name.upper(): value for name, value in signed(EVENT).items()}
    assert webhook(app, EVENT, **shouted).status_code == 202


def test_unknown_sender_is_not_found(app: Deployment) -> None:
    """Also without a word why."""
    answer = webhook(app, sender="nobody")
    assert (answer.status_code, told(answer).get("detail")) == (404, None)


def test_webhook_is_refused_while_storage_is_down(app: Deployment) -> None:
    """The sender comes again, when it is told to."""
    app.queue.down = Retryable("Queue storage is busy")
    answer = webhook(app)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    app.queue.down = None
    assert webhook(app).status_code == 202
    assert len(app.queue.signals) == 1


def test_signal_id_of_a_webhook_is_the_operation_to_ask_for(app: Deployment) -> None:
    """From the answer to the story."""
    operation_id = str(told(webhook(app))["operation_id"])
    work_off(app)
    asked = request(route={"operation_id": operation_id})
    shown = told(call(app, operations.get_operation, asked))
    assert (shown["asked_by"], shown["asked"]) == ("mdm:portal", "lost")
