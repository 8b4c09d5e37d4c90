"""Subscriptions to changes: asked for, checked, kept while they last."""

from infra.local.simulators.graph.subscriptions.model import Subscription
from infra.local.simulators.graph.subscriptions.register import Register

__all__ = ["Register", "Subscription"]
