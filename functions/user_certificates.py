"""The certificates that users sign in with: how their setting stands, and whether it works."""

from datetime import timedelta
from threading import BoundedSemaphore

import azure.functions as func

from functions import replies, user_certificate_views
from functions.serving import served
from functions.user_certificate_views import TrustQuestion
from shared import sender_messages, wiring
from shared.devices.caller import Role
from shared.errors import Rejected, Retryable, TooLarge
from shared.flows import trust_doctor
from shared.services import Services

blueprint = func.Blueprint()

BODY_LIMIT = 48 * 1024  # bytes: a certificate of 32 KiB, with its name and quotes
# One report may take minutes: without a limit, those who ask for them keep all others waiting.
AT_ONCE = 4  # by one worker, which answers sixteen
reporting = BoundedSemaphore(AT_ONCE)


@served(blueprint, route="user-certificates", method="GET", needs=Role.VIEWER)
def get_user_certificates(req: func.HttpRequest) -> func.HttpResponse:
    """Return how each tenant's setting stands; no revocation list is fetched for it."""
    services = wiring.services()
    ends_at = services.clock() + trust_doctor.PATIENCE
    shown = [
        user_certificate_views.standing(services.trust.doctor(app.tenant_id).standing(ends_at))
        for app in services.apps(req.params.get("tenant_id"))
    ]
    return replies.json(user_certificate_views.UserCertificates(shown))


@served(blueprint, route="user-certificates/validate", method="POST", needs=Role.OPERATOR)
def post_user_certificates_validate(req: func.HttpRequest) -> func.HttpResponse:
    """Look at each row, X1 to X12, and grade it."""
    services = wiring.services()
    body = req.get_body()
    if len(body) > BODY_LIMIT:
        raise TooLarge(f"this may hold {BODY_LIMIT} bytes at most")
    asked = sender_messages.decode(body or b"{}", TrustQuestion)
    tenants = _tenants(services, req.params.get("tenant_id"), asked)
    question = user_certificate_views.question(asked)
    if not reporting.acquire(blocking=False):
        raise Retryable("too many reports are made just now", after=timedelta(minutes=1))
    try:
        ends_at = services.clock() + trust_doctor.PATIENCE
        reports = [services.trust.doctor(each).report(question, ends_at) for each in tenants]
    finally:
        reporting.release()
    return replies.json(user_certificate_views.TrustReports(reports))


def _tenants(services: Services, tenant_id: str | None, asked: TrustQuestion) -> list[str]:
    """Return whose; Rejected where one user is to be looked for in several tenants."""
    apps = services.apps(tenant_id)
    if len(apps) > 1 and (asked.user or asked.certificate):
        raise Rejected("tenant_id must say whose user or certificate is meant")
    return [app.tenant_id for app in apps]
