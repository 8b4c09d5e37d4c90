"""What becomes of the vault's events: a look at the certificate, at once."""

import base64
import json
import logging
from collections.abc import Callable

import pytest

from functions import queues
from shared import messages
from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from tests.unit.app_world import Deployment, Message, a_tenant
from tests.unit.builders import NOW
from tests.unit.certificates import EXPIRES
from tests.unit.test_vault_events import CLOUD, GRID, with_data

Trigger = Callable[[Message], object]
ON_EVENT: Trigger = queues.on_vault_event
ON_POISON: Trigger = queues.on_poison_vault_event
EVENT = json.dumps(GRID).encode()
QUEUE = "vault-events"
OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


@pytest.fixture
def app() -> Deployment:
    app = Deployment()
    app.world.clock.now = EXPIRES
    return app


def deliver(app: Deployment, body: bytes, trigger: Trigger = ON_EVENT) -> None:
    """Let the host deliver a message."""
    with app.running():
        assert trigger(Message(body)) is None


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        json.dumps(CLOUD).encode(),
        json.dumps([GRID]).encode(),
        base64.b64encode(EVENT),
        base64.b64encode(json.dumps([GRID, GRID]).encode()),
    ],
)
def test_event_makes_the_watch_look_at_once(app: Deployment, body: bytes) -> None:
    """However it lies on the queue, and however often it comes."""
    for _ in range(2):
        deliver(app, body)
    assert app.world.events.types == ["certificate.expired"]
    assert app.queue.back == []


def test_what_an_event_says_is_not_believed(app: Deployment) -> None:
    """It says that the certificate has expired; the look shows that it has not."""
    app.world.clock.now = NOW
    deliver(app, EVENT)
    assert app.world.events.sent == []


@pytest.mark.parametrize(
    "event",
    [
        with_data(Id="https://other.vault.azure.net/certificates/easgate/v1", VaultName="other"),
        {**GRID, "eventType": "Microsoft.KeyVault.SecretNearExpiry"},
        with_data(ObjectName="another"),
    ],
)
def test_event_that_does_not_concern_us_is_done_with(
    app: Deployment, event: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """The log names its type, and no more of it."""
    caplog.set_level(logging.INFO)
    deliver(app, json.dumps(event).encode())
    assert (app.world.events.sent, app.queue.back, app.vault.asked) == ([], [], [])
    said = [each.getMessage() for each in caplog.records if each.name == "easgate.queues"]
    assert all(str(event["eventType"]) in line for line in said)
    assert len(said) == (event["subject"] == "easgate" and "another" not in str(event["data"]))


def test_only_the_tenants_concerned_are_looked_at(app: Deployment) -> None:
    """Another tenant's certificate has another name."""
    app.tenants[OTHER_TENANT] = a_tenant(tenant_id=OTHER_TENANT, certificate_name="gone")
    deliver(app, EVENT)
    assert app.queue.back == []
    assert app.world.events.types == ["certificate.expired"]


TROUBLES: list[Failure] = [
    Retryable("Key Vault is busy"),
    Misconfigured("Key Vault denies access"),
    NotFound("the vault has no certificate easgate"),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_look_that_fails_is_repeated_later(
    app: Deployment, trouble: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    """Each event of an array is put back by itself; an administrator is called if need be."""
    app.vault.down = trouble
    deliver(app, json.dumps([GRID]).encode())
    ((queue, body, after),) = app.queue.back
    assert (queue, json.loads(body), after) == (QUEUE, GRID, None)
    alarms = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(alarms) == isinstance(trouble, Misconfigured)
    app.vault.down = None
    deliver(app, messages.put_off(body, NOW))
    assert app.world.events.types == ["certificate.expired"]


def test_event_that_waited_too_long_is_given_up(app: Deployment) -> None:
    """Recorded and announced with the reason."""
    app.vault.down = Retryable("Key Vault is busy")
    app.queue.has_patience = False
    deliver(app, EVENT)
    assert app.world.events.types == ["operation.abandoned"]
    assert "Key Vault is busy" in str(app.world.events.sent[0].data["reason"])


@pytest.mark.parametrize("body", [b"", b"\xff", b"null", b"{}", b"[" * 50_000, b'["x"]'])
@pytest.mark.parametrize("trigger", [ON_EVENT, ON_POISON])
def test_unreadable_event_is_given_up_and_announced_once(
    app: Deployment, body: bytes, trigger: Trigger
) -> None:
    """Nothing that others write on the queue makes the function fail."""
    for _ in range(2):
        deliver(app, body, trigger)
    assert app.world.events.types == ["operation.abandoned"]
    assert app.queue.back == []


def test_poison_is_recorded_and_announced(app: Deployment) -> None:
    """And waits while that cannot be done."""
    app.world.events.down = Rejected("the event topic refused it")
    deliver(app, EVENT, ON_POISON)
    ((queue, body, _),) = app.queue.back
    assert queue == f"{QUEUE}-poison"
    app.world.events.down = None
    deliver(app, body, ON_POISON)
    assert app.world.events.types == ["operation.abandoned"]
