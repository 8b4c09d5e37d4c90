"""What happens by the clock."""

import logging

import azure.functions as func

from shared import wiring
from shared.errors import Misconfigured

log = logging.getLogger("easgate.timers")
blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="%CERTIFICATE_SCHEDULE%")
def on_certificate_schedule(timer: func.TimerRequest) -> None:
    """Look how the certificates and the webhook secrets stand, and how long they last."""
    if timer.past_due:
        log.warning("the certificate watch runs late")
    services = wiring.services()
    failures = services.watch().look(tenant.app for tenant in services.tenants.values())
    for failure in failures:
        log.error("a certificate or a webhook secret could not be looked after: %s", failure)
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("the certificate watch needs an administrator: see the lines above")


@blueprint.timer_trigger(arg_name="timer", schedule="%MDM_SCHEDULE%")
def on_mdm_schedule(timer: func.TimerRequest) -> None:
    """Ask the MDMs that cannot call us, and see to it that Microsoft Graph does."""
    if timer.past_due:
        log.warning("the MDMs are asked late")
    services = wiring.services()
    failures = services.subscriptions.look(services.listeners)
    for failure in failures:
        log.error("Microsoft Graph could not be subscribed to: %s", failure)
    for name, failure in services.polling.run():
        log.error("MDM %s could not be asked: %s", name, failure)
        failures.append(failure)
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("an MDM needs an administrator: see the lines above")
