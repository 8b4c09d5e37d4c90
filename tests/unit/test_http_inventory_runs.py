"""Runs of the inventory over HTTP: ordered, refused, and watched on their way."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions import inventory, operations
from shared.devices.inventory import Scope
from shared.devices.operation import opened_by_command
from shared.errors import Retryable, Unfinished
from tests.unit.app_world import Answer, call, request, told
from tests.unit.builders import a_command
from tests.unit.inventory_app import OTHER_TENANT, InventoryApp, ask, two_tenants
from tests.unit.inventory_listing import many


@pytest.fixture
def app() -> InventoryApp:
    """Return the app with an inventory."""
    app = InventoryApp()
    app.take(*many(3))
    return app


def progress(app: InventoryApp, run_id: str) -> dict[str, Any]:
    """Ask how far a run is."""
    found: dict[str, Any] = ask(app, operations.get_operation, operation_id=run_id)["progress"]
    return found


def test_operation_shows_how_far_a_run_is(app: InventoryApp) -> None:
    """From its order to its end."""
    app.inventory.enough = timedelta()
    order = app.inventory.order()
    shown = [progress(app, order.run_id)]
    for _ in range(2):
        app.inventory.clock.advance(timedelta(seconds=1))
        with pytest.raises(Unfinished):
            app.inventory.worker().handle(order)
        shown.append(progress(app, order.run_id))
    app.inventory.deliver(order)
    shown.append(progress(app, order.run_id))

    assert [each["part"] for each in shown] == ["mailboxes", "mailboxes", "devices", "done"]
    assert [(each["pages"], each["rows"]) for each in shown] == [(0, 0), (1, 2), (2, 3), (4, 6)]
    assert [each["rows_before"] for each in shown] == [6, 6, 6, 6]
    assert [each["outcome"] for each in shown] == [None, None, None, "complete"]
    assert shown[2]["seconds_left"] == pytest.approx(3 / shown[2]["rows_per_second"])
    assert shown[3]["seconds_left"] is None


def test_what_a_run_for_changes_has_left_is_not_guessed_at(app: InventoryApp) -> None:
    """It does not list all rows."""
    order = app.inventory.order(Scope.CHANGES)
    app.inventory.deliver(order)
    shown = progress(app, order.run_id)
    assert (shown["scope"], shown["rows_before"], shown["seconds_left"]) == ("changes", None, None)


def test_other_operations_show_no_progress(app: InventoryApp) -> None:
    """They are not measured in pages."""
    command = a_command()
    app.inventory.journal.open(opened_by_command(command, app.inventory.clock()))
    shown = ask(app, operations.get_operation, operation_id=command.command_id)
    assert shown["progress"] is None


def sync(app: InventoryApp, body: object, **params: str) -> Answer:
    """Order a run."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(app, inventory.post_inventory_sync, request("POST", sent, params=params))


JO: dict[str, object] = {"requested_by": "helpdesk:jo"}


def test_run_is_ordered_and_stands_for_an_operation(app: InventoryApp) -> None:
    """In full, if nothing else is said; whoever asks meanwhile is shown the same one."""
    answer = sync(app, JO)
    operation = told(answer)
    ((order, after),) = app.queue.runs[1:]
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/operations/{operation['operation_id']}"
    assert (order.run_id, order.scope, after) == (
        operation["operation_id"],
        Scope.FULL,
        timedelta(),
    )
    assert (operation["asked"], operation["asked_by"]) == ("inventory", "helpdesk:jo")
    again = told(sync(app, {**JO, "scope": "changes"}))
    assert again["operation_id"] == operation["operation_id"]


def test_run_for_changes_is_ordered_by_name(app: InventoryApp) -> None:
    """Full is the default, not the only one."""
    assert sync(app, {**JO, "scope": "changes"}).status_code == 202
    assert app.queue.runs[-1][0].scope is Scope.CHANGES


BAD_ORDERS = [b"", b"{", [], {}, {"requested_by": ""}, {**JO, "scope": "all"}, {**JO, "x": 1}]


@pytest.mark.parametrize("body", BAD_ORDERS, ids=repr)
def test_bad_order_is_refused(app: InventoryApp, body: object) -> None:
    """With the reason; no run begins."""
    answer = sync(app, body)
    assert answer.status_code == 400
    assert told(answer)["detail"]
    assert len(app.queue.runs) == 1


def test_order_is_for_one_tenant() -> None:
    """That is served here."""
    app = two_tenants()
    assert sync(app, JO).status_code == 400
    assert sync(app, JO, tenant_id="5b2c1d0e-0000-4000-8000-00000000000f").status_code == 400
    assert sync(app, JO, tenant_id=OTHER_TENANT).status_code == 202
    assert [order.tenant_id for order, _ in app.queue.runs] == [OTHER_TENANT]


def test_run_that_cannot_be_stored_is_not_accepted(app: InventoryApp) -> None:
    """Nor one that cannot be put on the queue."""
    app.inventory.table.down = Retryable("Table storage is busy")
    assert sync(app, JO).status_code == 503
    app.inventory.table.down = None
    app.queue.down = Retryable("Queue storage is busy")
    assert sync(app, JO).status_code == 503
