"""What happens by the clock."""

import logging

import azure.functions as func

from shared import application_insights, wiring
from shared.devices.inventory import Scope
from shared.errors import Failure, Misconfigured
from shared.flows import inventory_schedule
from shared.services import Services

log = logging.getLogger("easgate.timers")
blueprint = func.Blueprint()

HELD_SCHEDULE = "0 7,22,37,52 * * * *"  # nothing hangs on when


@blueprint.timer_trigger(arg_name="timer", schedule="%CERTIFICATE_SCHEDULE%")
def on_certificate_schedule(timer: func.TimerRequest) -> None:
    """Look how the certificates and the webhook secrets stand, and how long they last."""
    if timer.past_due:
        log.warning("the certificate watch runs late")
    services = wiring.services()
    failures = services.watch().look(tenant.app for tenant in services.tenants.values())
    for failure in failures:
        log.error("a certificate or a webhook secret could not be looked after: %s", failure)
    failures += _seal(services)
    # Whoever misses these measures raises an alarm, and the worker may be stopped now.
    application_insights.flush()
    failures += _trusted(services)
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("the certificate watch needs an administrator: see the lines above")


def _trusted(services: Services) -> list[Failure]:
    """Look what users' certificates rest on: last, as it waits for the servers of others."""
    apps = [tenant.app for tenant in services.tenants.values()]
    failures = services.trust.watch().look(apps)
    for failure in failures:
        log.error("an authority of users' certificates could not be looked after: %s", failure)
    return failures


def _seal(services: Services) -> list[Failure]:
    """Seal every tenant's audit; the log is far from where the audit is, and keeps its heads."""
    failures: list[Failure] = []
    for tenant_id, tenant in services.tenants.items():
        try:
            head = services.sealing.seal(tenant.app)
        except Failure as failure:
            log.exception("the audit of tenant %s could not be sealed", tenant_id)
            failures.append(failure)
        else:
            if head is not None:
                log.info("the audit of tenant %s is sealed: %d:%s", tenant_id, head.seq, head.hash)
    return failures


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


@blueprint.timer_trigger(arg_name="timer", schedule=HELD_SCHEDULE)
def on_held_schedule(timer: func.TimerRequest) -> None:
    """Give up what nobody approved in time, and help on what was approved."""
    if timer.past_due:
        log.warning("what is held is looked at late")
    wiring.services().brake.look()


@blueprint.timer_trigger(arg_name="timer", schedule="%INVENTORY_SCHEDULE%")
def on_inventory_schedule(timer: func.TimerRequest) -> None:
    """Order a full run of every tenant's inventory."""
    _order_runs(Scope.FULL, timer)


@blueprint.timer_trigger(arg_name="timer", schedule="%INVENTORY_CHANGES_SCHEDULE%")
def on_inventory_changes_schedule(timer: func.TimerRequest) -> None:
    """Let every tenant's inventory be looked through for changes."""
    _order_runs(Scope.CHANGES, timer)


def _order_runs(scope: Scope, timer: func.TimerRequest) -> None:
    if timer.past_due:
        log.warning("the inventories are taken late")
    services = wiring.services()
    failures: list[Failure] = []
    for tenant_id in services.tenants:
        try:
            services.inventories.schedule.begin(
                tenant_id,
                scope,
                inventory_schedule.ASKED_BY,
                after=inventory_schedule.spread(tenant_id),
            )
        except Failure as failure:
            log.exception("the inventory of tenant %s could not be ordered", tenant_id)
            failures.append(failure)
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("an inventory needs an administrator: see the lines above")
