"""What each kind of sender has to be told, and the app with such a sender."""

from dataclasses import dataclass

import pytest

from shared.devices.model import Signal
from shared.devices.subject import Report
from tests.unit.app_world import Answer, Deployment, Request
from tests.unit.intake_senders import EXAMPLES, deployment, genuine, new_keys


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one kind of sender has to be told."""

    taken: int = 202
    busy: int = 503
    gone: int = 410
    unverified: int = 401
    patience: int = 15  # seconds that it waits for an answer


TOLD: dict[str, Told] = {
    "standard": Told(),
    "standard_ed25519": Told(),
    "generic": Told(),
    "cloudevents": Told(),
    "soti": Told(),
    "workspace_one": Told(taken=200),
    "jamf": Told(taken=200),
    "fleet": Told(busy=429),
    "nanomdm": Told(taken=200),
    "simplemdm": Told(),
    "meraki": Told(),
    "kolide": Told(),
    "apple_business": Told(taken=204, unverified=400),
    "graph": Told(patience=3),
}
KEYS = {vendor: new_keys(vendor) for vendor in EXAMPLES}
every_vendor = pytest.mark.parametrize("vendor", TOLD)


def app_for(vendor: str, **settings: object) -> Deployment:
    """Return the app with one sender."""
    return deployment(vendor, KEYS[vendor].checks, **settings)


def an_event(vendor: str) -> Request:
    """Return a call that says what a device is."""
    return genuine(vendor, KEYS[vendor].signs)


def stored(app: Deployment) -> list[Signal | Report]:
    """Return what stands on the queue."""
    return [*app.queue.signals, *app.queue.reports]


def come_again(answer: Answer, status: int) -> bool:
    """Tell whether the sender is told to come again, and when."""
    return answer.status_code == status and int(answer.headers["Retry-After"]) >= 1
