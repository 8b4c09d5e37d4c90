"""What becomes of a message on the queue alerts, whatever becomes of its delivery."""

import logging
from datetime import timedelta

import pytest

from functions import alerts
from shared.alerts.delivery import Undelivered
from shared.events.alerts import alert_undelivered
from tests.unit.alert_examples import Recorder
from tests.unit.alert_world import AlertWorld, an_alert, busy
from tests.unit.app_world import Deployment, Message
from tests.unit.builders import MAILBOX, NOW, TENANT


def running(world: AlertWorld) -> Deployment:
    """Return the app with this delivery."""
    return Deployment(alerts=world.delivery)


def deliver(app: Deployment, body: bytes, *, poison: bool = False) -> None:
    """Let the host deliver a message."""
    with app.running():
        (alerts.on_poison_alert if poison else alerts.on_alert)(Message(body))


def test_an_alert_is_delivered_and_gone() -> None:
    world = AlertWorld()
    app = running(world)
    deliver(app, an_alert())
    assert len(world.calls) == 1
    assert app.queue.back == []


def test_what_fails_goes_back_for_as_long_as_the_schedule_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And the log names neither the mailbox nor an address that is a secret."""
    caplog.set_level(logging.INFO)
    world = AlertWorld(answers=[busy(500)])
    app = running(world)
    deliver(app, an_alert("channel"))
    assert app.queue.back == [("alerts", an_alert("channel"), timedelta(seconds=5))]
    assert "HTTP 500" in caplog.text
    assert MAILBOX not in caplog.text
    assert "TOP-SECRET" not in caplog.text


def test_a_poison_alert_is_announced_and_opens_no_operation() -> None:
    """An operation would be announced, and that again be an alert."""
    world = AlertWorld()
    app = running(world)
    deliver(app, an_alert(), poison=True)
    assert [each.why for each in world.announced] == [
        "failed on every attempt; the app's log of this message says why"
    ]
    assert app.world.events.sent == []
    assert app.queue.back == []


def test_a_poison_alert_that_cannot_be_told_of_now_waits() -> None:
    world = AlertWorld()
    app = running(world)
    world.table.down_after = 0
    deliver(app, an_alert(), poison=True)
    assert [queue for queue, *_ in app.queue.back] == ["alerts-poison"]


@pytest.mark.parametrize("poison", [False, True])
def test_a_message_that_is_no_alert_is_abandoned_as_on_any_queue(poison: bool) -> None:  # noqa: FBT001 - one of two queues
    app = running(AlertWorld())
    deliver(app, b'{"schema": "of somebody else"}', poison=poison)
    assert app.world.events.types == ["operation.abandoned"]


def test_the_event_of_an_alert_that_did_not_arrive_says_which_and_where() -> None:
    world = AlertWorld(answers=[busy(410)])
    world.delivery.deliver(an_alert())
    (undelivered,) = world.announced
    event = alert_undelivered(undelivered)
    later = Undelivered(alert=undelivered.alert, why="again", at=NOW)
    assert event.id == alert_undelivered(later).id
    assert event.data["receiver"] == "portal"
    assert event.data["event_type"] == "easgate.operation.held.v1"
    assert event.data["tenant_id"] == TENANT
    recorder = Recorder()
    recorder.publisher.alert_undelivered(undelivered)
    assert b"easgate.alert.undelivered.v1" in recorder.handed_over[0]
