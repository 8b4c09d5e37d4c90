"""Orders about policies, access rules and the default level, from HTTP to Exchange and event."""

import json
import uuid
from typing import Any

import httpx
import pytest

from infra.local import contoso
from infra.local.world import World
from tests.e2e.asking import Order, a_phone, post
from tests.e2e.looking import events_about, finished, until

CHANGED = "easgate.policy.changed.v1"


def an_order(action: str, **fields: object) -> Order:
    """Return an order as an operator would give it."""
    return {
        "schema": "easgate.command.v1",
        "command_id": str(uuid.uuid4()),
        "tenant_id": contoso.TENANT_ID,
        "action": action,
        "reason": "as agreed",
        "requested_by": "helpdesk:jo",
        **fields,
    }


def ended(world: World, client: httpx.Client, order: Order) -> dict[str, Any]:
    """Order it over HTTP, and return the operation at its end."""
    answer = post(world, client, "commands", order)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    operation_id = answer.json()["operation_id"]
    return until(lambda: finished(world, client, operation_id), f"{order['action']} ends")


def done(world: World, client: httpx.Client, action: str, **fields: object) -> dict[str, Any]:
    """See an order carried out, and its one event."""
    found = ended(world, client, an_order(action, **fields))
    assert found["state"] == "done", found["history"]
    (event,) = events_about(world, found["operation_id"])
    assert (event["type"], event["data"]["action"]) == (CHANGED, action)
    assert event["data"]["after"] == found["altered"]["after"]
    return found


def test_a_policy_is_put_assigned_taken_back_and_removed(
    world: World, client: httpx.Client
) -> None:
    mailbox = a_phone(world, "strict").mailbox.address
    put = done(world, client, "put_policy", policy="Field", settings={"MinPasswordLength": 6})
    assigned = done(world, client, "assign_policy", mailbox=mailbox, policy="Field")
    back = done(world, client, "assign_policy", mailbox=mailbox, policy=None)
    removed = done(world, client, "remove_policy", policy="Field")

    assert put["altered"]["before"] is None
    assert put["altered"]["after"]["settings"]["MinPasswordLength"] == 6
    assert (assigned["mailbox"], assigned["altered"]["after"]["policy"]) == (mailbox, "Field")
    assert back["altered"]["after"]["is_inherited"]
    assert removed["altered"]["after"] is None


def test_a_rule_is_put_changed_and_removed(world: World, client: httpx.Client) -> None:
    rule = {"characteristic": "DeviceModel", "query": "Brick 1"}
    done(world, client, "put_access_rule", level="Block", **rule)
    changed = done(world, client, "put_access_rule", level="Quarantine", **rule)
    assert changed["altered"]["before"]["level"] == "Block"
    assert [each.level for each in world.tenant.organization.rules.values()] == ["Quarantine"]
    done(world, client, "remove_access_rule", **rule)
    assert not world.tenant.organization.rules


def test_the_default_level_is_changed_and_nobody_is_shut_out(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "settled")
    found = done(world, client, "set_default_access", level="Quarantine")
    try:
        world.tenant.contact(phone)
        assert world.tenant.organization.default_access_level == "Quarantine"
        assert phone.device_id in phone.mailbox.allowed_ids
        assert (phone.access_state, found["altered"]["before"]) == ("Allowed", {"level": "Allow"})
    finally:
        done(world, client, "set_default_access", level="Allow")


def test_an_order_from_another_system_comes_by_queue(world: World, client: httpx.Client) -> None:
    order = an_order("put_access_rule", characteristic="DeviceType", query="Toy", level="Block")
    world.put("device-commands", json.dumps(order))
    until(
        lambda: finished(world, client, str(order["command_id"])).get("state") == "done",
        "the rule is put",
    )
    done(world, client, "remove_access_rule", characteristic="DeviceType", query="Toy")


def test_what_exchange_refuses_is_abandoned_with_the_reason(
    world: World, client: httpx.Client
) -> None:
    found = ended(world, client, an_order("remove_policy", policy="Default"))
    assert found["state"] == "abandoned"
    assert "make another one the default" in found["history"][-1]["note"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"action": "put_policy", "policy": "P", "settings": {"MinPaswordLength": 6}}, "did you"),
        ({"action": "put_policy", "policy": "P", "settings": {"MinPasswordLength": 99}}, "takes"),
        ({"action": "put_policy", "policy": "P"}, "settings"),
        ({"action": "assign_policy", "mailbox": "a@contoso.com"}, "policy"),
        (
            {
                "action": "put_access_rule",
                "characteristic": "DeviceModel",
                "query": "iPhone*",
                "level": "Block",
            },
            "never match",
        ),
        ({"action": "set_default_access", "level": "Deny"}, "level"),
        ({"action": "set_default_access", "level": "Block", "force": True}, "force"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["action"],
)
def test_an_order_that_can_do_no_good_is_refused_at_once(
    world: World, client: httpx.Client, fields: dict[str, object], named: str
) -> None:
    order = an_order(str(fields["action"])) | fields
    answer = post(world, client, "commands", order)
    assert answer.status_code == 400
    assert named in answer.json()["detail"]
