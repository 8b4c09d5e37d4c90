"""Those who are told of our events: a portal's webhook, a Teams workflow, PagerDuty."""

from collections.abc import Callable
from datetime import datetime

import httpx

from infra.local.simulators.receivers.pagerduty import PagerDuty
from infra.local.simulators.receivers.teams import Workflow
from infra.local.simulators.receivers.webhook import WebhookReceiver

__all__ = ["PagerDuty", "Receivers", "WebhookReceiver", "Workflow"]


class Receivers:
    """One of each, at one address."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.webhook = WebhookReceiver(clock=clock)
        self.teams = Workflow()
        self.pagerduty = PagerDuty()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        request.read()
        for receiver in (self.webhook, self.teams, self.pagerduty):
            if receiver.is_meant(request):
                return receiver.door(request)
        return httpx.Response(404)
