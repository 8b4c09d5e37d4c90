"""A webhook delivery is stored once it is answered, and queued once however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from shared.devices.model import Signal
from shared.errors import Conflict, Contended, Retryable, TooLarge, Unverified
from shared.flows import webhook_delivery
from shared.flows.webhook_delivery import BODY_LIMIT
from shared.records.deliveries import Deliveries
from tests.unit.builders import a_signal
from tests.unit.stand_ins import FakeClock, FakeQueue, FakeTable


@dataclass
class ADelivery:
    """What a sender sent."""

    delivery_id: str
    signal: Signal | None


@dataclass
class FakeSenders:
    """Says what was sent, or refuses."""

    delivery: ADelivery
    refusal: Exception | None = None

    def read(self, sender: str, headers: Mapping[str, str], body: bytes) -> ADelivery:
        """Return the delivery."""
        assert (sender, headers) == ("portal", {"webhook-id": "msg_1"}), body
        if self.refusal:
            raise self.refusal
        return self.delivery


@dataclass
class Door:
    """Where deliveries come in."""

    senders: FakeSenders
    table: FakeTable
    queue: FakeQueue

    def receive(self, body: bytes = b"{}") -> Signal | None:
        """Take one delivery in."""
        return webhook_delivery.receive(
            "portal",
            {"webhook-id": "msg_1"},
            body,
            senders=self.senders,
            deliveries=Deliveries(self.table, FakeClock()),
            queue=self.queue,
        )


@pytest.fixture
def door() -> Door:
    return Door(FakeSenders(ADelivery("msg_1", a_signal())), FakeTable(), FakeQueue())


def test_delivery_is_queued_before_it_is_answered(door: Door) -> None:
    """The answer names the signal that is on the queue."""
    assert door.receive() == a_signal()
    assert door.queue.signals == [a_signal()]


def test_repeated_delivery_is_answered_alike_and_queued_once(door: Door) -> None:
    """The sender's retries are answered like the first call."""
    assert [door.receive() for _ in range(3)] == [a_signal()] * 3
    assert door.queue.signals == [a_signal()]


def test_same_id_with_another_body_is_a_conflict(door: Door) -> None:
    """One of the two would be lost without a word."""
    door.receive(b"{}")
    with pytest.raises(Conflict):
        door.receive(b"{ }")
    assert len(door.queue.signals) == 1


def test_delivery_that_could_not_be_queued_is_queued_by_the_retry(door: Door) -> None:
    """It was noted, but never called stored."""
    door.queue.down = Retryable("Queue storage is busy")
    with pytest.raises(Retryable):
        door.receive()
    door.queue.down = None
    assert door.receive() == a_signal()
    assert door.queue.signals == [a_signal()]


def test_storage_down_is_not_answered_as_stored(door: Door) -> None:
    """Without the record nothing is queued: a repeat could not be told."""
    door.table.down = Retryable("Table storage is busy")
    with pytest.raises(Retryable):
        door.receive()
    assert door.queue.signals == []


def test_refused_delivery_leaves_no_trace(door: Door) -> None:
    """Strangers cannot fill our storage."""
    door.senders.refusal = Unverified("no signature matches")
    with pytest.raises(Unverified):
        door.receive()
    assert (door.queue.signals, door.table.rows) == ([], {})


def test_event_that_does_not_concern_us_leaves_no_trace(door: Door) -> None:
    """It is answered as taken and dropped."""
    door.senders.delivery.signal = None
    assert door.receive() is None
    assert (door.queue.signals, door.table.rows) == ([], {})


def test_body_over_the_limit_is_not_looked_at(door: Door) -> None:
    """A byte more than 256 KiB is refused before the signature is computed."""
    assert BODY_LIMIT == 262_144
    assert door.receive(b" " * BODY_LIMIT) == a_signal()
    door.senders.refusal = AssertionError("looked at")
    with pytest.raises(TooLarge):
        door.receive(b" " * (BODY_LIMIT + 1))


def test_ids_of_two_senders_do_not_meet() -> None:
    """Each sender's ids are its own."""
    deliveries = Deliveries(FakeTable(), FakeClock())
    assert not deliveries.is_queued("portal", "msg_1", b"a")
    assert not deliveries.is_queued("other", "msg_1", b"b")


def test_record_that_comes_and_goes_is_tried_again() -> None:
    """Somebody cleans up storage while we look: that passes."""
    table = FakeTable()
    deliveries = Deliveries(table, FakeClock())
    deliveries.is_queued("portal", "msg_1", b"a")
    table.rows.clear()
    with pytest.raises(Contended):
        deliveries.queued("portal", "msg_1")
