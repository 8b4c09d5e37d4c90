"""Held reports and senders over HTTP: what waits, what a person may say, who is listened to."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from functions import openapi, operation_lists, operations, recognition
from shared.devices.model import Trust
from shared.devices.operation import State
from shared.devices.subject import Report
from shared.errors import Retryable
from shared.flows.one_exchange import OneExchange
from shared.flows.poll_ports import PolledSender
from shared.services import Services
from tests.unit.app_world import Answer, Deployment, a_tenant, call, request, told
from tests.unit.builders import DEVICE_ID, MAILBOX, NOW, TENANT, a_command
from tests.unit.recognition_world import (
    NAMED,
    OTHER_MAILBOX,
    SECOND_ID,
    SERIAL,
    TWO_ALIKE,
    FakePartnerships,
    FakePeople,
    a_newer_report,
    a_report,
)
from tests.unit.signing import a_sender

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"
HELD = a_report()
LINK = {
    "requested_by": "helpdesk:jo",
    "links": [{"mailbox": MAILBOX, "device_id": SECOND_ID}],
}


@dataclass
class Recognising(Deployment):
    """The app with an Exchange in which two phones look alike."""

    partnerships: FakePartnerships = field(default_factory=lambda: FakePartnerships(TWO_ALIKE))

    @property
    def exchange(self) -> OneExchange:
        """Return the tenants' Exchange."""
        return replace(super().exchange, partnerships=self.partnerships)

    @property
    def services(self) -> Services:
        """Return the ports."""
        return replace(super().services, people=dict.fromkeys(self.tenants, FakePeople().find))

    def report(self, report: Report) -> None:
        """Let a worker handle a report."""
        self.services.recognition(report.tenant_id).handle(report)

    def deliver(self) -> None:
        """Deliver what is on the queue."""
        while self.queue.reports:
            self.report(self.queue.reports.pop(0))


@pytest.fixture
def app() -> Recognising:
    """Return the app, with one report that waits for a person."""
    app = Recognising()
    app.report(HELD)
    return app


def listing(app: Deployment, **params: str) -> Answer:
    """Ask for the operations that wait."""
    return call(app, operation_lists.get_operations, request(params={"state": "held", **params}))


def waiting(app: Deployment, **params: str) -> list[dict[str, object]]:
    """Return the operations that wait."""
    found = told(listing(app, **params))["operations"]
    assert isinstance(found, list)
    return found


