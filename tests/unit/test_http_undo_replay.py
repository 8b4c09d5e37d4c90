"""Plans, undos and replays over HTTP: who asks for what, and what is answered."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace

import pytest

from functions import handling, operations, undo_replay
from shared import messages
from shared.devices.model import Action
from shared.devices.operation import State
from shared.errors import Rejected
from shared.limits import Limits
from shared.services import Services
from tests.unit.app_world import Answer, Deployment, call, request, told
from tests.unit.builders import NOW, TENANT, a_command, allowed
from tests.unit.world import World

COMMAND = a_command()
OPERATION_ID = COMMAND.command_id
UNDO_ID = str(uuid.uuid5(uuid.NAMESPACE_OID, f"undo|{OPERATION_ID}"))
ASKED = {"requested_by": "helpdesk:sam", "reason": "by mistake"}


@pytest.fixture
def app() -> Deployment:
    return Deployment(world=World([allowed()]))


def order(app: Deployment, **fields: object) -> Answer:
    """Send an order."""
    body = json.loads(messages.write_command(COMMAND)) | fields
    return call(app, operations.post_command, request("POST", json.dumps(body).encode()))


def post(
    app: Deployment, what: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask for an undo or a replay of the operation."""
    function = {
        "undo": undo_replay.post_operation_undo,
        "replay": undo_replay.post_operation_replay,
        "several": undo_replay.post_operations_replay,
    }[what]
    asked = request(
        "POST",
        json.dumps(ASKED if body is None else body).encode(),
        route={"operation_id": OPERATION_ID},
        headers=headers,
    )
    return call(app, function, asked)


def shown(app: Deployment) -> dict[str, object]:
    """Ask for the operation."""
    asked = request(route={"operation_id": OPERATION_ID})
    return told(call(app, operations.get_operation, asked))


def test_plan_is_answered_and_nothing_else_happens(app: Deployment) -> None:
    """In the shape that is described."""
    answer = order(app, plan=True)
    plan = told(answer)
    assert answer.status_code == 200
    assert isinstance(plan["would"], list)
    (would,) = plan["would"]
    assert (would["action"], would["device_id"]) == ("block", COMMAND.device_id)
    assert would["before"]["on_allowed_list"] is True
    assert (plan["needs_approval"], plan["over_budget"], plan["cannot"]) == (False, None, None)
    assert (app.world.journal_table.rows, app.queue.commands) == ({}, [])


def test_order_with_the_hash_of_its_plan_is_accepted_while_that_holds(app: Deployment) -> None:
    """And refused, before it is stored, when it does not."""
    plan_hash = told(order(app, plan=True))["plan_hash"]
    app.world.exchange.devices[0] = allowed(guid="another")
    refused = order(app, plan_hash=plan_hash)
    assert (refused.status_code, app.world.journal_table.rows) == (409, {})
    assert "the device" in str(told(refused)["detail"])

    app.world.exchange.devices[0] = allowed()
    assert order(app, plan_hash=plan_hash, plan=False).status_code == 202
    (queued,) = app.queue.commands
    assert queued.plan_hash == plan_hash
    app.world.order(queued)
    assert order(app, plan_hash=plan_hash).status_code == 202
    assert shown(app)["plan_hash"] == plan_hash


@pytest.mark.parametrize("wish", ["yes", 1, None])
def test_wish_for_a_plan_that_is_not_understood_orders_nothing(
    app: Deployment, wish: object
) -> None:
    """It might have been one."""
    assert order(app, plan=wish).status_code == 400
    assert app.queue.commands == []


def test_wipe_of_a_whole_device_is_planned_as_waiting_for_approval(app: Deployment) -> None:
    """Whoever looks first learns it first."""
    app.tenants[TENANT] = replace(app.tenants[TENANT], limits=Limits())
    plan = told(order(app, plan=True, action="wipe_device", even_if_personal=True))
    assert (plan["needs_approval"], plan["over_budget"]) == (True, None)
    assert plan["held_because"]


