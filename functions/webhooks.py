"""MDM senders call in."""

from http import HTTPStatus

import azure.functions as func

from functions import replies, views
from functions.replies import Detail
from shared import wiring
from shared.errors import Failure, Gone, Misconfigured, Retryable, TooLarge, Unverified
from shared.flows import webhook_delivery
from shared.mdm.call import Call
from shared.mdm.vendor import Answers
from shared.services import Services
from shared.telemetry import traces

blueprint = func.Blueprint()

BODY_LIMIT = 256 * 1024  # bytes
# Broken settings hide whose call it is: the one code that makes every kind of sender try again.
UNKNOWN = Answers(busy=HTTPStatus.TOO_MANY_REQUESTS)


@blueprint.route(
    route="mdm/{sender}", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS
)
def on_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Take in one call; the sender proves itself by its own scheme, and is answered in its way."""
    wiring.telemetry()
    with traces.answering("on_webhook"):
        answers = UNKNOWN
        try:
            services = wiring.services()
            sender = req.route_params["sender"]
            answers = services.senders.answers(sender)
            return _answer(sender, _call(req), services, answers)
        except Failure as failure:
            return _refusal(failure, answers)


def _answer(sender: str, call: Call, services: Services, answers: Answers) -> func.HttpResponse:
    if len(call.body) > BODY_LIMIT:
        raise TooLarge(f"a webhook body may hold {BODY_LIMIT} bytes at most")
    greeting = services.senders.greet(sender, call)
    if greeting is not None:
        return func.HttpResponse(
            greeting.text,
            status_code=greeting.status,
            headers={"Cache-Control": "no-store", **greeting.headers},
            mimetype=greeting.content_type,
        )
    started = webhook_delivery.take_in(
        sender,
        services.senders.read(sender, call),
        queue=services.queues,
        unheeded=services.unheeded,
        chores=services.chores,
    )
    if answers.taken is HTTPStatus.NO_CONTENT:
        return func.HttpResponse(status_code=answers.taken, headers={"Cache-Control": "no-store"})
    taken = views.Taken(operation_id=started[0] if started else None, operation_ids=started)
    return replies.json(taken, answers.taken)


def _call(req: func.HttpRequest) -> Call:
    return Call(
        method=req.method.upper(),
        headers={name.lower(): value for name, value in req.headers.items()},
        query=dict(req.params),
        body=req.get_body(),
    )


def _refusal(failure: Failure, answers: Answers) -> func.HttpResponse:
    """Answer a failure: what may pass, or is ours to mend, makes the sender try again."""
    if isinstance(failure, Retryable | Misconfigured):
        after = failure.after if isinstance(failure, Retryable) else None
        return replies.failed(failure, Detail.KEPT, answers.busy, after or answers.wait)
    match failure:
        case Gone():
            return replies.failed(failure, Detail.KEPT, answers.gone)
        case Unverified():
            return replies.failed(failure, Detail.KEPT, answers.unverified)
        case _:
            return replies.failed(failure, Detail.KEPT)
