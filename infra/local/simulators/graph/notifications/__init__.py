"""Change notifications: composed when something happens, sent when somebody says so."""

from infra.local.simulators.graph.notifications.endpoints import Pace
from infra.local.simulators.graph.notifications.messages import Lifecycle
from infra.local.simulators.graph.notifications.notifier import Notifications
from infra.local.simulators.graph.notifications.outbox import Attempt, Pending

__all__ = ["Attempt", "Lifecycle", "Notifications", "Pace", "Pending"]
