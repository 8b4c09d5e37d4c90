"""What becomes of a queue message, whatever becomes of its story."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from functions import queues
from shared import messages, sender_messages
from shared.devices.model import Action, Posture
from shared.devices.operation import State
from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from shared.messages import COMMANDS, SIGNALS
from tests.unit.app_world import Deployment, Message
from tests.unit.builders import NOW, TENANT, a_command, a_device, a_signal
from tests.unit.stand_ins import ids

COMMAND = messages.write_command(a_command())
SIGNAL = sender_messages.write_signal(a_signal())
Trigger = Callable[[Message], object]
ON_SIGNAL: Trigger = queues.on_device_signal
ON_COMMAND: Trigger = queues.on_device_command
TRIGGERS = [(ON_SIGNAL, SIGNALS, SIGNAL), (ON_COMMAND, COMMANDS, COMMAND)]
POISON: list[tuple[Trigger, str, bytes]] = [
    (queues.on_poison_signal, SIGNALS + "-poison", SIGNAL),
    (queues.on_poison_command, COMMANDS + "-poison", COMMAND),
]


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def deliver(app: Deployment, trigger: Trigger, body: bytes) -> None:
    """Let the host deliver a message; a function that returns something fails in the worker."""
    with app.running():
        assert trigger(Message(body)) is None


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_message_is_carried_out(app: Deployment, trigger: Trigger, queue: str, body: bytes) -> None:
    """And is then gone from its queue."""
    deliver(app, trigger, body)
    assert app.world.exchange.device.on_blocked_list
    assert app.world.events.types == ["device.access_changed"]
    assert app.queue.back == [], queue


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
@pytest.mark.parametrize("after", [None, timedelta(minutes=7)])
def test_message_that_must_wait_is_put_back(
    app: Deployment, trigger: Trigger, queue: str, body: bytes, after: timedelta | None
) -> None:
    """With the wait the other side asked for; nothing is announced."""
    app.world.exchange.down = Retryable("Exchange is busy", after=after)
    deliver(app, trigger, body)
    assert app.queue.back == [(queue, body, after)]
    assert app.world.events.sent == []


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_message_that_waited_too_long_is_given_up(
    app: Deployment, trigger: Trigger, queue: str, body: bytes
) -> None:
    """Recorded and announced with the reason."""
    app.world.exchange.down = Retryable("Exchange is busy")
    app.queue.has_patience = False
    deliver(app, trigger, body)
    assert app.world.events.types == ["operation.abandoned"], queue
    reason = app.world.events.sent[0].data["reason"]
    assert reason == "given up after seven days: Exchange is busy"


REFUSALS: list[Failure] = [NotFound("no such mailbox"), Rejected("outside the write scope")]


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_message_that_cannot_be_carried_out_is_given_up(
    app: Deployment, trigger: Trigger, queue: str, body: bytes, refusal: Failure
) -> None:
    """With the reason, once; and not put back."""
    app.world.exchange.down = refusal
    for _ in range(2):
        deliver(app, trigger, body)
    assert app.world.events.types == ["operation.abandoned"]
    assert app.world.events.sent[0].data["reason"] == str(refusal)
    assert app.queue.back == [], queue


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_what_an_administrator_must_change_is_waited_out_with_an_alarm(
    app: Deployment, trigger: Trigger, queue: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says which message waits for what; nothing is given up, and nothing is lost."""
    app.world.exchange.down = Misconfigured("no role group")
    deliver(app, trigger, body)
    assert app.queue.back == [(queue, body, None)]
    assert app.world.events.sent == []
    (alarm,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    operation_id = messages.asked(body, app.world.clock()).operation_id
    assert "no role group" in alarm.getMessage()
    assert operation_id in alarm.getMessage()
    operation = app.world.operation(operation_id)
    assert (operation.state, operation.history[-1].note) == (State.WAITING, "no role group")


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_message_goes_on_by_itself_once_it_is_mended(
    app: Deployment, trigger: Trigger, queue: str, body: bytes
) -> None:
    """Nobody has to send it again."""
    app.world.exchange.down = Misconfigured("no role group")
    deliver(app, trigger, body)
    app.world.exchange.down = None
    deliver(app, trigger, app.queue.back[0][1])
    assert app.world.exchange.device.on_blocked_list
    assert app.world.events.types == ["device.access_changed"], queue


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_passing_trouble_raises_no_alarm(
    app: Deployment, trigger: Trigger, queue: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """An administrator cannot do anything about it."""
    app.world.exchange.down = Retryable("Exchange is busy")
    deliver(app, trigger, body)
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == [], queue


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_what_nobody_mends_for_a_week_is_given_up(
    app: Deployment, trigger: Trigger, queue: str, body: bytes
) -> None:
    """Recorded and announced with the reason."""
    app.world.exchange.down = Misconfigured("no role group")
    app.queue.has_patience = False
    deliver(app, trigger, body)
    assert app.world.events.types == ["operation.abandoned"], queue
    reason = app.world.events.sent[0].data["reason"]
    assert reason == "given up after seven days: no role group"


def changed(**fields: object) -> bytes:
    """Return the order with other fields."""
    return json.dumps({**json.loads(COMMAND), **fields}).encode()


UNREADABLE = [
    changed(action="explode"),
    changed(dry_run=True),
    b"",
    b"\xff\xfe",
    b"null",
    b"[" * 50_000,
    COMMAND[:-1],
]


@pytest.mark.parametrize("trigger", [ON_SIGNAL, ON_COMMAND, *(each for each, *_ in POISON)])
@pytest.mark.parametrize("body", UNREADABLE)
def test_unreadable_message_is_given_up_and_announced_once(
    app: Deployment, trigger: Trigger, body: bytes
) -> None:
    """Nothing that others write on the queue makes the function fail."""
    for _ in range(2):
        deliver(app, trigger, body)
    assert app.world.events.types == ["operation.abandoned"]
    assert app.world.exchange.applied == []


def test_unreadable_order_does_not_close_the_order_whose_id_it_carries(app: Deployment) -> None:
    """The good order is carried out after all."""
    deliver(app, ON_COMMAND, changed(action="explode"))
    deliver(app, ON_COMMAND, COMMAND)
    assert app.world.events.types == ["operation.abandoned", "device.access_changed"]
    assert app.world.events.sent[0].data["asked"] == "explode"


def test_conflicting_order_is_given_up_and_the_first_carried_out(app: Deployment) -> None:
    """Under the same id came two orders."""
    first = messages.write_command(a_command(action=Action.ALLOW))
    app.world.exchange.down = Retryable("busy")
    deliver(app, ON_COMMAND, first)
    app.world.exchange.down = None
    deliver(app, ON_COMMAND, COMMAND)
    deliver(app, ON_COMMAND, first)
    assert app.world.events.types == ["operation.abandoned", "device.access_changed"]
    assert app.world.exchange.device.on_allowed_list


def test_order_of_a_tenant_not_served_here_is_given_up(app: Deployment) -> None:
    """Nobody else's devices are touched."""
    other = changed(tenant_id="99999999-0000-4000-8000-000000000009")
    deliver(app, ON_COMMAND, other)
    assert app.world.events.types == ["operation.abandoned"]
    assert "is not served here" in str(app.world.events.sent[0].data["reason"])
    assert app.world.exchange.applied == []


def test_giving_up_that_must_wait_is_put_back_and_told_once(app: Deployment) -> None:
    """The event topic is down just then: nothing is lost, and one id is used."""
    body = changed(action="explode")
    app.world.events.down = Retryable("the event topic is busy")
    deliver(app, ON_COMMAND, body)
    assert app.queue.back == [(COMMANDS, body, None)]
    app.world.events.down = None
    deliver(app, ON_COMMAND, messages.put_off(body, app.world.clock()))
    deliver(app, ON_COMMAND, messages.put_off(body, app.world.clock()))
    assert len(ids(app.world.events.sent)) == 1
    assert len({key.rpartition(":")[2] for _, key in app.world.journal_table.rows}) == 1


@pytest.mark.parametrize(("trigger", "queue", "body"), TRIGGERS)
def test_message_is_not_lost_when_it_cannot_even_be_put_back(
    app: Deployment, trigger: Trigger, queue: str, body: bytes
) -> None:
    """The function fails, and the host delivers again."""
    app.world.exchange.down = Retryable("Exchange is busy")
    app.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable, match="Queue storage"):
        deliver(app, trigger, body)
    assert queue


def test_event_that_the_topic_refuses_is_the_administrators_business(
    app: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """Giving up cannot be given up: it waits with an alarm, and is told in the end."""
    app.world.exchange.down = NotFound("no such mailbox")
    app.world.events.down = Rejected("the event topic refused it")
    deliver(app, ON_COMMAND, COMMAND)
    assert app.queue.back == [(COMMANDS, COMMAND, None)]
    assert any(
        each.levelno == logging.ERROR and "refused" in each.getMessage() for each in caplog.records
    )
    operation = app.world.operation(a_command().command_id)
    assert (operation.is_finished, operation.history[-1].note) == (False, "no such mailbox")

    app.world.events.down = None
    deliver(app, ON_COMMAND, COMMAND)
    assert app.world.events.types == ["operation.abandoned"]


def test_conflicting_report_is_given_up_and_the_first_stands(app: Deployment) -> None:
    """Under the same id came two reports."""
    deliver(app, ON_SIGNAL, SIGNAL)
    for _ in range(2):
        deliver(app, ON_SIGNAL, sender_messages.write_signal(a_signal(posture=Posture.COMPLIANT)))
    assert app.world.events.types == ["device.access_changed", "operation.abandoned"]
    assert app.world.exchange.device.on_blocked_list


@pytest.mark.parametrize("down", [Retryable("Exchange is busy"), Misconfigured("no role group")])
def test_wipe_of_unknown_outcome_is_given_up_as_such(app: Deployment, down: Failure) -> None:
    """Whoever reads that it was given up must look at the device."""
    body = messages.write_command(a_command(action=Action.WIPE_ACCOUNT))
    app.world.journal_table.down_after = (
        6  # opened, planned, attempted, with their rows in the list
    )
    deliver(app, ON_COMMAND, body)
    app.world.journal_table.down_after = None
    app.world.exchange.down = down
    app.queue.has_patience = False
    deliver(app, ON_COMMAND, body)
    assert app.world.events.types == ["operation.abandoned"]
    reason = str(app.world.events.sent[0].data["reason"])
    assert str(down) in reason
    assert "whether the wipe was requested is not known" in reason


@pytest.mark.parametrize(("trigger", "queue", "body"), POISON)
def test_poison_is_recorded_and_announced(
    app: Deployment, trigger: Trigger, queue: str, body: bytes
) -> None:
    """What failed again and again ends where it can be seen."""
    deliver(app, trigger, body)
    assert app.world.events.types == ["operation.abandoned"]
    assert "failed on every attempt" in str(app.world.events.sent[0].data["reason"])
    assert app.world.exchange.applied == [], queue


def test_poison_that_was_carried_out_after_all_is_left_alone(app: Deployment) -> None:
    """It failed only after everything was done."""
    deliver(app, ON_COMMAND, COMMAND)
    deliver(app, queues.on_poison_command, COMMAND)
    assert app.world.operation(a_command().command_id).state is State.DONE
    assert app.world.events.types == ["device.access_changed"]


@pytest.mark.parametrize(("trigger", "queue", "body"), POISON)
@pytest.mark.parametrize(
    ("trouble", "after"),
    [
        (Retryable("busy", after=timedelta(minutes=1)), timedelta(minutes=15)),
        (Retryable("busy", after=timedelta(hours=1)), timedelta(hours=1)),
        (Misconfigured("no role on the topic"), timedelta(minutes=15)),
        (Rejected("the event topic refused it"), timedelta(minutes=15)),
    ],
)
def test_poison_that_cannot_be_buried_is_put_back(
    app: Deployment,
    trigger: Trigger,
    queue: str,
    body: bytes,
    trouble: Failure,
    after: timedelta | None,
) -> None:
    """A poison queue has no poison queue of its own; its patience starts afresh each time."""
    app.world.events.down = trouble
    deliver(app, trigger, messages.put_off(body, NOW))
    ((where, back, when),) = app.queue.back
    assert (where, when) == (queue, after)
    assert messages.waiting(back) == messages.Waiting()
    assert messages.asked(back, NOW).operation_id == messages.asked(body, NOW).operation_id


def test_lost_device_is_wiped_once_however_often_its_report_comes(app: Deployment) -> None:
    """The whole way from the queue."""
    body = sender_messages.write_signal(a_signal(posture=Posture.LOST))
    for _ in range(3):
        deliver(app, ON_SIGNAL, body)
    assert len(app.world.exchange.wiped) == 1
    assert app.world.events.types == ["device.wipe_requested"]


def test_wipe_is_put_back_until_its_device_confirms(app: Deployment) -> None:
    """For as long as it asks for, and with its patience whole: nothing has gone wrong."""
    body = messages.write_command(a_command(action=Action.WIPE_ACCOUNT))
    deliver(app, ON_COMMAND, body)
    assert app.queue.back == [(COMMANDS, body, timedelta(seconds=30))]
    app.world.exchange.confirm()
    deliver(app, ON_COMMAND, body)
    assert len(app.queue.back) == 1
    assert app.world.events.types == ["device.wipe_requested", "device.wipe_acknowledged"]


@pytest.mark.parametrize("trigger", [ON_COMMAND, queues.on_poison_command])
def test_wipe_that_nobody_could_look_after_is_told_as_requested(
    app: Deployment, trigger: Trigger
) -> None:
    """Exchange was out of reach for a week, or every look failed: it is not given up for that."""
    body = messages.write_command(a_command(action=Action.WIPE_ACCOUNT))
    deliver(app, ON_COMMAND, body)
    app.world.exchange.down = Retryable("Exchange is busy")
    app.queue.has_patience = False
    deliver(app, trigger, body)
    operation = app.world.operation(a_command().command_id)
    assert operation.state is State.DONE
    assert "the device was not seen to confirm the wipe" in operation.history[-1].note
    assert set(app.world.events.types) == {"device.wipe_requested", "device.wipe_unconfirmed"}


def test_report_on_a_device_exchange_does_not_know_is_given_up(app: Deployment) -> None:
    """Announced with the reason."""
    app.world.exchange.devices = [a_device(device_id="OTHER")]
    deliver(app, ON_SIGNAL, SIGNAL)
    assert app.world.operation(a_signal().signal_id).state is State.ABANDONED
    assert app.world.events.sent[0].data["tenant_id"] == TENANT
