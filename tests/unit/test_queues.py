"""How long a message waits, how it is put back, and when patience ends."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError

from shared import inventory_messages, messages, sender_messages
from shared.devices.inventory import Scope
from shared.devices.inventory_order import RunOrder
from shared.queues import LONGEST_DELAY, PATIENCE, Queues
from tests.unit.builders import NOW, TENANT, a_command, a_signal
from tests.unit.stand_ins import FakeClock

if TYPE_CHECKING:
    from azure.storage.queue import QueueServiceClient

COMMAND = messages.write_command(a_command())


@dataclass
class FakeQueueStorage:
    """A storage account's queues; they have to be made before they take anything."""

    made: set[str] = field(default_factory=set)
    sent: list[tuple[str, bytes, int]] = field(default_factory=list)

    def get_queue_client(self, queue: str, **_: object) -> "_Queue":
        """Return one queue's client."""
        return _Queue(self, queue)


@dataclass
class _Queue:
    account: FakeQueueStorage
    name: str

    def send_message(self, content: str | bytes, visibility_timeout: int) -> None:
        if self.name not in self.account.made:
            raise ResourceNotFoundError("the queue does not exist")
        body = content.encode() if isinstance(content, str) else content
        self.account.sent.append((self.name, body, visibility_timeout))

    def create_queue(self) -> None:
        self.account.made.add(self.name)


@pytest.fixture
def storage() -> FakeQueueStorage:
    return FakeQueueStorage()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def queues(storage: FakeQueueStorage, clock: FakeClock) -> Queues:
    return Queues(cast("QueueServiceClient", storage), clock)


def test_message_is_sent_even_if_its_queue_is_missing(
    queues: Queues, storage: FakeQueueStorage
) -> None:
    """The first message makes the queue; it is visible at once."""
    queues.put_words([a_signal()])
    queues.put_command(a_command())
    assert [(queue, delay) for queue, _, delay in storage.sent] == [
        ("device-signals", 0),
        ("device-commands", 0),
    ]
    assert sender_messages.read_signal(storage.sent[0][1]) == a_signal()
    assert messages.read_command(storage.sent[1][1]) == a_command()


def test_run_of_an_inventory_is_seen_after_a_while(
    queues: Queues, storage: FakeQueueStorage
) -> None:
    """The message says which run; how far it is stands in its record."""
    order = RunOrder(tenant_id=TENANT, run_id=a_command().command_id, scope=Scope.CHANGES)
    queues.put_run(order, timedelta(minutes=3))
    ((queue, body, delay),) = storage.sent
    assert (queue, delay) == ("inventory-pages", 180)
    assert inventory_messages.read(body) == order
    assert messages.named(body) == f"{order.run_id} of tenant {TENANT}"
    assert messages.asked(body, NOW).operation_id == order.run_id


def delays(queues: Queues, storage: FakeQueueStorage, after: timedelta | None) -> list[int]:
    """Return the delays of one message put back again and again."""
    body = COMMAND
    for _ in range(14):
        assert queues.put_back("device-commands", body, after)
        body = storage.sent[-1][1]
    assert json.loads(body)["attempt"] == 14
    return [delay for _, _, delay in storage.sent]


def test_waits_grow_to_a_limit(queues: Queues, storage: FakeQueueStorage) -> None:
    """From seconds to a quarter of an hour, each spread by up to a fifth."""
    found = delays(queues, storage, None)
    assert 5 <= found[0] <= 6
    assert all(earlier < later for earlier, later in pairwise(found[:7]))
    longest = LONGEST_DELAY.total_seconds()
    assert all(longest <= delay <= longest * 1.2 for delay in found[-5:])


def test_wait_the_other_side_asked_for_is_kept(queues: Queues, storage: FakeQueueStorage) -> None:
    """Never sooner, whatever our own delay is; never longer than a queue can hold a message."""
    assert all(delay >= 3600 for delay in delays(queues, storage, timedelta(hours=1)))
    queues.put_back("device-commands", COMMAND, timedelta(days=30))
    assert storage.sent[-1][2] == PATIENCE.total_seconds()


def test_patience_ends_after_seven_days(
    queues: Queues, storage: FakeQueueStorage, clock: FakeClock
) -> None:
    """At 168 hours the message still waits; after them it is given up, and not sent."""
    queues.put_back("device-commands", COMMAND, None)
    waiting = storage.sent[-1][1]
    clock.now = NOW + timedelta(hours=168)
    assert queues.put_back("device-commands", waiting, None)
    clock.now += timedelta(seconds=1)
    sent = len(storage.sent)
    assert not queues.put_back("device-commands", waiting, None)
    assert len(storage.sent) == sent


def test_wait_that_starts_in_the_future_ends_too(
    queues: Queues, storage: FakeQueueStorage, clock: FakeClock
) -> None:
    """Whoever wrote the message cannot make it wait for ever."""
    fields = {**json.loads(COMMAND), "waiting_since": "2999-01-01T00:00:00Z"}
    body = json.dumps(fields).encode()
    for _ in range(10):
        if not queues.put_back("device-commands", body, None):
            return
        body = storage.sent[-1][1]
        clock.advance(timedelta(days=2))
    pytest.fail("still waiting after twenty days")


def test_unreadable_message_is_put_back_byte_for_byte(
    queues: Queues, storage: FakeQueueStorage
) -> None:
    """Its id derives from its bytes: changed, it would be recorded a second time."""
    queues.put_back("device-commands", b"\xff\xfe", None)
    assert storage.sent[-1][1] == b"\xff\xfe"