def link(app: Deployment, body: object = LINK, operation_id: str = HELD.report_id) -> Answer:
    """Say which device an operation is about."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    asked = request("POST", sent, route={"operation_id": operation_id})
    return call(app, recognition.post_operation_link, asked)


def operation(app: Deployment) -> dict[str, object]:
    """Ask for the operation."""
    asked = request(route={"operation_id": HELD.report_id})
    return told(call(app, operations.get_operation, asked))


def test_held_operation_shows_what_it_may_be_and_why(app: Recognising) -> None:
    """All that a person needs to choose; the same that is shown of it alone."""
    (shown,) = waiting(app)
    assert (shown["operation_id"], shown["state"]) == (HELD.report_id, "held")
    subject, candidates, history = shown["subject"], shown["candidates"], shown["history"]
    assert isinstance(subject, dict)
    assert isinstance(candidates, list)
    assert isinstance(history, list)
    assert (subject["serial"], subject["upn"]) == (SERIAL, MAILBOX)
    assert {each["device_id"] for each in candidates} == {DEVICE_ID, SECOND_ID}
    assert {each["mailbox"] for each in candidates} == {MAILBOX}
    assert "2 partnerships" in history[-1]["note"]
    assert (shown["matched"], shown["signal_ids"]) == (None, [])
    assert operation(app) == shown


def test_only_what_waits_is_listed(app: Recognising) -> None:
    """Not what is done, what was overruled, what waits for Exchange, or what is recognised."""
    app.report(a_newer_report())
    app.report(a_newer_report(report_id="8" * 8, sender="another", subject=NAMED))
    assert [each["operation_id"] for each in waiting(app)] == [a_newer_report().report_id]

    app.partnerships.down = Retryable("Exchange is busy")
    with pytest.raises(Retryable):
        app.report(a_newer_report())
    assert waiting(app) == []


def test_what_waits_is_listed_by_tenant() -> None:
    """One, or all that are served."""
    app = Recognising(tenants={TENANT: a_tenant(), OTHER_TENANT: a_tenant(tenant_id=OTHER_TENANT)})
    app.report(HELD)
    app.report(a_newer_report(tenant_id=OTHER_TENANT))
    assert [each["tenant_id"] for each in waiting(app)] == [TENANT, OTHER_TENANT]
    assert [each["tenant_id"] for each in waiting(app, tenant_id=OTHER_TENANT)] == [OTHER_TENANT]


def test_link_is_accepted_kept_and_carried_out(app: Recognising) -> None:
    """From the answer to the signal."""
    answer = link(app)
    assert (answer.status_code, told(answer)["operation_id"]) == (202, HELD.report_id)
    app.deliver()

    shown = operation(app)
    assert shown["state"] == "done"
    assert shown["matched"] == LINK["links"]
    (signal,) = app.queue.signals
    assert (signal.mailbox, signal.device_id) == (MAILBOX, SECOND_ID)
    assert shown["signal_ids"] == [signal.signal_id]
    assert "helpdesk:jo said so" in json.dumps(shown["history"])
    assert waiting(app) == []


def test_link_to_none_closes_the_operation(app: Recognising) -> None:
    """It is not in Exchange."""
    assert link(app, {**LINK, "links": []}).status_code == 202
    app.deliver()
    assert (operation(app)["state"], operation(app)["matched"]) == ("done", [])
    assert app.queue.signals == []


ONE = {"mailbox": MAILBOX, "device_id": DEVICE_ID}
BAD_LINKS: dict[str, object] = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": [],
    "nobody's": {"links": [ONE]},
    "nobody named": {**LINK, "requested_by": ""},
    "no list": {"requested_by": "jo"},
    "null": {**LINK, "links": None},
    "half a partnership": {**LINK, "links": [{"mailbox": MAILBOX}]},
    "an empty name": {**LINK, "links": [{**ONE, "device_id": ""}]},
    "a control character": {**LINK, "links": [{**ONE, "mailbox": "a\nb"}]},
    "too many": {**LINK, "links": [ONE] * 21},
    "an unknown field": {**LINK, "action": "wipe_device"},
    "an unknown field within": {**LINK, "links": [{**ONE, "guid": "x"}]},
}


@pytest.mark.parametrize("name", BAD_LINKS)
def test_bad_link_is_refused_with_the_reason(app: Recognising, name: str) -> None:
    """Never a 500; nothing is kept, and the operation still waits."""
    answer = link(app, BAD_LINKS[name])
    assert answer.status_code == 400
    assert told(answer)["detail"]
    assert (app.links.rows, app.queue.reports) == ({}, [])
    assert len(waiting(app)) == 1


@pytest.mark.parametrize("operation_id", ["x", "../x", "%00", a_command().command_id])
def test_link_of_an_unknown_operation_is_not_found(app: Recognising, operation_id: str) -> None:
    """Whatever is in the address."""
    assert link(app, operation_id=operation_id).status_code == 404


def test_link_of_what_does_not_wait_is_a_conflict(app: Recognising) -> None:
    """A report that went on, and an order, which is about a partnership already."""
    link(app)
    app.deliver()
    app.world.order(a_command())
    for operation_id in (HELD.report_id, a_command().command_id):
        answer = link(app, {**LINK, "links": []}, operation_id)
        assert answer.status_code == 409
        assert "only a held report" in str(told(answer)["detail"])
    assert len(app.queue.signals) == 1


def test_link_repeated_before_it_is_carried_out_is_accepted_again(app: Recognising) -> None:
    """A caller that got no answer asks once more: one signal comes of it."""
    assert (link(app).status_code, link(app).status_code) == (202, 202)
    app.deliver()
    assert len(app.queue.signals) == 1


def test_link_is_refused_while_storage_is_down(app: Recognising) -> None:
    """Not stored, not accepted."""
    app.queue.down = Retryable("Queue storage is busy")
    assert link(app).status_code == 503
    app.queue.down = None
    app.world.journal_table.down = Retryable("Table storage is busy")
    assert link(app).status_code == 503
    app.world.journal_table.down = None
    assert app.world.operation(HELD.report_id).state is State.HELD


def senders(app: Deployment, **params: str) -> list[dict[str, object]]:
    """Ask who is listened to."""
    found = told(call(app, recognition.get_senders, request(params=params)))["senders"]
    assert isinstance(found, list)
    return found


def test_senders_are_shown_with_the_kinds_of_event_that_nobody_knows(app: Recognising) -> None:
    """And nothing secret of them."""
    for kind in ("device.renamed", "device.renamed", "user.created"):
        app.services.unheeded.count("portal", kind)
    (shown,) = senders(app)
    counted = shown.pop("unknown_events")
    assert isinstance(counted, list)
    at = NOW.isoformat().replace("+00:00", "Z")
    assert sorted(counted, key=lambda each: str(each["kind"])) == [
        {"kind": "device.renamed", "count": 2, "last_at": at},
        {"kind": "user.created", "count": 1, "last_at": at},
    ]
    assert shown == {
        "name": "portal",
        "tenant_id": TENANT,
        "vendor": "standard",
        "trust": Trust.FULL,
        "retired": False,
    }


def test_senders_are_shown_by_tenant() -> None:
    """A tenant that is not served is refused, not answered as if it had none."""
    app = Recognising(tenants={TENANT: a_tenant(), OTHER_TENANT: a_tenant(tenant_id=OTHER_TENANT)})
    app.senders["theirs"] = a_sender(tenant_id=OTHER_TENANT, trust="tighten")
    assert [each["tenant_id"] for each in senders(app)] == [TENANT, OTHER_TENANT]
    assert [each["trust"] for each in senders(app, tenant_id=OTHER_TENANT)] == ["tighten"]
    answer = call(app, recognition.get_senders, request(params={"tenant_id": OTHER_MAILBOX}))
    assert answer.status_code == 400


def test_described_are_the_three() -> None:
    """As whoever builds a client reads it."""
    paths = openapi.document()["paths"]
    assert isinstance(paths, dict)
    for path in ("/operations", "/operations/{operation_id}/link", "/senders"):
        assert any(str(each).endswith(path) for each in paths), path


def test_mdm_that_is_asked_is_shown_among_those_that_call(app: Recognising) -> None:
    """Its words that nobody knows are counted like theirs."""
    absent: Any = None
    polled = PolledSender(name="fleet", tenant_id=TENANT, trust=Trust.FULL, listing=absent)
    app.polled = (polled,)
    with app.running():
        app.services.unheeded.count("fleet", "maas360ManagedStatus: suspended")
    _, shown = senders(app)
    assert (shown["name"], shown["vendor"], shown["trust"]) == ("fleet", "maas360", "full")
    assert "suspended" in str(shown["unknown_events"])
