"""Second thoughts, from HTTP to Exchange: plan first, undo, and try again what was given up."""

from types import SimpleNamespace
from typing import Any

import httpx

from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import (
    a_phone,
    an_order,
    carried_out,
    ended,
    get,
    obey,
    order,
    post,
    refused,
    report,
)
from tests.e2e.asking import requested as wipe_requested
from tests.e2e.looking import carried_out_by_exchange, events_about, operation, until

SAM = {"requested_by": "helpdesk:sam", "reason": "by mistake"}


def plan(world: World, client: httpx.Client, asked: dict[str, object]) -> dict[str, Any]:
    """Ask what an order would do."""
    answer = post(world, client, "commands", {**asked, "plan": True})
    assert answer.status_code == httpx.codes.OK, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def lists(phone: Device) -> tuple[list[str], list[str]]:
    """Return what is on the lists of a phone's mailbox."""
    return sorted(phone.mailbox.allowed_ids), sorted(phone.mailbox.blocked_ids)


def undone(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Order an undo, and return its operation at its end."""
    answer = post(world, client, f"operations/{operation_id}/undo", SAM)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    again = post(world, client, f"operations/{operation_id}/undo", SAM)
    assert again.json()["operation_id"] == answer.json()["operation_id"]
    return ended(world, client, answer.json()["operation_id"])


def test_order_is_refused_once_somebody_has_changed_what_its_plan_rests_on(
    world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "planned")
    asked = an_order(phone, "block")
    shown = plan(world, client, asked)
    (would,) = shown["would"]
    assert (would["action"], would["before"]["on_blocked_list"]) == ("block", False)
    assert get(world, client, f"operations/{asked['command_id']}").status_code == 404
    assert carried_out_by_exchange(world, "Set-CASMailbox", phone) == 0

    phone.mailbox.allowed_ids.append(phone.device_id)
    late = post(world, client, "commands", {**asked, "plan_hash": shown["plan_hash"]})
    assert late.status_code == httpx.codes.CONFLICT
    assert "its place on the mailbox's lists" in late.json()["detail"]

    anew = {**asked, "plan_hash": plan(world, client, asked)["plan_hash"]}
    assert post(world, client, "commands", anew).status_code == httpx.codes.ACCEPTED
    assert ended(world, client, str(asked["command_id"]))["state"] == "done"
    assert lists(phone) == ([], [phone.device_id])


def test_undo_restores_the_very_lists(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "regretted")
    phone.mailbox.allowed_ids.extend(["OTHER", phone.device_id])
    phone.mailbox.blocked_ids.append("STOLEN")
    before = lists(phone)
    blocked = carried_out(world, client, phone, "block")
    assert lists(phone) != before
    assert blocked["undo"] == {"possible": True, "because": "allow takes it back"}

    undoing = undone(world, client, blocked["operation_id"])

    assert (undoing["state"], undoing["asked"]) == ("done", "allow")
    assert lists(phone) == before
    assert undoing["undoes"] == blocked["operation_id"]
    shown = operation(world, client, blocked["operation_id"])
    assert shown["undone_by"] == undoing["operation_id"]
    assert "undo ordered by helpdesk:sam" in shown["history"][-1]["note"]
    assert [event["data"]["action"] for event in events_about(world, undoing["operation_id"])] == [
        "allow"
    ]


def test_undo_says_what_stands_in_its_way(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "contested")
    blocked = carried_out(world, client, phone, "block")
    newer = carried_out(world, client, phone, "clear")
    answer = post(world, client, f"operations/{blocked['operation_id']}/undo", SAM)
    assert answer.status_code == httpx.codes.CONFLICT
    assert newer["operation_id"] in answer.json()["detail"]

    wiped = wipe_requested(world, client, phone, "wipe_account")
    obey(world, phone)
    ended(world, client, wiped)
    answer = post(world, client, f"operations/{wiped}/undo", SAM)
    assert "because the phone has confirmed the wipe" in answer.json()["detail"]


def test_a_rule_is_planned_put_and_taken_back(world: World, client: httpx.Client) -> None:
    phone = a_phone(world, "ruled")
    rule = {"characteristic": "DeviceType", "query": "Kite", "level": "Block"}
    fields = {"schema", "command_id", "tenant_id", "reason", "requested_by"}
    asked = {name: value for name, value in an_order(phone, "").items() if name in fields}
    asked |= {"action": "put_access_rule", **rule}
    shown = plan(world, client, asked)
    assert shown["would"][0]["target"] == "rule DeviceType=Kite"
    post(world, client, "commands", {**asked, "plan_hash": shown["plan_hash"]}).raise_for_status()
    put = ended(world, client, str(asked["command_id"]))
    assert put["state"] == "done", put["history"]

    assert undone(world, client, put["operation_id"])["asked"] == "remove_access_rule"
    assert all(each.query != "Kite" for each in world.tenant.organization.rules.values())


def test_what_was_given_up_is_tried_again(world: World, client: httpx.Client) -> None:
    mailbox = a_phone(world, "late").mailbox
    late: Any = SimpleNamespace(mailbox=mailbox, device_id="COMESLATE")
    assert "COMESLATE" in refused(world, client, late, "block")
    reported = report(world, client, late, "device.noncompliant")
    until(lambda: operation(world, client, reported).get("state") == "abandoned", "it is given up")
    phone = world.tenant.add_device(mailbox, device_id="COMESLATE")

    shown = operation(world, client, reported)
    assert shown["replay"] == {"possible": True, "because": "its message was kept"}
    answer = post(world, client, f"operations/{reported}/replay", SAM)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    found = until(lambda: done(world, client, reported), "it is carried out")
    assert "replayed by helpdesk:sam" in str(found["history"])
    assert phone.access_state == "Blocked"

    order_id = str(order(world, client, phone, "allow"))
    assert ended(world, client, order_id)["state"] == "done"
    several = post(world, client, "operations/replay", {**SAM, "asked": "block"}).json()
    assert (len(several["replayed"]), several["refused"]) == (1, {})
    overruled = until(lambda: done(world, client, several["replayed"][0]), "it stands back")
    assert order_id in str(overruled["history"])
    assert phone.access_state == "Allowed"


def done(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Return an operation once it is done."""
    found = operation(world, client, operation_id)
    return found if found.get("state") == "done" else {}