def test_undo_is_accepted_and_shown_on_both_sides(app: Deployment) -> None:
    """With the place where to look after it."""
    app.world.order(COMMAND)
    assert shown(app)["undo"] == {"possible": True, "because": "allow takes it back"}

    answer = post(app, "undo")
    undoing = told(answer)
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{UNDO_ID}"
    assert (undoing["operation_id"], undoing["undoes"]) == (UNDO_ID, OPERATION_ID)
    assert [command.action for command in app.queue.commands] == [Action.ALLOW]
    assert shown(app)["undone_by"] == UNDO_ID


def test_undo_that_is_impossible_is_a_conflict_with_the_reason(app: Deployment) -> None:
    """And so it is shown beforehand."""
    app.world.order(a_command(action=Action.REMOVE))
    answer = post(app, "undo")
    assert answer.status_code == 409
    undo = shown(app)["undo"]
    assert isinstance(undo, dict)
    assert undo == {"possible": False, "because": told(answer)["detail"]}
    assert "must sync again" in undo["because"]


def test_operation_that_has_moved_on_is_not_undone_unseen(app: Deployment) -> None:
    """If-Match names what was looked at."""
    app.world.order(COMMAND)
    asked = request(route={"operation_id": OPERATION_ID})
    etag = call(app, operations.get_operation, asked).headers["ETag"]
    assert post(app, "undo", headers={"If-Match": '"another"'}).status_code == 412
    assert post(app, "undo", headers={"If-Match": etag}).status_code == 202


def give_up(app: Deployment, body: bytes = b"") -> None:
    """Let the queue's function find that a message cannot be carried out."""

    def refuse(services: Services, body: bytes) -> None:
        del services, body
        raise Rejected("it cannot be done")

    with app.running():
        handling.handle(messages.COMMANDS, body or messages.write_command(COMMAND), refuse)


def test_abandoned_order_is_put_on_its_queue_again(app: Deployment) -> None:
    """Its message was kept when it was given up."""
    give_up(app)
    assert shown(app)["replay"] == {"possible": True, "because": "its message was kept"}
    answer = post(app, "replay")
    assert (answer.status_code, told(answer)["state"]) == (202, "waiting")
    ((queue, body, _),) = app.queue.back
    assert (queue, messages.read_command(body)) == (messages.COMMANDS, COMMAND)
    assert app.world.operation(OPERATION_ID).state is State.WAITING


def test_message_that_nobody_can_read_is_not_kept(app: Deployment) -> None:
    """There is nothing to try again, and who knows what is in it."""
    give_up(app, b"?")
    assert list(app.kept_words.each("unknown")) == []


def test_message_whose_id_was_taken_is_not_kept(app: Deployment) -> None:
    """Under that id it would be refused for ever."""
    app.world.accept(COMMAND)
    give_up(app, messages.write_command(a_command(action=Action.REMOVE)))
    assert list(app.kept_words.each(TENANT)) == []


def test_several_are_replayed_by_filter(app: Deployment) -> None:
    """All of one tenant's, or of all tenants'."""
    give_up(app)
    some = {**ASKED, "asked_by": "nobody"}
    assert told(post(app, "several", some)) == {"replayed": [], "refused": {}, "left": 0}
    some = {**ASKED, "asked": "block", "since": NOW.isoformat(), "tenant_id": TENANT}
    assert told(post(app, "several", some))["replayed"] == [OPERATION_ID]
    assert len(app.queue.back) == 1


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("undo", {}),
        ("undo", {"requested_by": ""}),
        ("undo", {**ASKED, "force": True}),
        ("replay", []),
        ("several", {**ASKED, "state": "done"}),
        ("several", {**ASKED, "at_most": 0}),
        ("several", {**ASKED, "at_most": 101}),
        ("several", {**ASKED, "tenant_id": "another"}),
        ("several", {**ASKED, "since": "yesterday"}),
    ],
)
def test_request_that_is_not_understood_does_nothing(
    app: Deployment, what: str, body: object
) -> None:
    """It names who asks, and nothing that we do not know."""
    give_up(app)
    assert post(app, what, body).status_code == 400
    assert app.queue.back == []


@pytest.mark.parametrize("what", ["undo", "replay"])
def test_unknown_operation_is_not_found(app: Deployment, what: str) -> None:
    """Nothing to think about again."""
    assert post(app, what).status_code == 404
