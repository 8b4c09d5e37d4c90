"""The plan of what to remove as stale, over HTTP: orders in, what is planned and done out."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions import operations, stale
from shared import tenant_messages
from shared.devices.stale import Removal
from shared.devices.stale_plan import Execution, Fate, Phase, StalePlan
from shared.devices.tenant_change import PlanStale
from tests.unit.app_world import Deployment, call, request, told
from tests.unit.builders import MAILBOX, NOW, TENANT
from tests.unit.stale_world import guid, plan_order, removal_order

PLAN = StalePlan(plan_id=guid(1), tenant_id=TENANT, order=PlanStale(days=60), started_at=NOW)
MADE = replace(PLAN, phase=Phase.MADE, made_at=NOW, plan_hash="0a" * 32, counts={"devices": 250})


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def a_removal(number: int) -> Removal:
    return Removal(
        mailbox_guid=guid(7),
        guid=guid(number),
        device_id=f"D{number}",
        off_allowed=False,
        off_blocked=number == 1,
        mailbox=MAILBOX,
        model="iPhone15C2",
        last_sync_at=NOW - timedelta(days=61),
    )


def kept(app: Deployment, removals: Sequence[Removal], **changes: Any) -> StalePlan:  # noqa: ANN401 - named fields only
    """Store a plan that is made."""
    plan = replace(MADE, removals=len(removals), **changes)
    return app.stale_plans.keep(replace(plan, etag=app.stale_plans.open(plan).etag), removals)


def ask(app: Deployment, **params: str) -> dict[str, Any]:
    """Ask for a plan that there is."""
    answer = call(app, stale.get_stale, request(params=params))
    assert answer.status_code == 200
    return told(answer)


def status(app: Deployment, **params: str) -> int:
    """Ask for a plan, and return the status only."""
    return call(app, stale.get_stale, request(params=params)).status_code


def test_the_last_plan_is_shown_with_what_confirms_it(app: Deployment) -> None:
    kept(app, [a_removal(1)])
    shown = ask(app)
    assert (shown["plan_id"], shown["plan_hash"]) == (guid(1), "0a" * 32)
    assert shown["ordered"] == {
        "action": "plan_stale",
        "days": 60,
        "protect": {"mailboxes": [], "device_ids": [], "models": [], "client_types": []},
        "list_entries": "keep",
    }
    assert shown["valid_until"] == (NOW + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert (shown["counts"], shown["last_run"], shown["next"]) == ({"devices": 250}, None, None)
    [removal] = shown["removals"]
    assert (removal["device_id"], removal["mailbox"], removal["off_blocked"]) == (
        "D1",
        MAILBOX,
        True,
    )


def test_removals_come_by_page_each_of_them_once(app: Deployment) -> None:
    kept(app, [a_removal(number) for number in range(250)])
    found: list[str] = []
    params: dict[str, str] = {}
    while True:
        shown = ask(app, **params)
        assert len(shown["removals"]) <= 100
        found.extend(each["guid"] for each in shown["removals"])
        if shown["next"] is None:
            break
        params = {"after": str(shown["next"]), "plan_id": shown["plan_id"]}
    assert found == [guid(number) for number in range(250)]


def test_what_came_of_the_last_removal_is_shown_with_a_younger_plan_too(app: Deployment) -> None:
    older = kept(app, [a_removal(1), a_removal(2)])
    done = Execution(
        operation_id=guid(8),
        asked_by="helpdesk:jo",
        begun_at=NOW,
        dealt_with=2,
        fates={Fate.REMOVED: 1, Fate.SYNCED_SINCE: 1},
        ended_at=NOW + timedelta(minutes=1),
    )
    app.stale_plans.execute(replace(older, execution=done))
    kept(app, [], plan_id=guid(2), plan_hash="0b" * 32)

    shown = ask(app)

    assert (shown["plan_id"], shown["removals"]) == (guid(2), [])
    run = shown["last_run"]
    assert (run["plan_id"], run["operation_id"], run["planned"]) == (guid(1), guid(8), 2)
    assert run["counts"] == {**{str(each): 0 for each in Fate}, "removed": 1, "synced_since": 1}
    assert ask(app, plan_id=guid(1))["plan_hash"] == "0a" * 32


def test_a_plan_that_is_not_made_yet_is_not_shown(app: Deployment) -> None:
    assert status(app) == 404
    app.stale_plans.open(PLAN)
    assert (status(app), status(app, plan_id=guid(1))) == (404, 404)


@pytest.mark.parametrize(
    "params",
    [{"after": "-1"}, {"after": "٣"}, {"after": "9" * 99}, {"plan_id": "../x"}, {"tenant_id": "x"}],
)
def test_a_question_that_cannot_be_understood_is_refused(
    app: Deployment, params: dict[str, str]
) -> None:
    kept(app, [a_removal(1)])
    assert status(app, **params) == 400
    assert ask(app, after="99999")["removals"] == []


def test_orders_for_both_are_taken_in_like_any_other(app: Deployment) -> None:
    for order in (plan_order(), removal_order(MADE)):
        body = tenant_messages.write(order)
        answer = call(app, operations.post_command, request("POST", body))
        assert (answer.status_code, told(answer)["asked"]) == (202, json.loads(body)["action"])
        assert app.queue.tenant_commands[-1] == order
