"""
The notifications themselves.

Of users they look as those that have been captured: there is no id, and the time at which the
subscription ends is given with the offset of the service's own clocks.
"""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from infra.local.simulators.graph.notifications import encryption
from infra.local.simulators.graph.subscriptions import Subscription
from infra.local.simulators.graph.user_directory import Change, User

_THEIR_TIME = timezone(timedelta(hours=-8))
_TICKS_FROM = datetime(1, 1, 1, tzinfo=UTC)  # ticks are tenths of microseconds since then

Json = dict[str, Any]


class Lifecycle(StrEnum):
    """What a subscription may hear about itself."""

    REAUTHORIZATION_REQUIRED = "reauthorizationRequired"
    SUBSCRIPTION_REMOVED = "subscriptionRemoved"
    MISSED = "missed"


def change(subscription: Subscription, user: User, kind: Change, now: datetime) -> Json:
    """Tell of one change to one user, with the data if that was asked for."""
    path = f"Users/{user.object_id}"
    told: Json = {
        "changeType": kind,
        "clientState": subscription.client_state,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.User",
            "@odata.id": path,
            "id": user.object_id,
            "organizationId": user.tenant_id,
            "eventTime": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z",
            "sequenceNumber": (now - _TICKS_FROM) // timedelta(microseconds=1) * 10,
        },
        **_of(subscription),
    }
    if subscription.sealing:
        told["encryptedContent"] = encryption.sealed(user.shape, subscription.sealing)
    return told


def lifecycle(subscription: Subscription, event: Lifecycle) -> Json:
    """Tell a subscription about itself; no resource is named."""
    state = {"clientState": subscription.client_state}
    return {**_of(subscription), **state, "lifecycleEvent": event}


def _of(subscription: Subscription) -> Json:
    return {
        "subscriptionExpirationDateTime": subscription.expires.astimezone(_THEIR_TIME).isoformat(),
        "subscriptionId": subscription.subscription_id,
        "tenantId": subscription.tenant_id,
    }
