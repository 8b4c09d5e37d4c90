"""Several words of senders in one queue message: each has a fate of its own."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from functions import queues
from shared import messages, sender_messages
from shared.devices.model import Signal
from shared.errors import Retryable
from shared.messages import SIGNALS
from shared.sender_messages import BUNDLE_LIMIT, BUNDLED, write_signal
from tests.unit.app_world import Deployment, Message
from tests.unit.builders import NOW, a_device, a_newer_signal, a_signal

OTHER = a_newer_signal(device_id="OTHER")
BOTH = b"[%s,%s]" % (write_signal(a_signal()), write_signal(OTHER))


@pytest.fixture
def app() -> Deployment:
    app = Deployment()
    app.world.exchange.devices.append(a_device(device_id="OTHER", guid="other"))
    return app


def deliver(app: Deployment, body: bytes) -> None:
    """Let the host deliver a message."""
    with app.running():
        queues.on_device_signal(Message(body))


def test_each_word_is_carried_out(app: Deployment) -> None:
    """As if it had come alone."""
    deliver(app, BOTH)
    assert [each.on_blocked_list for each in app.world.exchange.devices] == [True, True]
    assert app.world.events.types == ["device.access_changed"] * 2


def test_words_that_must_wait_wait_alone(app: Deployment) -> None:
    """With the patience of each."""
    app.world.exchange.down = Retryable("Exchange is busy", after=timedelta(minutes=7))
    deliver(app, BOTH)
    assert [body for _, body, _ in app.queue.back] == [
        write_signal(a_signal()),
        write_signal(OTHER),
    ]


@pytest.mark.parametrize(
    "bad", [b"{}", b"7", b'{"schema": "easgate.signal.v1"}', b'"x"', b"[]", b"null"]
)
def test_unreadable_word_is_given_up_and_takes_no_other_with_it(
    app: Deployment, bad: bytes
) -> None:
    """Announced, once, however often the message is delivered."""
    for _ in range(2):
        deliver(app, b"[%s,%s]" % (bad, write_signal(OTHER)))
    assert app.world.events.types == ["operation.abandoned", "device.access_changed"]


def test_words_that_are_poison_together_are_tried_alone(app: Deployment) -> None:
    """One may have killed its worker each time: the others must not be given up for it."""
    with app.running():
        queues.on_poison_signal(Message(BOTH))
    alone = [write_signal(a_signal()), write_signal(OTHER)]
    assert app.queue.back == [(SIGNALS, word, None) for word in alone]
    assert app.world.events.types == []
    with app.running():
        queues.on_poison_signal(Message(alone[0]))
    assert app.world.events.types == ["operation.abandoned"]


def buggy() -> None:
    """Fail as nobody expects."""
    raise ZeroDivisionError


def test_bug_that_meets_one_word_leaves_the_others_alone(app: Deployment) -> None:
    """The word goes on alone, and then fails as it must: it is poison in the end."""
    app.world.exchange.before_find = buggy
    deliver(app, BOTH)
    assert [each.on_blocked_list for each in app.world.exchange.devices] == [False, True]
    assert app.queue.back == [(SIGNALS, write_signal(a_signal()), None)]
    app.world.exchange.before_find = buggy
    with pytest.raises(ZeroDivisionError):
        deliver(app, app.queue.back[0][1])


def bundles(words: list[Signal]) -> list[list[Signal]]:
    """Return the words of each message."""
    sent = sender_messages.bundled([sender_messages.write_word(word) for word in words])
    assert all(len(each) * 4 / 3 <= 64 * 1024 for each in sent)  # what a queue takes, in base64
    return [[sender_messages.read_signal(one) for one in sender_messages.each(e)] for e in sent]


def test_words_are_bundled_in_their_order_as_far_as_they_fit() -> None:
    """None is lost, and no message is larger than a queue takes."""
    few = [replace(a_signal(), occurred_at=NOW - timedelta(seconds=at)) for at in range(BUNDLED)]
    assert bundles(few) == [few]
    many = [few[at % BUNDLED] for at in range(3 * BUNDLED + 1)]
    assert [one for bundle in bundles(many) for one in bundle] == many
    large = [replace(each, mailbox="m" * 320, verified_by="v" * 900) for each in many]
    assert [one for bundle in bundles(large) for one in bundle] == large
    assert sender_messages.bundled([]) == []


def test_word_alone_is_written_as_it_always_was() -> None:
    """So that those who read the queue need not know of bundles."""
    (alone,) = sender_messages.bundled([sender_messages.write_word(a_signal())])
    assert json.loads(alone)["schema"] == "easgate.signal.v1"
    assert sender_messages.each(alone) == [alone]
    assert messages.content(BOTH) == BOTH
    assert BUNDLE_LIMIT * 4 / 3 <= 64 * 1024
