"""MDM senders call in."""

from http import HTTPStatus

import azure.functions as func

from functions import replies, views
from functions.replies import Detail
from shared import wiring
from shared.flows import webhook_delivery

blueprint = func.Blueprint()


@blueprint.route(route="mdm/{sender}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@replies.answering(Detail.KEPT)
def on_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Take in one delivery; the sender proves itself by its own scheme."""
    services = wiring.services()
    signal = webhook_delivery.receive(
        req.route_params["sender"],
        req.headers,
        req.get_body(),
        senders=services.senders,
        deliveries=services.deliveries,
        queue=services.queues,
    )
    taken = views.Taken(operation_id=signal.signal_id if signal else None)
    return replies.json(taken, HTTPStatus.ACCEPTED)
