"""Batches: ten at most, each item by itself, matched by id."""

from typing import Any

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import BATCH
from tests.contract.exchange_world import ANCHOR, BASE, TENANT_ID, World, amend, body_of

GET = "Get-AcceptedDomain"


def test_each_item_has_its_own_id_status_headers_and_body() -> None:
    world = World()

    replies = world.replies(
        world.item("a", GET), world.item("b", "Get-MobileDevice", {"Identity": "x"})
    )

    assert {key: reply["status"] for key, reply in replies.items()} == {"a": 200, "b": 404}
    assert len(replies["a"]["body"]["value"]) == 2
    assert replies["b"]["body"]["error"]["code"] == "NotFound"
    assert replies["a"]["headers"]["OData-Version"] == "4.0"
    assert [call.cmdlet for call in world.exchange.calls] == [GET, "Get-MobileDevice"]


def test_the_order_of_replies_is_not_that_of_requests() -> None:
    world = World()
    keys = [str(number) for number in range(10)]

    replies = list(world.replies(*(world.item(key, GET) for key in keys)))

    assert sorted(replies) == keys
    assert replies != keys


@pytest.mark.parametrize("count", [0, 11])
def test_a_batch_holds_one_to_ten(count: int) -> None:
    world = World()

    response = world.batch(*(world.item(str(number), GET) for number in range(count)))

    assert response.status_code == 400
    assert world.exchange.calls == []


@pytest.mark.parametrize(
    "changed",
    [
        {"id": 1},
        {"id": ""},
        {"method": "GET"},
        {"url": f"/adminapi/beta/{TENANT_ID}/InvokeCommand"},
        {"url": f"https://elsewhere.example/adminapi/beta/{TENANT_ID}/InvokeCommand"},
        {"url": f"{BASE}/adminapi/beta/{TENANT_ID}/$batch"},
        {"url": f"{BASE}/adminapi/v1.0/{TENANT_ID}/InvokeCommand"},
        {"headers": None},
        {"atomicityGroup": "g"},
    ],
)
def test_an_item_of_another_shape_spoils_the_batch(changed: dict[str, Any]) -> None:
    world = World()

    assert world.batch(world.item("a", GET, **changed)).status_code == 400
    assert world.exchange.calls == []


def test_ids_are_not_used_twice() -> None:
    world = World()

    assert world.batch(world.item("a", GET), world.item("a", GET)).status_code == 400


def test_an_item_brings_its_own_token() -> None:
    world = World()
    bare = world.item("a", GET, headers={"Content-Type": "application/json"})

    assert world.replies(bare)["a"]["status"] == 401


def test_an_item_without_a_role_has_no_body_at_all() -> None:
    world = World()

    reply = world.replies(world.item("a", "Get-Weather"))["a"]

    assert reply["status"] == 403
    assert "body" not in reply


def test_without_continue_on_error_the_first_failure_is_the_last_reply() -> None:
    world = World()
    items = [world.item("a", GET), world.item("b", "Get-Weather"), world.item("c", GET)]

    assert set(world.replies(*items, prefer="odata.maxpagesize = 1000")) == {"a", "b"}
    assert len(world.exchange.calls) == 2


def test_items_meet_faults_one_by_one() -> None:
    world = World()
    plan = world.exchange.faults
    plan.inject(faults.throttled("3"), cmdlet="Get-MobileDevice")
    plan.inject(faults.dropped_after_effect(), cmdlet="Set-CASMailbox")
    plan.inject(faults.without_value(), cmdlet=GET)
    plan.inject(faults.error_with_status_200("No."), cmdlet="Get-OrganizationConfig")
    block = {"Identity": "adele@contoso.com", "ActiveSyncBlockedDeviceIDs": amend(Add="A1")}

    replies = world.replies(
        world.item("throttled", "Get-MobileDevice"),
        world.item("missing", "Set-CASMailbox", block),
        world.item("empty", GET),
        world.item("wrong", "Get-OrganizationConfig"),
    )

    assert set(replies) == {"throttled", "empty", "wrong"}
    assert world.mailbox.blocked_ids == ["A1"]
    assert replies["throttled"]["status"] == 429
    assert replies["throttled"]["headers"]["Retry-After"] == "3"
    assert "value" not in replies["empty"]["body"]
    assert "error" not in replies["empty"]["body"]
    assert replies["wrong"]["status"] == 200
    assert replies["wrong"]["body"]["error"]["details"][0]["message"] == "||No."


def test_the_batch_itself_may_fail() -> None:
    world = World()
    world.exchange.faults.inject(faults.unavailable(), cmdlet=BATCH)

    assert world.batch(world.item("a", GET)).status_code == 503
    assert world.batch(world.item("a", GET)).status_code == 200


def test_an_item_may_carry_a_link_that_is_followed_in_a_batch_or_alone() -> None:
    world = World()
    for number in range(5):
        world.tenant.add_device(world.mailbox, device_id=f"D{number}")
    everything = {"ResultSize": "Unlimited"}
    first = world.item("a", "Get-MobileDevice", everything)
    first["headers"] = {**headers_of(first), "Prefer": "odata.maxpagesize=2"}

    one = world.replies(first)["a"]["body"]
    two = world.replies({**first, "url": one["@odata.nextLink"]})["a"]["body"]
    headers = {"X-AnchorMailbox": ANCHOR}
    three = body_of(
        world.invoke("Get-MobileDevice", everything, headers=headers, path=two["@odata.nextLink"])
    )

    ids = [row["DeviceId"] for body in (one, two, three) for row in body["value"]]
    assert ids == [f"D{number}" for number in range(5)]


def headers_of(item: dict[str, object]) -> dict[str, str]:
    headers = item["headers"]
    assert isinstance(headers, dict)
    return headers
