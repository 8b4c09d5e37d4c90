"""What becomes of queue messages that nobody can carry out: recorded, announced, gone."""

import json
import uuid
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.world import World
from tests.e2e.asking import Order, an_order
from tests.e2e.looking import POISON, QUEUES, messages_on, operation, rows, until

ABANDONED = "easgate.operation.abandoned.v1"
SIGNAL: Order = {
    "schema": "easgate.signal.v1",
    "signal_id": "8a3b9e10-5d0c-4f7e-9a44-0d6f1c2b3a4d",
    "tenant_id": contoso.TENANT_ID,
    "sender": contoso.SENDER,
    "trust": "full",
    "posture": "noncompliant",
    "mailbox": contoso.MAILBOX,
    "device_id": contoso.PHONE,
    "occurred_at": "2026-05-04T10:00:00Z",
}


def given_up(world: World, queue: str, text: str) -> dict[str, Any]:
    """Put a message on a queue, and return what the event says that it leads to."""
    before = len(world.topic.events)
    world.put(queue, text)
    return announced(world, before)


def announced(world: World, before: int) -> dict[str, Any]:
    """Return the one event that comes; by then no queue may hold anything."""
    until(lambda: len(world.topic.events) > before, "an event")
    until(lambda: not messages_on(world, *QUEUES, *POISON), "no message is left")
    (event,) = world.topic.events[before:]
    assert event["type"] == ABANDONED
    data: Any = event["data"]
    assert isinstance(data, dict)
    (row,) = [row for row in rows(world, "journal") if row["RowKey"] == data["operation_id"]]
    assert row["state"] == "abandoned"
    assert json.loads(row["history"])[-1]["note"] == data["reason"]
    return data


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("text", ["not json {}", '{{"unfinished": "{}', '["{}"]', '"{}"'])
def test_a_message_that_is_no_order_at_all_is_abandoned(
    world: World, client: httpx.Client, queue: str, text: str
) -> None:
    found = given_up(world, queue, text.format(uuid.uuid4()))  # the same again would be no news

    assert "documented shape" in found["reason"]
    assert operation(world, client, found["operation_id"])["state"] == "abandoned"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"action": "explode"}, "explode"),
        ({"force": True}, "force"),
        ({"tenant_id": 7}, "tenant_id"),
        ({"command_id": None}, "command_id"),
        ({"id": "another message's"}, "id"),
        ({"queueTrigger": {"a": 1}}, "queueTrigger"),
        ({"dequeueCount": 7}, "dequeueCount"),
        ({"popReceipt": "forged"}, "popReceipt"),
    ],
    ids=str,
)
def test_an_order_that_is_not_as_documented_is_abandoned_and_says_where(
    world: World, client: httpx.Client, changes: Order, named: str
) -> None:
    found = given_up(world, "device-commands", json.dumps(an_order(world.phone, "block") | changes))

    assert named in found["reason"]
    assert found["mailbox"] == contoso.MAILBOX
    assert operation(world, client, found["operation_id"])["state"] == "abandoned"


def test_an_order_for_a_tenant_that_is_not_served_is_abandoned(
    world: World, client: httpx.Client
) -> None:
    order = an_order(world.phone, "block", tenant_id=str(uuid.uuid4()))

    found = given_up(world, "device-commands", json.dumps(order))

    assert f"tenant {order['tenant_id']} is not served here" in found["reason"]
    assert operation(world, client, found["operation_id"])["state"] == "abandoned"
    assert world.phone.access_state == "Allowed"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mailbox": "nobody@contoso.com"}, "no mailbox nobody@contoso.com"),
        ({"mailbox": "' or 1 -eq 1"}, "no mailbox ' or 1 -eq 1"),
        ({"mailbox": " "}, "must be named"),
        ({"device_id": "NOPHONE"}, "has no device NOPHONE"),
        ({"device_id": "*"}, "has no device *"),
    ],
    ids=str,
)
def test_what_names_no_mailbox_or_device_of_exchange_is_abandoned(
    world: World, client: httpx.Client, changes: Order, said: str
) -> None:
    order = an_order(world.phone, "block") | changes
    signal = SIGNAL | {"signal_id": str(uuid.uuid4())} | changes

    for queue, message, name in (
        ("device-signals", signal, "signal_id"),  # the older word, so it goes first
        ("device-commands", order, "command_id"),
    ):
        found = given_up(world, queue, json.dumps(message))
        assert said in found["reason"]
        assert found["operation_id"] == message[name]
        assert operation(world, client, found["operation_id"])["state"] == "abandoned"
    assert world.phone.access_state == "Allowed"
