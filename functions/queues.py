"""Our queues, and what ended up in their poison queues."""

import logging
from collections.abc import Callable

import azure.functions as func

from shared import messages, wiring
from shared.errors import Misconfigured, Rejected, Retryable
from shared.flows import abandoned, device_command, device_signal
from shared.messages import COMMANDS, SIGNALS
from shared.services import Services

log = logging.getLogger("easgate.queues")
blueprint = func.Blueprint()

POISON = "-poison"
STORAGE = "AzureWebJobsStorage"


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS, connection=STORAGE)
def on_device_signal(message: func.QueueMessage) -> None:
    """Bring a device in line with what its MDM reports."""
    _handle(SIGNALS, message.get_body(), _signal)


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS, connection=STORAGE)
def on_device_command(message: func.QueueMessage) -> None:
    """Carry out an order."""
    _handle(COMMANDS, message.get_body(), _command)


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS + POISON, connection=STORAGE)
def on_poison_signal(message: func.QueueMessage) -> None:
    """Record and announce a signal that could not be handled."""
    _bury(SIGNALS + POISON, message.get_body())


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS + POISON, connection=STORAGE)
def on_poison_command(message: func.QueueMessage) -> None:
    """Record and announce an order that could not be handled."""
    _bury(COMMANDS + POISON, message.get_body())


def _signal(services: Services, body: bytes) -> None:
    signal = messages.read_signal(body)
    device_signal.handle(signal, postures=services.postures, steps=services.steps(signal.tenant_id))


def _command(services: Services, body: bytes) -> None:
    command = messages.read_command(body)
    device_command.handle(command, steps=services.steps(command.tenant_id))


def _handle(queue: str, body: bytes, story: Callable[[Services, bytes], None]) -> None:
    """Run a story; what must wait goes back on the queue, what cannot be done is given up."""
    services = wiring.services()
    try:
        try:
            story(services, body)
        except Rejected as failure:
            _give_up(services, body, str(failure))
    except Retryable as failure:
        log.info("%s: put back: %s", queue, failure)
        if not services.queues.put_back(queue, body, failure.after):
            _give_up(services, body, f"given up after seven days of waiting: {failure}")


def _bury(queue: str, body: bytes) -> None:
    """
    Record a poison message.

    A poison queue has none of its own: one that fails here would sit unseen until it
    expires, so whatever may pass is waited out.
    """
    services = wiring.services()
    try:
        _give_up(services, body, "failed on every attempt; the app's log of this message says why")
    except (Retryable, Misconfigured) as failure:
        log.exception("%s: put back", queue)
        after = failure.after if isinstance(failure, Retryable) else None
        if not services.queues.put_back(queue, body, after):
            raise


def _give_up(services: Services, body: bytes, why: str) -> None:
    log.warning("given up: %s", why)
    try:
        abandoned.give_up(
            messages.asked(body, services.clock()),
            why,
            journal=services.journal,
            events=services.events,
            clock=services.clock,
        )
    except Rejected as failure:
        raise Misconfigured(f"the event of giving up was refused: {failure}") from failure
