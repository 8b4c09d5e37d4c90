"""Orders about users' certificates over HTTP: planned, taken in, refused before they are stored."""

import json

import pytest

from functions import operations
from tests.unit.app_world import Answer, Deployment, call, request, told
from tests.unit.builders import TENANT
from tests.unit.certificate_orders import FIELDS, NEW

ENVELOPE = {
    "schema": "easgate.command.v1",
    "command_id": "6f1c2d3e-0b5a-4c57-8f5e-2f6a8e3d4c99",
    "tenant_id": TENANT,
    "reason": "a test",
    "requested_by": "helpdesk:jo",
}


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def post(app: Deployment, **fields: object) -> Answer:
    """Send an order."""
    body = json.dumps({**ENVELOPE, **fields}).encode()
    return call(app, operations.post_command, request("POST", body))


def test_plan_shows_what_stands_what_would_be_done_and_what_to_mind(app: Deployment) -> None:
    """And that somebody else has to approve it; nothing is stored."""
    answer = told(post(app, plan=True, action="set_certificate_method", enabled=False))
    assert isinstance(answer["would"], list)
    (would,) = answer["would"]
    assert (would["target"], would["action"]) == (
        "sign-in by certificate",
        "set_certificate_method",
    )
    assert would["before"]["is_enabled"] is True
    assert "mind: nobody signs in to Entra ID by certificate" in would["reason"]
    assert answer["cannot"] is None
    assert app.world.journal_table.rows == {}


def test_plan_says_why_it_cannot_be_done(app: Deployment) -> None:
    """It is an answer, no failure."""
    fields = {**FIELDS["prompt login"], "domain": "contoso.com"}
    answer = told(post(app, plan=True, **fields))
    assert (answer["would"], answer["needs_approval"]) == ([], False)
    assert "is not federated" in str(answer["cannot"])


@pytest.mark.parametrize("name", FIELDS)
def test_order_is_taken_in(app: Deployment, name: str) -> None:
    """With the place where to look after it."""
    answer = post(app, **FIELDS[name])
    assert answer.status_code == 202, told(answer)
    shown = told(answer)
    assert isinstance(shown["change"], dict)
    assert shown["change"].items() >= FIELDS[name].items()
    assert len(app.queue.tenant_commands) == 1


def test_classic_store_is_only_changed_by_who_accepts_the_gap(app: Deployment) -> None:
    """The refusal is the warning, and nothing is stored."""
    answer = post(app, action="add_trusted_ca", **NEW, store="classic")
    assert answer.status_code == 400
    assert "deleted and made anew" in str(told(answer)["detail"])
    assert app.world.journal_table.rows == {}
