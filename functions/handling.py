"""What becomes of a queue's message when its story cannot be told to its end."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import azure.functions as func

from shared import inventory_messages, messages, operating, wiring
from shared.devices.inventory_order import RunOrder
from shared.errors import Failure, HeldBack, Misconfigured, Rejected, Retryable, Unfinished
from shared.flows import abandoned
from shared.services import Services
from shared.telemetry import measures, traces
from shared.telemetry.redaction import Private

log = logging.getLogger("easgate.queues")

POISON_WAIT = timedelta(minutes=15)
Story = Callable[[Services, bytes], None]


def taken(queue: str, message: func.QueueMessage) -> bytes:
    """Return a message's content."""
    wiring.telemetry()
    body = messages.content(message.get_body())
    arrived = message.insertion_time
    # One that was put back lay there because it was told to.
    if arrived is not None and message.dequeue_count == 1 and not messages.waiting(body).attempt:
        # The library drops the offset of what the host tells, which is always in UTC.
        measures.queue_age(queue, wiring.utc_now() - arrived.replace(tzinfo=UTC))
    return body


def handle(queue: str, body: bytes, story: Story) -> None:
    """Run a story; what must wait goes back on the queue, what cannot be done is given up."""
    with traces.handling(queue, messages.traceparent(body), messages.about(body)):
        _handle(queue, body, story)


def _handle(queue: str, body: bytes, story: Story) -> None:
    try:
        _run(body, story)
    except Unfinished as part:
        log.info("%s: %s goes on: %s", queue, messages.named(body), Private.of(part))
        wiring.queues().put_on(queue, body, part.after)
    except HeldBack as hold:
        log.info("%s: %s is held: %s", queue, messages.named(body), Private.of(hold))
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


def bury(queue: str, body: bytes) -> None:
    """Record a poison message."""
    with traces.handling(queue, messages.traceparent(body), messages.about(body)):
        _bury(queue, body)


def _bury(queue: str, body: bytes) -> None:
    """
    Record it, or wait.

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
        Private.of(failure),
    )
    asked = failure.after if isinstance(failure, Retryable) else None
    # Needs storage and nothing else: other settings may be what is wrong.
    return wiring.queues().put_back(queue, body, max(asked or timedelta(), at_least) or None)


def _give_up(services: Services, body: bytes, why: str) -> None:
    log.warning("%s is given up: %s", messages.named(body), Private(why, "its record says why"))
    order = _run_order(body)
    try:
        if order is not None and order.tenant_id in services.tenants:
            services.inventories.stories[order.tenant_id].give_up(order, why)
        else:
            _abandon(services, body, why)
    except Rejected as failure:
        raise Misconfigured(f"the event of giving up was refused: {failure}") from failure


def _run_order(body: bytes) -> RunOrder | None:
    try:
        return inventory_messages.read(body)
    except Rejected:
        return None


def _abandon(services: Services, body: bytes, why: str) -> None:
    asked = messages.asked(body, services.clock())
    if asked.tenant_id not in services.tenants:
        # Kept where it can be asked for; the reason names the tenant.
        asked = replace(asked, tenant_id=messages.UNKNOWN)
    elif asked.change is not None:
        services.tenant_steps(asked.tenant_id).give_up(asked, why)
    operation = abandoned.give_up(
        asked, why, journal=services.journal, events=services.events, clock=services.clock
    )
    if operation.operation_id == asked.operation_id:  # not one of which the id was taken
        operating.keep(services, operation, messages.as_sent(body))
