"""The certificates the app signs in with: how they stand, whether they work, a new one."""

import logging
from http import HTTPStatus
from uuid import UUID

import azure.functions as func

from functions import certificate_views, people, replies, views
from functions.serving import served
from shared import operating, tenant_messages, wiring
from shared.credentials.certificate import App
from shared.credentials.validation import Report
from shared.devices.caller import Role
from shared.errors import Failure, NotFound, Rejected
from shared.flows import validation_memory
from shared.flows.validation_memory import Followed
from shared.services import Services

log = logging.getLogger("easgate.http")
blueprint = func.Blueprint()


@served(blueprint, route="certificate", method="GET", needs=Role.VIEWER)
def get_certificate(req: func.HttpRequest) -> func.HttpResponse:
    """Return how each tenant's certificate stands."""
    services = wiring.services()
    shown = certificate_views.Certificates()
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
            shown.certificates.append(
                certificate_views.certificate(standing, last, services.clock())
            )
    return replies.json(shown)


@served(blueprint, route="certificate/validate", method="POST", needs=Role.OPERATOR)
def post_certificate_validate(req: func.HttpRequest) -> func.HttpResponse:
    """Try each link from the vault to Exchange, and grade it."""
    services, asked = wiring.services(), certificate_views.asked(req.get_body())
    apps = services.apps(req.params.get("tenant_id"))
    return replies.json(
        certificate_views.Reports([_validated(services, app, asked.run_id) for app in apps])
    )


@served(blueprint, route="certificate/validation", method="GET", needs=Role.VIEWER)
def get_certificate_validation(req: func.HttpRequest) -> func.HttpResponse:
    """Return how far the tenant's validation has come that was begun last under a run_id."""
    services = wiring.services()
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose validation is meant")
    progress = services.validations.progress(apps[0].tenant_id)
    if progress is None:
        raise NotFound("no validation was begun under a run_id yet")
    return replies.json(progress)


@served(blueprint, route="certificate/rotate", method="POST", needs=Role.OPERATOR)
def post_certificate_rotate(req: func.HttpRequest) -> func.HttpResponse:
    """Order a new certificate for a tenant; its rotation is an operation like any other."""
    services = wiring.services()
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose certificate is meant")
    caller = people.caller(req)
    body = people.signed(caller, req.get_body())
    command = tenant_messages.read_rotation(body, apps[0].tenant_id)
    operation = operating.accept(services, command, caller.asked_as)
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
    )


def _validated(services: Services, app: App, run_id: UUID | None) -> Report:
    validation = services.validation(app.tenant_id)
    if run_id is None:
        report = validation.report()
    else:
        report = validation.report(
            Followed(tenant_id=app.tenant_id, run_id=str(run_id), validations=services.validations)
        )
    try:
        validation_memory.remember(
            app, report, validations=services.validations, events=services.events
        )
    except Failure:
        # Whoever asked gets the answer; only the record of it is missing.
        log.exception("the validation of %s is not remembered", app.tenant_id)
    return report
