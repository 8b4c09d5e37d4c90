"""What an MDM's address does with deliveries that are forged, old, broken, huge or strange."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.mdm import standard_webhooks_request
from infra.local.world import World, utc_now
from tests.e2e.asking import a_phone
from tests.e2e.looking import (
    QUEUES,
    done,
    events_about,
    finished,
    has_no_messages,
    messages_on,
    operation,
    rows,
    until,
)

REFUSED = {"title": "Unauthorized", "status": 401}
LIMIT = 256 * 1024
REPORT = json.dumps(
    {
        "type": "device.noncompliant",
        "timestamp": "2026-05-04T10:00:00Z",
        "data": {"mailbox": contoso.MAILBOX, "device_id": contoso.PHONE},
    }
).encode()


def genuine(world: World, body: bytes, *, message_id: str = "msg_genuine") -> httpx.Request:
    """Return a delivery with a good signature."""
    return standard_webhooks_request(
        f"{world.url}/api/mdm/{contoso.SENDER}",
        secrets=[world.webhook_secret],
        body=body,
        message_id=message_id,
        sent_at=utc_now(),
    )


def stored(world: World) -> tuple[int, int]:
    """Count all that a delivery could leave behind."""
    return len(rows(world, "journal")), messages_on(world, *QUEUES)


def test_an_unknown_sender_is_not_found(world: World, client: httpx.Client) -> None:
    request = genuine(world, REPORT)
    request.url = request.url.copy_with(path="/api/mdm/stranger")

    answer = client.send(request)

    assert answer.status_code == 404
    assert answer.json() == {"title": "Not Found", "status": 404}


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": None},
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": None},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "999999999999"},
        {"webhook-signature": None},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,not base64 at all"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-signature": " ".join(["v1,AAAA"] * 1000)},
    ],
    ids=str,
)
def test_a_delivery_without_three_good_headers_is_refused_without_detail(
    world: World, client: httpx.Client, changes: dict[str, str | None]
) -> None:
    request = genuine(world, REPORT)
    for name, value in changes.items():
        del request.headers[name]
        if value is not None:
            request.headers[name] = value
    before = stored(world)

    answer = client.send(request)

    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert stored(world) == before


def test_a_stale_a_future_a_forged_and_an_altered_delivery_are_refused_without_detail(
    world: World, client: httpx.Client
) -> None:
    mdm = world.mdm(client)
    before = stored(world)

    answers = [
        mdm.send_stale(REPORT),
        mdm.send_stale(REPORT, age=timedelta(minutes=-6)),
        mdm.send_forged(REPORT),
        mdm.send_altered(REPORT, REPORT.replace(b"noncompliant", b"compliant")),
        client.post(mdm.url, content=REPORT),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, REFUSED)] * 5
    assert stored(world) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'{"type": {}}',
        b'{"type": "device.noncompliant"}',
        REPORT.replace(b"2026-05-04T10:00:00Z", b"2026-05-04T10:00:00"),  # no offset
        REPORT.replace(b"2026-05-04T10:00:00Z", b"2026-02-30T10:00:00Z"),
        REPORT.replace(contoso.MAILBOX.encode(), b""),
        REPORT.replace(contoso.MAILBOX.encode(), b"a\\u0000b"),
        REPORT.replace(contoso.PHONE.encode(), b"P" * 257),
    ],
    ids=lambda body: body[:40].decode(errors="replace"),
)
def test_a_body_that_cannot_be_read_is_refused_without_detail_though_it_is_signed(
    world: World, client: httpx.Client, body: bytes
) -> None:
    before = stored(world)

    answer = client.send(genuine(world, body))

    assert (answer.status_code, answer.json()) == (400, {"title": "Bad Request", "status": 400})
    assert stored(world) == before


def test_a_body_of_more_than_256_kilobytes_is_too_large(world: World, client: httpx.Client) -> None:
    before = stored(world)

    answer = client.send(genuine(world, REPORT.ljust(LIMIT + 1)))

    assert answer.status_code == 413
    assert stored(world) == before


def test_a_body_of_just_256_kilobytes_is_taken(world: World, client: httpx.Client) -> None:
    a_phone(world, "large")
    body = REPORT.replace(contoso.MAILBOX.encode(), b"large@contoso.com")
    body = body.replace(contoso.PHONE.encode(), b"LARGE")

    answer = client.send(genuine(world, body.ljust(LIMIT), message_id="msg_large"))

    assert answer.status_code == 202
    until(lambda: done(world, client, answer.json()["operation_id"]), "the report is handled")
    until(lambda: has_no_messages(world), "its message is gone")


def test_an_unknown_event_type_is_acknowledged_and_starts_nothing(
    world: World, client: httpx.Client
) -> None:
    before = stored(world)

    answer = client.send(genuine(world, b'{"type": "device.renamed", "data": 1}'))

    assert answer.status_code == 202
    assert answer.json() == {"operation_id": None, "operation_ids": []}
    assert stored(world) == before


def test_a_delivery_id_used_again_for_another_body_is_abandoned_and_the_first_stands(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "twice")
    body = REPORT.replace(contoso.MAILBOX.encode(), b"twice@contoso.com")
    body = body.replace(contoso.PHONE.encode(), b"TWICE")
    first = client.send(genuine(world, body, message_id="msg_twice"))
    (operation_id,) = first.json()["operation_ids"]
    until(lambda: done(world, client, operation_id), "the first is handled")
    before = operation(world, client, operation_id)

    other = body.replace(b"noncompliant", b"compliant")
    answers = [client.send(genuine(world, each, message_id="msg_twice")) for each in (other, body)]
    until(lambda: abandoned(world, phone.device_id), "the other one is announced as given up")
    until(lambda: has_no_messages(world), "no message is left")

    assert [(each.status_code, each.json()) for each in answers] == [(202, first.json())] * 2
    (other_id,) = abandoned(world, phone.device_id)
    given_up = until(lambda: finished(world, client, other_id), "it is closed")
    assert (given_up["state"], given_up["asked"]) == ("abandoned", "compliant")
    assert "already stands for something else" in given_up["history"][-1]["note"]
    assert operation(world, client, operation_id) == before
    assert len({event["id"] for event in events_about(world, operation_id)}) == 1
    assert phone.access_state == "Blocked"


def abandoned(world: World, device_id: str) -> set[str]:
    """Return the operations on a device that were announced as given up."""
    told: list[dict[str, Any]] = [*world.topic.events]
    return {
        event["data"]["operation_id"]
        for event in told
        if event["type"] == "easgate.operation.abandoned.v1"
        and event["data"]["device_id"] == device_id
    }
