"""What is done about operations that are over: taken back, or tried again."""

from http import HTTPStatus

import azure.functions as func

from functions import people, replies, views
from functions.operations import operation_named
from functions.preconditions import etag_of, matching
from functions.serving import served
from functions.undo_replay_views import Again, Replayed, ReplayRequest
from shared import operating, sender_messages, wiring
from shared.devices.caller import Role
from shared.devices.kept_word import Which
from shared.devices.operation import Operation

blueprint = func.Blueprint()


@served(blueprint, route="operations/{operation_id}/undo", method="POST", needs=Role.OPERATOR)
def post_operation_undo(req: func.HttpRequest) -> func.HttpResponse:
    """Order what takes an operation back; the answer is the operation that does."""
    operation, asked, asked_as = _about(req)
    undone = operating.undoing(wiring.services(), operation.tenant_id).undo(
        operation, requested_by=asked.requested_by, reason=asked.reason, asked_as=asked_as
    )
    return _accepted(undone)


@served(blueprint, route="operations/{operation_id}/replay", method="POST", needs=Role.OPERATOR)
def post_operation_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Have an operation that was given up tried again."""
    operation, asked, _ = _about(req)
    replayed = operating.replaying(wiring.services(), operation.tenant_id).replay(
        operation, requested_by=asked.requested_by, reason=asked.reason
    )
    return _accepted(replayed)


@served(blueprint, route="operations/replay", method="POST", needs=Role.OPERATOR)
def post_operations_replay(req: func.HttpRequest) -> func.HttpResponse:
    """Have several operations that were given up tried again, the oldest first."""
    body = people.signed(people.caller(req), req.get_body())
    asked = sender_messages.decode(body, ReplayRequest)
    services = wiring.services()
    shown = Replayed(replayed=[], refused={}, left=0)
    for app in services.apps(asked.tenant_id):
        done = operating.replaying(services, app.tenant_id).replay_each(
            app.tenant_id,
            Which(
                asked=asked.asked,
                asked_by=asked.asked_by,
                sender=asked.sender,
                since=asked.since,
            ),
            at_most=asked.at_most - len(shown.replayed) - len(shown.refused),
            requested_by=asked.requested_by,
            reason=asked.reason,
        )
        shown.replayed.extend(done.replayed)
        shown.refused.update(done.refused)
        shown.left += done.left
    return replies.json(shown)


def _about(req: func.HttpRequest) -> tuple[Operation, Again, str]:
    """Return what is asked about which operation, and as whom."""
    operation = operation_named(req, wiring.services())
    matching(req, operation)
    caller = people.caller(req)
    asked = sender_messages.decode(people.signed(caller, req.get_body()), Again)
    return operation, asked, caller.asked_as


def _accepted(operation: Operation) -> func.HttpResponse:
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
        ETag=etag_of(operation),
    )
