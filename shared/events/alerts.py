"""What we tell the world about alerts themselves."""

from shared.alerts.delivery import Undelivered
from shared.events.catalogue import Event, event_id

ALERT_UNDELIVERED = "easgate.alert.undelivered.v1"


def alert_undelivered(undelivered: Undelivered) -> Event:
    """Return that a receiver could not be told of an event, and why."""
    alert = undelivered.alert
    return Event(
        id=event_id(alert.alert_id, ALERT_UNDELIVERED),
        type=ALERT_UNDELIVERED,
        subject=f"alerts/{alert.receiver}",
        time=undelivered.at,
        data={
            "tenant_id": alert.told.tenant_id,
            "receiver": alert.receiver,
            "event_id": str(alert.told.id),
            "event_type": alert.told.type,
            "reason": undelivered.why,
            "remedy": "look whether the receiver answers, and at its entry in ALERT_RECEIVERS",
        },
    )
