"""Alerts on their way to those who are to be told."""

import azure.functions as func

from functions.handling import handle, taken
from functions.queues import POISON, STORAGE
from shared.alerts.message import QUEUE
from shared.services import Services

blueprint = func.Blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=QUEUE, connection=STORAGE)
def on_alert(message: func.QueueMessage) -> None:
    """Tell one receiver of one event."""
    handle(QUEUE, taken(QUEUE, message), _deliver)


@blueprint.queue_trigger(arg_name="message", queue_name=QUEUE + POISON, connection=STORAGE)
def on_poison_alert(message: func.QueueMessage) -> None:
    """Announce an alert that could not be handled; it opens no operation, as none waits for it."""
    handle(QUEUE + POISON, taken(QUEUE + POISON, message), _give_up)


def _deliver(services: Services, body: bytes) -> None:
    services.alerts.deliver(body)


def _give_up(services: Services, body: bytes) -> None:
    why = "failed on every attempt; the app's log of this message says why"
    services.alerts.give_up(body, why)
