"""What the app does with orders that are wrong, too long, unauthorized, or sent again."""

import uuid

import httpx
import pytest

from infra.local.world import World
from tests.e2e.asking import a_phone, an_order, get, post
from tests.e2e.looking import (
    QUEUES,
    carried_out_by_exchange,
    done,
    has_no_messages,
    messages_on,
    rows,
    until,
)

LIMIT = 48 * 1024
NOBODYS = "0b0e1c5e-3f6c-4f0e-9a7d-6f1d2c3b4a59"  # a GUID of nothing that there is


def stored(world: World) -> tuple[int, int]:
    """Count all that an order could leave behind."""
    return len(rows(world, "journal")), messages_on(world, *QUEUES)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"action": "explode"}, "action"),
        ({"action": None}, "action"),
        ({"force": True}, "force"),
        ({"schema": "easgate.command.v2"}, "schema"),
        ({"command_id": "42"}, "command_id"),
        ({"tenant_id": "contoso"}, "tenant_id"),
        ({"mailbox": ""}, "mailbox"),
        ({"mailbox": "adele@contoso.com\n"}, "mailbox"),
        ({"device_id": ["ApplDMPW1234ABCD"]}, "device_id"),
        ({"requested_by": ""}, "requested_by"),
        ({"reason": "x" * 1001}, "reason"),
    ],
    ids=str,
)
def test_an_order_that_is_not_as_documented_is_refused_and_told_where(
    world: World, client: httpx.Client, changes: dict[str, object], named: str
) -> None:
    before = stored(world)

    answer = post(world, client, "commands", an_order(world.phone, "block") | changes)

    assert answer.status_code == 400
    assert named in answer.json()["detail"]
    assert stored(world) == before


def test_an_order_for_a_tenant_that_is_not_served_is_refused(
    world: World, client: httpx.Client
) -> None:
    stranger = str(uuid.uuid4())
    before = stored(world)

    answer = post(world, client, "commands", an_order(world.phone, "block", tenant_id=stranger))

    assert answer.status_code == 400
    assert f"{stranger} is not served here" in answer.json()["detail"]
    assert stored(world) == before


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[]", b"[" * 40_000])
def test_an_order_that_is_no_json_object_is_refused(
    world: World, client: httpx.Client, body: bytes
) -> None:
    key = {"x-functions-key": world.function_key}
    before = stored(world)

    answer = client.post(f"{world.url}/api/commands", content=body, headers=key)

    assert answer.status_code == 400
    assert stored(world) == before


def test_an_order_that_a_queue_could_not_hold_is_too_large(
    world: World, client: httpx.Client
) -> None:
    before = stored(world)

    answer = post(world, client, "commands", an_order(world.phone, "block", reason="x" * LIMIT))

    assert answer.status_code == 413
    assert stored(world) == before


@pytest.mark.parametrize("key", [None, "", "guessed"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "commands"),
        ("GET", f"operations/{NOBODYS}"),
        ("GET", "certificate"),
        ("POST", "certificate/validate"),
        ("GET", "health/dependencies"),
    ],
)
def test_nobody_gets_in_without_the_key(
    world: World, client: httpx.Client, method: str, path: str, key: str | None
) -> None:
    before = stored(world)

    answer = client.request(
        method,
        f"{world.url}/api/{path}",
        json=an_order(world.phone, "block"),
        headers={} if key is None else {"x-functions-key": key},
    )

    assert (answer.status_code, answer.content) == (401, b"")
    assert stored(world) == before


@pytest.mark.parametrize(
    "path",
    ["operations/42", "operations/..%2F..", f"operations/{NOBODYS}", "operations/%00"],
)
def test_an_operation_nobody_ordered_is_not_found(
    world: World, client: httpx.Client, path: str
) -> None:
    assert get(world, client, path).status_code == 404


@pytest.mark.parametrize("tenant", ["contoso", "%27%20or%201", NOBODYS])
def test_a_question_about_a_tenant_that_is_not_served_is_refused(
    world: World, client: httpx.Client, tenant: str
) -> None:
    assert get(world, client, f"certificate?tenant_id={tenant}").status_code == 400
    operation = get(world, client, f"operations/{NOBODYS}?tenant_id={tenant}")
    assert operation.status_code in {400, 404}


def test_the_same_order_again_is_the_same_operation_and_is_carried_out_once(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "again")
    order = an_order(phone, "block")

    answers = [post(world, client, "commands", order)]
    until(lambda: done(world, client, str(order["command_id"])), "the order is carried out")
    answers += [post(world, client, "commands", order) for _ in range(2)]

    until(lambda: has_no_messages(world), "all messages are handled")
    assert [answer.status_code for answer in answers] == [202] * 3
    assert {answer.json()["operation_id"] for answer in answers} == {order["command_id"]}
    location = f"/api/operations/{order['command_id']}"
    assert {answer.headers["Location"] for answer in answers} == {location}
    assert carried_out_by_exchange(world, "Set-CASMailbox", phone) == 1


@pytest.mark.parametrize("changes", [{"action": "allow"}, {"device_id": "OTHER"}], ids=str)
def test_an_order_under_a_used_id_is_a_conflict_and_changes_nothing(
    world: World, client: httpx.Client, changes: dict[str, object]
) -> None:
    phone = a_phone(world, f"used{next(iter(changes))}")
    order = an_order(phone, "block")
    post(world, client, "commands", order)

    answer = post(world, client, "commands", order | changes)

    assert answer.status_code == 409
    assert "new command_id" in answer.json()["detail"]
    until(lambda: done(world, client, str(order["command_id"])), "the first is carried out")
    assert phone.access_state == "Blocked"
