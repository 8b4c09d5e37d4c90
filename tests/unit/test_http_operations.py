"""The app over HTTP: what callers may ask, and what they are told."""

import json

import pytest

from functions import operations
from shared import messages
from shared.errors import Misconfigured, Retryable
from tests.unit.app_world import Answer, Deployment, call, request, told
from tests.unit.builders import TENANT, a_command

COMMAND = messages.write_command(a_command())
OPERATION_ID = a_command().command_id
OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def order(app: Deployment, body: bytes = COMMAND) -> Answer:
    """Send an order."""
    return call(app, operations.post_command, request("POST", body))


def operation(app: Deployment, operation_id: str = OPERATION_ID, **params: str) -> Answer:
    """Ask for an operation."""
    asked = request(route={"operation_id": operation_id}, params=params)
    return call(app, operations.get_operation, asked)


def test_order_is_accepted_once_it_is_stored(app: Deployment) -> None:
    """With the place where to look after it."""
    answer = order(app)
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{OPERATION_ID}"
    assert (told(answer)["state"], told(answer)["asked"]) == ("waiting", "block")
    assert app.queue.commands == [a_command()]


def changed(**fields: object) -> bytes:
    """Return the order with other fields."""
    return json.dumps({**json.loads(COMMAND), **fields}).encode()


BAD_ORDERS: dict[str, tuple[bytes, int]] = {
    "no body": (b"", 400),
    "no JSON": (b"\xff", 400),
    "too deep": (b"[" * 40_000, 400),
    "unknown action": (changed(action="explode"), 400),
    "unknown field": (changed(dry_run=True), 400),
    "unknown tenant": (changed(tenant_id=OPERATION_ID), 400),
    "too large": (COMMAND + b" " * 48 * 1024, 413),
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_bad_order_gets_its_status_and_the_reason(app: Deployment, name: str) -> None:
    """Whoever may order may know what was wrong."""
    body, status = BAD_ORDERS[name]
    answer = order(app, body)
    assert answer.status_code == status
    assert told(answer)["detail"]
    assert (app.queue.commands, app.world.journal_table.rows) == ([], {})


def test_order_under_the_id_of_another_is_a_conflict(app: Deployment) -> None:
    """And the other stands."""
    order(app)
    assert order(app, changed(action="remove")).status_code == 409
    assert app.queue.commands == [a_command()]


def test_order_is_refused_while_storage_is_down(app: Deployment) -> None:
    """Not stored, not accepted."""
    app.world.journal_table.down = Retryable("Table storage is busy")
    assert order(app).status_code == 503
    assert app.queue.commands == []


def test_longest_order_fits_on_the_queue() -> None:
    """64 KiB in base64; what the door lets in must not fail behind it."""
    assert operations.COMMAND_LIMIT * 4 / 3 <= 64 * 1024


def test_operation_shows_its_whole_story(app: Deployment) -> None:
    """State, decision, before, after and history; nothing that only the journal needs."""
    app.world.order(a_command())
    answer = operation(app)
    shown = told(answer)
    assert (answer.status_code, shown["state"]) == (200, "done")
    assert shown["decision"] == {
        "action": "block",
        "reason": "ordered by helpdesk:jo: left on a train",
    }
    before, after = shown["before"], shown["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["on_blocked_list"], after["on_blocked_list"]) == (False, True)
    assert isinstance(shown["history"], list)
    states = [step["state"] for step in shown["history"]]
    assert states == ["waiting", *["planned"] * 3, "done"]
    assert shown.keys().isdisjoint({"etag", "attempted_at"})


def test_operation_is_found_by_its_id_in_any_case_and_its_tenant(app: Deployment) -> None:
    """GUIDs are GUIDs."""
    app.world.order(a_command())
    assert operation(app, OPERATION_ID.upper()).status_code == 200
    assert operation(app, tenant_id=TENANT).status_code == 200


@pytest.mark.parametrize(
    "operation_id", ["44444444-0000-4000-8000-000000000004", "x", "../x", "a'b", "%00", ""]
)
def test_unknown_operation_is_not_found(app: Deployment, operation_id: str) -> None:
    """Whatever is in the address."""
    assert operation(app, operation_id).status_code == 404


def test_unreadable_message_can_be_looked_up_by_the_id_of_its_event(app: Deployment) -> None:
    """Although it names no tenant."""
    given_up = messages.asked(b"?", app.world.clock())
    app.world.journal.open(given_up)
    assert told(operation(app, given_up.operation_id))["tenant_id"] == "unknown"


def test_order_for_a_tenant_that_is_not_served_can_be_looked_up(app: Deployment) -> None:
    """It was given up, and announced with this id: it must be there for whoever asks."""
    other = changed(tenant_id=OTHER_TENANT)
    app.world.journal.open(messages.asked(other, app.world.clock()))
    assert operation(app).status_code == 404
    found = operation(app, tenant_id=OTHER_TENANT.upper())
    assert (found.status_code, told(found)["tenant_id"]) == (200, OTHER_TENANT)


def test_operation_is_not_found_under_another_tenant(app: Deployment) -> None:
    """Whoever names a tenant asks for this tenant's only."""
    app.world.order(a_command())
    assert operation(app, tenant_id=OTHER_TENANT).status_code == 404


@pytest.mark.parametrize("spelling", ["other", "", "unknown", TENANT.replace("-", "")])
def test_tenant_that_is_no_guid_is_refused(app: Deployment, spelling: str) -> None:
    """Not looked for, and not answered as if nothing were there."""
    assert operation(app, tenant_id=spelling).status_code == 400
    assert operation(app, tenant_id="a/b#c").status_code == 400


def test_health_tells_strangers_nothing_but_ready_or_not(app: Deployment) -> None:
    """And does not ask Exchange on their behalf."""
    app.world.exchange.down = Misconfigured("no role group")
    answer = call(app, operations.get_health, request())
    assert (answer.status_code, told(answer)) == (200, {"status": "ready"})

    app.world.journal_table.down = Retryable("Table storage is busy")
    answer = call(app, operations.get_health, request())
    assert (answer.status_code, told(answer)) == (503, {"status": "not ready"})


def test_dependencies_are_named_for_those_who_may_know(app: Deployment) -> None:
    """Each by its own state."""
    app.world.exchange.down = Misconfigured("no role group")
    answer = call(app, operations.get_health_dependencies, request())
    assert answer.status_code == 503
    health = told(answer)
    assert health["status"] == "not ready"
    assert health["dependencies"] == {"tables": "ok", "queues": "ok", "exchange": "no role group"}


def test_health_says_where_nobody_needs_an_approver(app: Deployment) -> None:
    """It is no failure, and should not be forgotten."""
    health = told(call(app, operations.get_health_dependencies, request()))
    assert health["status"] == "ready"
    assert "off, by limits.approvals" in str(health["warnings"])


def test_app_without_settings_answers_and_names_none_to_strangers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A new deployment: health says 500, not a stack trace."""
    monkeypatch.delenv("TENANTS", raising=False)
    answer: Answer = operations.get_health(request())
    assert answer.status_code == 500
    assert told(answer).keys() == {"title", "status"}
