"""What happens by the clock."""

import logging

import azure.functions as func

from shared import wiring
from shared.errors import Misconfigured
from shared.flows import certificate_watch

log = logging.getLogger("easgate.timers")
blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="%CERTIFICATE_SCHEDULE%")
def on_certificate_schedule(timer: func.TimerRequest) -> None:
    """Look how long the certificates still last."""
    if timer.past_due:
        log.warning("the certificate watch runs late")
    services = wiring.services()
    failures = certificate_watch.watch(
        [tenant.app for tenant in services.tenants.values()],
        vault=services.vault,
        pins=services.pins,
        events=services.events,
        clock=services.clock,
    )
    for failure in failures:
        log.error("a certificate could not be looked at: %s", failure)
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("the certificate watch needs an administrator: see the lines above")
