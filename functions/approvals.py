"""Somebody else's word on what is held: it goes on, or it does not; and an order taken back."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

import azure.functions as func

from functions import people, preconditions, replies, views
from functions.operations import operation_named
from functions.people_views import ReleaseRequest, Word
from functions.serving import Doors, served
from shared import sender_messages, wiring
from shared.devices.caller import Caller, Role
from shared.devices.guard import Approval
from shared.devices.operation import Operation
from shared.devices.release import Release
from shared.errors import Rejected
from shared.flows.approval import Approvals

blueprint = func.Blueprint()

Deciding = Callable[[Approvals, Operation, Caller, str], Operation]


@served(
    blueprint,
    route="operations/{operation_id}/approve",
    method="POST",
    needs=Role.APPROVER,
    doors=Doors.PEOPLE,
)
def post_operation_approve(req: func.HttpRequest) -> func.HttpResponse:
    """Let a held operation go on; whoever ordered it cannot."""
    return _decided(req, Approvals.approve)


@served(
    blueprint,
    route="operations/{operation_id}/refuse",
    method="POST",
    needs=Role.APPROVER,
    doors=Doors.PEOPLE,
)
def post_operation_refuse(req: func.HttpRequest) -> func.HttpResponse:
    """End a held operation: what was asked is not done."""
    return _decided(req, Approvals.refuse)


@served(
    blueprint,
    route="operations/{operation_id}/cancel",
    method="POST",
    needs=Role.OPERATOR,
)
def post_operation_cancel(req: func.HttpRequest) -> func.HttpResponse:
    """Take back what has not begun."""
    return _decided(req, Approvals.cancel)


@served(
    blueprint,
    route="operations/release",
    method="POST",
    needs=Role.APPROVER,
    doors=Doors.PEOPLE,
)
def post_operations_release(req: func.HttpRequest) -> func.HttpResponse:
    """Let many held operations go on at once, in the order in which they came."""
    asked = sender_messages.decode(req.get_body(), ReleaseRequest)
    caller, services = people.caller(req), wiring.services()
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose operations are meant")
    release = Release(
        release_id=str(asked.release_id or uuid.uuid4()),
        tenant_id=apps[0].tenant_id,
        approval=Approval(by=caller.id, name=caller.name, at=services.clock(), note=asked.note),
        reason=asked.reason,
        asked_by=asked.asked_by,
    )
    return _told(services.approvals(release.tenant_id).release(release, caller))


def _decided(req: func.HttpRequest, decide: Deciding) -> func.HttpResponse:
    word = sender_messages.decode(req.get_body() or b"{}", Word)
    services = wiring.services()
    operation = operation_named(req, services)
    preconditions.matching(req, operation)
    approvals = services.approvals(operation.tenant_id)
    return _told(decide(approvals, operation, people.caller(req), word.note))


def _told(operation: Operation) -> func.HttpResponse:
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
        ETag=preconditions.etag_of(operation),
    )
