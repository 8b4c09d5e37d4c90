"""The certificates the app signs in with: how they stand, whether they work, a new one."""

import logging
from http import HTTPStatus

import azure.functions as func

from functions import replies, views
from functions.replies import Detail
from shared import tenant_messages, wiring
from shared.credentials.certificate import App
from shared.credentials.validation import Report
from shared.errors import Failure, Rejected
from shared.flows import validation_memory
from shared.services import Services

log = logging.getLogger("easgate.http")
blueprint = func.Blueprint()


@blueprint.route(route="certificate", methods=["GET"])
@replies.answering(Detail.TOLD)
def get_certificate(req: func.HttpRequest) -> func.HttpResponse:
    """Return how each tenant's certificate stands."""
    services = wiring.services()
    shown = views.Certificates()
    for app in services.apps(req.params.get("tenant_id")):
        if not app.has_certificate:
            shown.not_applicable[app.tenant_id] = f"signs in with {app.credential}"
            continue
        try:
            standing = services.watch().standing(app)
            last = services.validations.last(app.tenant_id)
        except Failure as failure:  # one tenant's trouble must not hide the others
            shown.problems[app.tenant_id] = str(failure)
        else:
            shown.certificates.append(views.certificate(standing, last, services.clock()))
    return replies.json(shown)


@blueprint.route(route="certificate/validate", methods=["POST"])
@replies.answering(Detail.TOLD)
def post_certificate_validate(req: func.HttpRequest) -> func.HttpResponse:
    """Try each link from the vault to Exchange, and grade it."""
    services = wiring.services()
    reports = [_validated(services, app) for app in services.apps(req.params.get("tenant_id"))]
    return replies.json(views.Reports(reports))


@blueprint.route(route="certificate/rotate", methods=["POST"])
@replies.answering(Detail.TOLD)
def post_certificate_rotate(req: func.HttpRequest) -> func.HttpResponse:
    """Order a new certificate for a tenant; its rotation is an operation like any other."""
    services = wiring.services()
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose certificate is meant")
    command = tenant_messages.read_rotation(req.get_body(), apps[0].tenant_id)
    operation = services.tenant_steps(command.tenant_id).accept(command, services.queues)
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
    )


def _validated(services: Services, app: App) -> Report:
    report = services.validation(app.tenant_id).report()
    try:
        validation_memory.remember(
            app, report, validations=services.validations, events=services.events
        )
    except Failure:
        # Whoever asked gets the answer; only the record of it is missing.
        log.exception("the validation of %s is not remembered", app.tenant_id)
    return report
