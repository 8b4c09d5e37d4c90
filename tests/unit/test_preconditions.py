"""What a caller has seen: changed only as it was seen, and not sent again while it is the same."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions import inventory, operations, preconditions, recognition
from functions.preconditions import etag_of
from functions.problems import PreconditionFailed
from shared.devices.operation import State
from shared.services import Services
from tests.unit.app_world import Answer, Deployment, call, request, told
from tests.unit.builders import GUID
from tests.unit.inventory_app import InventoryApp
from tests.unit.inventory_listing import a_mailbox, a_phone
from tests.unit.listed_operations import Listed, an_operation

ID = an_operation(1).operation_id
LINK = json.dumps({"requested_by": "helpdesk:jo", "links": []}).encode()


class Linking(Deployment):
    """The app, which can ask who somebody is."""

    @property
    def services(self) -> Services:
        """Return the ports."""
        return replace(super().services, people=dict.fromkeys(self.tenants, lambda _: None))


@pytest.fixture
def app() -> Deployment:
    """Return the app with an operation."""
    app = Linking()
    Listed(app.world.journal_table).open(an_operation(1))
    return app


def seen(app: Deployment, **headers: str) -> Answer:
    """Ask for the operation."""
    asked = request(route={"operation_id": ID}, headers=headers)
    return call(app, operations.get_operation, asked)


def move(app: Deployment) -> None:
    """Let the operation go on."""
    Listed(app.world.journal_table).move(an_operation(1), State.PLANNED)


def test_operation_has_a_strong_tag_that_changes_as_it_moves(app: Deployment) -> None:
    """If-Match takes no weak ones."""
    before, again = seen(app).headers["ETag"], seen(app).headers["ETag"]
    assert before == again == etag_of(app.world.operation(ID))
    assert before.startswith('"')
    move(app)
    assert seen(app).headers["ETag"] != before


def test_operation_that_was_seen_is_not_sent_again_until_it_moves(app: Deployment) -> None:
    tag = seen(app).headers["ETag"]
    for wanted in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = seen(app, **{"If-None-Match": wanted})
        assert (answer.status_code, answer.get_body()) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == (tag, "no-store")
    move(app)
    answer = seen(app, **{"If-None-Match": tag})
    assert (answer.status_code, told(answer)["state"]) == (200, "planned")


def link(app: Deployment, **headers: str) -> Answer:
    """Say that the operation is about no device, which is refused in the end: it is an order."""
    asked = request("POST", LINK, route={"operation_id": ID}, headers=headers)
    return call(app, recognition.post_operation_link, asked)


def test_operation_is_changed_only_as_it_was_seen(app: Deployment) -> None:
    """The refusal says to look again."""
    tag = seen(app).headers["ETag"]
    assert link(app, **{"If-Match": tag}).status_code == 409
    move(app)
    answer = link(app, **{"If-Match": tag})
    assert (answer.status_code, told(answer)["type"]) == (
        412,
        "urn:easgate:problem:precondition-failed",
    )


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (None, True),
        ("*", True),
        (" * ", True),
        ("{tag}", True),
        ('"other" , {tag}', True),
        ("W/{tag}", False),
        ('"other"', False),
        ("other", False),
        ("", False),
        ('"{tag}', False),
    ],
)
def test_precondition_is_read_as_it_is_meant(wanted: str | None, *, matches: bool) -> None:
    """RFC 9110, 13.1.1: the strong comparison; what is no tag is none of ours."""
    operation = an_operation(1, etag="W/1")
    headers = {} if wanted is None else {"If-Match": wanted.format(tag=etag_of(operation))}
    asked: Any = request("POST", headers=headers)
    if matches:
        preconditions.matching(asked, operation)
    else:
        with pytest.raises(PreconditionFailed):
            preconditions.matching(asked, operation)


@pytest.mark.parametrize(
    ("function", "route", "params"),
    [
        (inventory.get_devices, {}, {}),
        (inventory.get_device, {"device_guid": GUID}, {}),
        (inventory.get_report, {"name": "unknown_to_mdm"}, {}),
        (inventory.get_report, {"name": "unknown_to_mdm"}, {"format": "csv"}),
    ],
)
def test_devices_and_reports_are_not_sent_again_until_a_run_sees_another(
    function: object, route: dict[str, str], params: dict[str, str]
) -> None:
    """A tag stands for all that is shown."""
    app = InventoryApp()
    app.take(a_mailbox(), a_phone())

    def ask(**headers: str) -> Answer:
        asked = request(route=route, params=params, headers=headers)
        return call(app, function, asked)  # type: ignore[arg-type]  # each is a function of ours

    tag = ask().headers["ETag"]
    assert ask(**{"If-None-Match": tag}).status_code == 304
    app.take(a_mailbox(), a_phone(model="another"))
    answer = ask(**{"If-None-Match": tag})
    assert (answer.status_code, answer.headers["ETag"] != tag) == (200, True)
