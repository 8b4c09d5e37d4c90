"""The devices that MDMs speak of: which wait to be recognised, and who speaks of them."""

from http import HTTPStatus

import azure.functions as func

from functions import replies, views
from functions.operations import operation_named
from functions.replies import Detail
from shared import sender_messages, wiring
from shared.devices.operation import Operation, State
from shared.devices.subject import Link
from shared.errors import Rejected
from shared.flows.poll_ports import PolledSender
from shared.mdm.configured import POLLED
from shared.mdm.senders import Sender
from shared.services import Services

blueprint = func.Blueprint()

LISTED = 200  # held operations in one answer


@blueprint.route(route="operations", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_operations(req: func.HttpRequest) -> func.HttpResponse:
    """List the operations that wait for a person."""
    if req.params.get("state") != State.HELD:
        raise Rejected("say state=held: no others are listed, they are asked for by their ids")
    services = wiring.services()
    waiting = [
        views.operation(operation)
        for app in services.apps(req.params.get("tenant_id"))
        for operation in _held(services, app.tenant_id)
    ]
    return replies.json(views.Operations(waiting))


@blueprint.route(route="operations/{operation_id}/link", methods=["POST"])
@replies.answering(Detail.TOLD)
def post_operation_link(req: func.HttpRequest) -> func.HttpResponse:
    """Say which partnerships a held report is about; that is kept, and the report goes on."""
    asked = sender_messages.decode(req.get_body(), sender_messages.LinkRequest)
    services = wiring.services()
    operation = operation_named(req, services)
    services.recognition(operation.tenant_id).link(
        operation,
        [Link(mailbox=each.mailbox, device_id=each.device_id) for each in asked.links],
        said_by=asked.requested_by,
    )
    return replies.json(views.operation(operation), HTTPStatus.ACCEPTED)


@blueprint.route(route="senders", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_senders(req: func.HttpRequest) -> func.HttpResponse:
    """Return the configured senders, and the kinds of event in what they send that nobody knows."""
    services = wiring.services()
    served = {app.tenant_id for app in services.apps(req.params.get("tenant_id"))}
    calling = services.senders.senders.values()
    known: list[tuple[Sender | PolledSender, str, bool]] = [
        *((each, each.vendor.name, each.is_retired) for each in calling),
        *((each, POLLED, False) for each in services.polling.senders),
    ]
    told = [
        _told(services, sender, vendor, is_retired=is_retired)
        for sender, vendor, is_retired in known
        if sender.tenant_id in served
    ]
    return replies.json(views.Senders(told))


def _told(
    services: Services, sender: Sender | PolledSender, vendor: str, *, is_retired: bool
) -> views.Sender:
    return views.Sender(
        name=sender.name,
        tenant_id=sender.tenant_id,
        vendor=vendor,
        trust=sender.trust,
        retired=is_retired,
        unknown_events=tuple(services.unheeded.of(sender.name)),
    )


def _held(services: Services, tenant_id: str) -> list[Operation]:
    found = (
        services.journal.find(tenant_id, operation_id)
        for operation_id in services.held.each(tenant_id, LISTED)
    )
    return [each for each in found if each is not None and each.state is State.HELD]
