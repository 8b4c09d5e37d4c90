"""Our queues, and what ended up in their poison queues."""

import logging

import azure.functions as func

from functions.handling import bury, handle, taken
from shared import (
    inventory_messages,
    messages,
    release_messages,
    sender_messages,
    vault_events,
    wiring,
)
from shared.devices.subject import Report
from shared.devices.tenant_change import TenantCommand
from shared.errors import Misconfigured, Retryable
from shared.flows import device_command, device_signal
from shared.messages import COMMANDS, SIGNALS
from shared.services import Services

log = logging.getLogger("easgate.queues")
blueprint = func.Blueprint()

PAGES = inventory_messages.QUEUE
POISON = "-poison"
STORAGE = "AzureWebJobsStorage"


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS, connection=STORAGE)
def on_device_signal(message: func.QueueMessage) -> None:
    """Bring a device in line with what its MDM reports."""
    words = sender_messages.each(taken(SIGNALS, message))
    for word in words:
        try:
            handle(SIGNALS, word, _signal)
        except Exception:
            if len(words) == 1:
                raise
            # A bug that meets one word must not take the others along: alone it fails as it must.
            log.exception("%s: %s goes on alone", SIGNALS, messages.named(word))
            wiring.queues().put_on(SIGNALS, word, None)


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS, connection=STORAGE)
def on_device_command(message: func.QueueMessage) -> None:
    """Carry out an order."""
    handle(COMMANDS, taken(COMMANDS, message), _command)


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS + POISON, connection=STORAGE)
def on_poison_signal(message: func.QueueMessage) -> None:
    """Record and announce a signal that could not be handled; several get another try, alone."""
    words = sender_messages.each(taken(SIGNALS + POISON, message))
    if len(words) == 1:
        bury(SIGNALS + POISON, words[0])
        return
    # One may have killed its worker each time, or all together took too long for one call.
    for word in words:
        wiring.queues().put_on(SIGNALS, word, None)


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS + POISON, connection=STORAGE)
def on_poison_command(message: func.QueueMessage) -> None:
    """Record and announce an order that could not be handled."""
    bury(COMMANDS + POISON, taken(COMMANDS + POISON, message))


@blueprint.queue_trigger(arg_name="message", queue_name=vault_events.QUEUE, connection=STORAGE)
def on_vault_event(message: func.QueueMessage) -> None:
    """Look at a certificate of which the vault has something to say."""
    for event in vault_events.each(taken(vault_events.QUEUE, message)):
        handle(vault_events.QUEUE, event, _vault_event)


@blueprint.queue_trigger(
    arg_name="message", queue_name=vault_events.QUEUE + POISON, connection=STORAGE
)
def on_poison_vault_event(message: func.QueueMessage) -> None:
    """Record and announce an event of the vault that could not be handled."""
    bury(vault_events.QUEUE + POISON, taken(vault_events.QUEUE + POISON, message))


@blueprint.queue_trigger(arg_name="message", queue_name=PAGES, connection=STORAGE)
def on_inventory_page(message: func.QueueMessage) -> None:
    """Take a tenant's inventory further, from wherever it stands."""
    handle(PAGES, taken(PAGES, message), _inventory_page)


@blueprint.queue_trigger(arg_name="message", queue_name=PAGES + POISON, connection=STORAGE)
def on_poison_inventory_page(message: func.QueueMessage) -> None:
    """Record and announce a run of the inventory that could not be taken further."""
    bury(PAGES + POISON, taken(PAGES + POISON, message))


def _signal(services: Services, body: bytes) -> None:
    signal = sender_messages.read_word(body)
    if isinstance(signal, Report):
        services.recognition(signal.tenant_id).handle(signal)
        return
    device_signal.handle(
        signal,
        postures=services.postures,
        orders=services.orders,
        steps=services.steps(signal.tenant_id),
    )


def _command(services: Services, body: bytes) -> None:
    if release_messages.is_release(body):
        release = release_messages.read(body)
        services.tenant(release.tenant_id)
        services.brake.releasing(release.tenant_id).handle(release)
        return
    command = messages.read_order(body)
    if isinstance(command, TenantCommand):
        services.tenant_steps(command.tenant_id).handle(command)
        return
    device_command.handle(
        command,
        orders=services.orders,
        postures=services.postures,
        steps=services.steps(command.tenant_id),
    )


def _vault_event(services: Services, body: bytes) -> None:
    event = vault_events.read(body)
    if not (event.is_of_certificate and event.is_of_vault(services.vault.url)):
        log.info("an event of the vault does not concern us: %.100r", event.kind)
        return
    apps = [tenant.app for tenant in services.tenants.values()]
    failures = services.watch().look(app for app in apps if event.is_about(app.certificate_name))
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("; ".join(map(str, failures)))
    if failures:
        # Also what is refused: the event was right to make us look, and we have not seen all.
        raise Retryable("; ".join(map(str, failures)))


def _inventory_page(services: Services, body: bytes) -> None:
    order = inventory_messages.read(body)
    services.tenant(order.tenant_id)
    services.inventories.stories[order.tenant_id].handle(order)
