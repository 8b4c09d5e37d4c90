"""Our queues, and what ended up in their poison queues."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import azure.functions as func

from shared import messages, sender_messages, vault_events, wiring
from shared.devices.subject import Report
from shared.devices.tenant_change import TenantCommand
from shared.errors import Failure, Misconfigured, Rejected, Retryable, Unfinished
from shared.flows import abandoned, device_command, device_signal
from shared.messages import COMMANDS, SIGNALS
from shared.services import Services

log = logging.getLogger("easgate.queues")
blueprint = func.Blueprint()

POISON = "-poison"
POISON_WAIT = timedelta(minutes=15)
Story = Callable[[Services, bytes], None]
STORAGE = "AzureWebJobsStorage"


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS, connection=STORAGE)
def on_device_signal(message: func.QueueMessage) -> None:
    """Bring a device in line with what its MDM reports."""
    words = sender_messages.each(messages.content(message.get_body()))
    for word in words:
        try:
            _handle(SIGNALS, word, _signal)
        except Exception:
            if len(words) == 1:
                raise
            # A bug that meets one word must not take the others along: alone it fails as it must.
            log.exception("%s: %s goes on alone", SIGNALS, messages.named(word))
            wiring.queues().put_on(SIGNALS, word, None)


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS, connection=STORAGE)
def on_device_command(message: func.QueueMessage) -> None:
    """Carry out an order."""
    _handle(COMMANDS, messages.content(message.get_body()), _command)


@blueprint.queue_trigger(arg_name="message", queue_name=SIGNALS + POISON, connection=STORAGE)
def on_poison_signal(message: func.QueueMessage) -> None:
    """Record and announce a signal that could not be handled."""
    for word in sender_messages.each(messages.content(message.get_body())):
        _bury(SIGNALS + POISON, word)


@blueprint.queue_trigger(arg_name="message", queue_name=COMMANDS + POISON, connection=STORAGE)
def on_poison_command(message: func.QueueMessage) -> None:
    """Record and announce an order that could not be handled."""
    _bury(COMMANDS + POISON, messages.content(message.get_body()))


@blueprint.queue_trigger(arg_name="message", queue_name=vault_events.QUEUE, connection=STORAGE)
def on_vault_event(message: func.QueueMessage) -> None:
    """Look at a certificate of which the vault has something to say."""
    for event in vault_events.each(messages.content(message.get_body())):
        _handle(vault_events.QUEUE, event, _vault_event)


@blueprint.queue_trigger(
    arg_name="message", queue_name=vault_events.QUEUE + POISON, connection=STORAGE
)
def on_poison_vault_event(message: func.QueueMessage) -> None:
    """Record and announce an event of the vault that could not be handled."""
    _bury(vault_events.QUEUE + POISON, messages.content(message.get_body()))


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
    if not (event.is_of_certificate and event.is_of_vault(services.vault_url)):
        log.info("an event of the vault does not concern us: %.100r", event.kind)
        return
    apps = [tenant.app for tenant in services.tenants.values()]
    failures = services.watch().look(app for app in apps if event.is_about(app.certificate_name))
    if any(isinstance(failure, Misconfigured) for failure in failures):
        raise Misconfigured("; ".join(map(str, failures)))
    if failures:
        # Also what is refused: the event was right to make us look, and we have not seen all.
        raise Retryable("; ".join(map(str, failures)))


def _handle(queue: str, body: bytes, story: Story) -> None:
    """Run a story; what must wait goes back on the queue, what cannot be done is given up."""
    try:
        _run(body, story)
    except Unfinished as part:
        log.info("%s: %s goes on: %s", queue, messages.named(body), part)
        wiring.queues().put_on(queue, body, part.after)
    except (Retryable, Misconfigured) as failure:
        # Also what an administrator must mend first: it goes on by itself when that is done.
        if not _put_back(queue, body, failure):
            _give_up(wiring.services(), body, f"given up after seven days: {failure}")


def _run(body: bytes, story: Story) -> None:
    services = wiring.services()
    try:
        story(services, body)
    except Rejected as failure:
        _give_up(services, body, str(failure))


def _bury(queue: str, body: bytes) -> None:
    """
    Record a poison message.

    A poison queue has none of its own: one that fails here would sit unseen until it
    expires, so whatever may pass is waited out.
    """
    why = "failed on every attempt; the app's log of this message says why"
    try:
        _give_up(wiring.services(), body, why)
    except (Retryable, Misconfigured) as failure:
        # Its patience may be used up already, and no queue stands behind this one.
        _put_back(queue, messages.as_sent(body), failure, at_least=POISON_WAIT)


def _put_back(queue: str, body: bytes, failure: Failure, at_least: timedelta = timedelta()) -> bool:
    """Put the message back for later; False once its patience is used up."""
    is_alarm = isinstance(failure, Misconfigured)
    log.log(
        logging.ERROR if is_alarm else logging.INFO,
        "%s: %s waits: %s",
        queue,
        messages.named(body),
        failure,
    )
    asked = failure.after if isinstance(failure, Retryable) else None
    # Needs storage and nothing else: other settings may be what is wrong.
    return wiring.queues().put_back(queue, body, max(asked or timedelta(), at_least) or None)


def _give_up(services: Services, body: bytes, why: str) -> None:
    log.warning("%s is given up: %s", messages.named(body), why)
    asked = messages.asked(body, services.clock())
    if asked.tenant_id not in services.tenants:
        # Kept where it can be asked for; the reason names the tenant.
        asked = replace(asked, tenant_id=messages.UNKNOWN)
    elif asked.change is not None:
        services.tenant_steps(asked.tenant_id).give_up(asked, why)
    try:
        abandoned.give_up(
            asked,
            why,
            journal=services.journal,
            events=services.events,
            clock=services.clock,
        )
    except Rejected as failure:
        raise Misconfigured(f"the event of giving up was refused: {failure}") from failure
