"""Somebody else's word on what is held, over HTTP: whose it may be, and what comes of it."""

import json
from dataclasses import replace

import msgspec
import pytest

import function_app
from functions import approvals, operations, portal, queues
from shared import messages
from shared.devices.guard import HoldReason
from shared.devices.model import Action
from shared.devices.operation import Operation, State
from shared.messages import COMMANDS
from tests.unit.app_world import (
    Answer,
    Deployment,
    Function,
    Message,
    a_tenant,
    call,
    request,
    told,
)
from tests.unit.builders import TENANT, a_command
from tests.unit.indexing import index
from tests.unit.principals import OTTO, SIGN_IN, as_person

INDEXED = function_app.app  # the table of routes is filled by now
ANNA = "5b2c1d0e-0000-4000-8000-000000000072"
ON_PORTAL: Function = portal.on_portal
WIPE = messages.write_command(a_command(action=Action.WIPE_DEVICE, even_if_personal=True))
OPERATION_ID = a_command().command_id


@pytest.fixture
def app() -> Deployment:
    """Return an app in which Otto has ordered a wipe, which is held."""
    tenant = a_tenant()
    careful = replace(tenant, limits=msgspec.structs.replace(tenant.limits, approvals=True))
    app = Deployment(sign_in=SIGN_IN, tenants={TENANT: careful})
    answer = say(app, "commands", as_person("Approver", object_id=OTTO), WIPE)
    assert answer.status_code == 202, answer.get_body()
    deliver(app)
    assert known(app).state is State.HELD
    return app


def say(app: Deployment, path: str, headers: dict[str, str], body: bytes = b"{}") -> Answer:
    """Say something as a person."""
    asked = request("POST", body, route={"path": f"api/{path}"}, headers=headers)
    return call(app, ON_PORTAL, asked)


def about(app: Deployment, word: str, headers: dict[str, str], body: bytes = b"{}") -> Answer:
    """Say something to the held wipe."""
    return say(app, f"operations/{OPERATION_ID}/{word}", headers, body)


def deliver(app: Deployment) -> None:
    """Deliver the order's message."""
    (command,) = app.queue.commands
    with app.running():
        queues.on_device_command(Message(messages.write_command(command)))


def known(app: Deployment) -> Operation:
    found = app.world.journal.find(TENANT, OPERATION_ID)
    assert found is not None
    return found


def anna(*roles: str, **more: str) -> dict[str, str]:
    """Return the headers of somebody else's call."""
    return as_person(*(roles or ("Approver",)), object_id=ANNA, name="anna@contoso.com", **more)


def test_the_operation_remembers_who_asked_and_not_what_the_message_says(app: Deployment) -> None:
    """It was opened over HTTP; its message goes by a queue that others may write to."""
    assert known(app).asked_as == f"person:{OTTO}"
    (command,) = app.queue.commands
    assert b"asked_as" not in messages.write_command(command)


def test_an_order_by_key_is_a_systems(app: Deployment) -> None:
    body = messages.write_command(a_command(command_id=ANNA, requested_by="otto@contoso.com"))
    answer = call(app, operations.post_command, request("POST", body))
    assert told(answer)["asked_as"] == "system"


def test_who_takes_the_id_of_anothers_order_is_refused(app: Deployment) -> None:
    """Or else the operation would name one who asked, and be two people's."""
    assert call(app, operations.post_command, request("POST", WIPE)).status_code == 409
    assert say(app, "commands", as_person("Operator", object_id=OTTO), WIPE).status_code == 202


def test_somebody_else_approves_and_the_order_goes_on(app: Deployment) -> None:
    answer = about(app, "approve", anna(), b'{"note": "called back"}')
    assert answer.status_code == 202, answer.get_body()
    assert answer.headers["Location"] == f"/api/portal/api/operations/{OPERATION_ID}"
    approval = told(answer)["approval"]
    assert isinstance(approval, dict)
    assert (approval["by"], approval["note"]) == (ANNA, "called back")
    assert [word.queue for word in app.queue.held] == [COMMANDS]


@pytest.mark.parametrize("word", ["approve", "refuse"])
def test_nobody_decides_about_the_own_order(app: Deployment, word: str) -> None:
    answer = about(app, word, as_person("Approver", object_id=OTTO))
    assert answer.status_code == 403
    assert (known(app).state, app.queue.held) == (State.HELD, [])


@pytest.mark.parametrize("word", ["approve", "refuse"])
@pytest.mark.parametrize("role", ["Viewer", "Operator", ""])
def test_it_takes_the_role(app: Deployment, word: str, role: str) -> None:
    assert about(app, word, anna(role)).status_code == 403
    assert known(app).state is State.HELD


def test_no_door_with_a_key_leads_there() -> None:
    """Asked of what the platform is told."""
    last = {route.path.rpartition("/")[2] for route in index().routes}
    assert "cancel" in last
    assert last.isdisjoint({"approve", "refuse", "release"})


def test_what_is_refused_ends(app: Deployment) -> None:
    answer = about(app, "refuse", anna(), b'{"note": "found it"}')
    assert (answer.status_code, told(answer)["state"]) == (202, "abandoned")
    assert about(app, "approve", anna()).status_code == 409
    assert app.queue.held == []


def test_an_operator_and_a_system_can_take_back_what_has_not_begun(app: Deployment) -> None:
    assert about(app, "cancel", as_person("Viewer", object_id=ANNA)).status_code == 403
    asked = request("POST", route={"operation_id": OPERATION_ID})
    assert call(app, approvals.post_operation_cancel, asked).status_code == 202
    assert known(app).state is State.ABANDONED
    assert about(app, "cancel", anna("Operator")).status_code == 409


@pytest.mark.parametrize("word", ["approve", "refuse", "cancel"])
def test_who_has_seen_another_state_decides_about_nothing(app: Deployment, word: str) -> None:
    seen = anna(**{"if-match": '"an older one"'})
    assert about(app, word, seen).status_code == 412
    assert known(app).state is State.HELD


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"note": 1}', b'{"by": "me"}'])
@pytest.mark.parametrize("path", [f"operations/{OPERATION_ID}/approve", "operations/release"])
def test_what_is_no_word_is_refused(app: Deployment, path: str, body: bytes) -> None:
    assert say(app, path, anna(), body).status_code == 400
    assert known(app).state is State.HELD


def test_what_is_not_there_cannot_be_decided_about(app: Deployment) -> None:
    assert say(app, f"operations/{ANNA}/approve", anna()).status_code == 404


def test_many_are_released_at_once(app: Deployment) -> None:
    """By an order of its own, which names who gave it."""
    said = {"reason": "budget.wipes", "asked_by": "mdm:portal", "note": "checked all"}
    answer = say(app, "operations/release", anna(), json.dumps(said).encode())
    assert (answer.status_code, told(answer)["asked"]) == (202, "release_held")
    (release,) = app.queue.releases
    assert (release.reason, release.asked_by) == (HoldReason.WIPES, "mdm:portal")
    assert (release.approval.by, release.approval.note) == (ANNA, "checked all")
    assert say(app, "operations/release", anna("Operator")).status_code == 403
