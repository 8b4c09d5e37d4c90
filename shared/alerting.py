"""Those who are told of alerts, as an administrator has configured them."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shared.alerts import message
from shared.alerts.delivery import Delivery, Secrets
from shared.alerts.outbox import Outbox
from shared.alerts.sending import Sender
from shared.alerts.settings import ReceiverSettings
from shared.config import Settings
from shared.events.publisher import Publisher
from shared.queues import Queues
from shared.records.alerts import Alerts
from shared.records.tables import Table


def outbox(receivers: Mapping[str, ReceiverSettings], queues: Queues) -> Outbox:
    """Return what puts events on the queue for them."""
    return Outbox(receivers=receivers, put=lambda alert: queues.put_on(message.QUEUE, alert, None))


def delivery(
    settings: Settings,
    *,
    secrets: Secrets,
    table: Table,
    events: Publisher,
    clock: Callable[[], datetime],
) -> Delivery:
    """Return what takes events off the queue, and tells them."""
    return Delivery(
        receivers=settings.receivers,
        secrets=secrets,
        records=Alerts(table),
        post=Sender.over_network(clock).post,
        announce=events.alert_undelivered,
        clock=clock,
        public_url=settings.public_url,
    )
