"""The devices that MDMs speak of: which one a person says it is, and who speaks of them."""

from http import HTTPStatus

import azure.functions as func

from functions import people, preconditions, replies, views
from functions.operations import operation_named
from functions.serving import served
from shared import sender_messages, wiring
from shared.devices.caller import Role
from shared.devices.subject import Link
from shared.flows.poll_ports import PolledSender
from shared.mdm.configured import POLLED
from shared.mdm.senders import Sender
from shared.services import Services

blueprint = func.Blueprint()


@served(blueprint, route="operations/{operation_id}/link", method="POST", needs=Role.OPERATOR)
def post_operation_link(req: func.HttpRequest) -> func.HttpResponse:
    """Say which partnerships a held report is about; that is kept, and the report goes on."""
    body = people.signed(people.caller(req), req.get_body())
    asked = sender_messages.decode(body, sender_messages.LinkRequest)
    services = wiring.services()
    operation = operation_named(req, services)
    preconditions.matching(req, operation)
    services.recognition(operation.tenant_id).link(
        operation,
        [Link(mailbox=each.mailbox, device_id=each.device_id) for each in asked.links],
        said_by=asked.requested_by,
    )
    return replies.json(views.operation(operation), HTTPStatus.ACCEPTED)


@served(blueprint, route="senders", method="GET", needs=Role.VIEWER)
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
