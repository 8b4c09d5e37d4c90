"""What is measured, when, and by which attributes it is told apart."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions import handling
from functions import queues as functions
from shared import messages
from shared.credentials.rotation import Key, Phase, Rotation
from shared.devices.operation import State, opened_by_signal
from shared.errors import Contended, Retryable
from shared.messages import COMMANDS
from shared.records.journal import Journal
from shared.telemetry import measures
from tests.unit.app_world import Deployment, Message, a_tenant
from tests.unit.builders import DEVICE_ID, NOW, TENANT, a_command, a_signal
from tests.unit.certificates import FakeVault, a_certificate, a_successor, an_app
from tests.unit.entra import Identity
from tests.unit.governed import Worker, answered
from tests.unit.stand_ins import FakeTable
from tests.unit.telemetry_seen import Measured, Seen, watching
from tests.unit.watch_world import Watched

ORDER = messages.write_command(a_command())
AGE = "easgate.queue.age"
ACTIONS = "easgate.actions"


@pytest.fixture
def seen() -> Seen:
    return watching()


def actions(seen: Seen, outcome: str = "") -> Measured:
    """Return what was counted since last time, of one outcome or of all."""
    found = seen.measured().get(ACTIONS, [])
    return [each for each in found if outcome in {"", each[0]["outcome"]}]


def counted(action: str, outcome: str, tenant_id: str = TENANT) -> Measured:
    """Return one operation."""
    return [({"tenant_id": tenant_id, "action": action, "outcome": outcome}, 1)]


def test_days_left_are_those_of_the_key_in_use_the_newest_and_the_first_secret(seen: Seen) -> None:
    """A gauge keeps one value of each: of several secrets the one that ends first matters."""
    old, new = a_certificate(), a_successor()
    watched = Watched(vault=FakeVault((old, new)))
    watched.pins.pin(TENANT, old.version)
    watched.secrets = {"a": NOW + timedelta(days=-1), "b": NOW + timedelta(days=90), "c": None}
    assert replace(watched.watch(), measure=measures.days_left).look([an_app()]) == []
    assert {
        str(attributes["which"]): days
        for attributes, days in seen.measured()["easgate.certificate.days_left"]
        if attributes["tenant_id"] == TENANT
    } == {
        "in_use": days_until(old.expires_at),
        "newest": days_until(new.expires_at),
        "webhook_secret": -1.0,
    }


def days_until(end: datetime | None) -> float:
    assert end is not None
    return (end - NOW) / timedelta(days=1)


def test_no_dated_secret_means_no_measure_of_one(seen: Seen) -> None:
    """Rather than one that would look like an alarm."""
    watched = Watched(vault=FakeVault((a_certificate(),)), secrets={"a": None})
    replace(watched.watch(), measure=measures.days_left).look([an_app()])
    found = seen.measured()["easgate.certificate.days_left"]
    assert [attributes["which"] for attributes, _ in found] == ["in_use"]


def test_rotation_is_measured_by_its_hours_and_none_by_zero(seen: Seen) -> None:
    """At every look, so that the end of one shows."""
    app = Deployment(tenants={TENANT: a_tenant(certificate_name="easgate")})
    watch, (tenant,) = app.services.watch(), app.tenants.values()

    def hours() -> float:
        watch.due(tenant.app)
        ((attributes, value),) = seen.measured()["easgate.rotation.hours"]
        assert attributes == {"tenant_id": TENANT}
        return value

    assert hours() == 0
    began = NOW - timedelta(hours=7)
    key = Key(version="v1", thumbprint="A1", expires_at=NOW)
    rotation = Rotation(
        rotation_id=a_command().command_id,
        app=tenant.app,
        asked_by="helpdesk:jo",
        started_at=began,
        since=began,
        old=key,
    )
    opened = app.rotations.open(rotation)
    assert hours() == 7
    app.rotations.save(replace(opened, phase=Phase.DONE))
    assert hours() == 0


def test_operation_is_counted_once_when_it_ends(seen: Seen) -> None:
    """However often its message is delivered."""
    app = Deployment()
    for _ in range(3):
        deliver(app, ORDER)
    assert actions(seen) == counted("block", "done")


def test_operation_that_waits_and_one_given_up_are_counted_as_such(seen: Seen) -> None:
    """By what was asked, where nothing was decided."""
    app = Deployment()
    app.world.exchange.down = Retryable("Exchange is busy")
    deliver(app, ORDER)
    assert actions(seen) == counted("block", "waiting")
    app.world.exchange.down = None
    app.world.exchange.devices.clear()
    deliver(app, ORDER)
    assert actions(seen, "abandoned") == counted("block", "abandoned")


def test_what_could_not_be_saved_is_not_counted(seen: Seen) -> None:
    """Another worker has moved the operation: that one counts."""
    journal = Journal(FakeTable())
    opened = journal.open(opened_by_signal(a_signal(), NOW))
    ended = opened.stepped(State.DONE, "done", NOW)
    journal.save(ended)
    with pytest.raises(Contended):
        journal.save(ended)
    assert actions(seen) == counted("noncompliant", "done")


@pytest.mark.parametrize("asked", ["block anna.smith", DEVICE_ID, "x" * 1_000])
def test_whatever_an_unreadable_message_asks_for_is_measured_as_unknown(
    seen: Seen, asked: str
) -> None:
    """It may be a name, and it would be a series of its own each time."""
    deliver(Deployment(), json.dumps({**json.loads(ORDER), "action": asked}).encode())
    assert actions(seen, "abandoned") == counted("unknown", "abandoned")


def test_age_is_that_of_messages_at_their_first_attempt(seen: Seen) -> None:
    """One that was put back lay there because it was told to."""
    message = Message(ORDER, insertion_time=NOW.replace(tzinfo=None))
    again = replace(message, dequeue_count=2)
    later = replace(message, body=messages.put_off(ORDER, NOW))
    unknown = Message(ORDER)
    for each in (again, later, unknown):
        assert taken(COMMANDS, each) == each.body
    assert AGE not in seen.measured()
    taken(COMMANDS, message)
    ((attributes, age),) = seen.measured()[AGE]
    assert attributes == {"queue": COMMANDS}
    assert age > 0
    taken(COMMANDS, replace(message, insertion_time=NOW + timedelta(days=36_500)))
    assert seen.measured()[AGE] == [({"queue": COMMANDS}, 0)]


def test_throttle_shows_how_a_refusal_lowers_the_rate(seen: Seen) -> None:
    """Of the one tenant."""
    worker = Worker("one", FakeTable())

    def rate() -> float:
        ((attributes, value),) = seen.measured()["easgate.throttle.calls_per_second"]
        assert attributes == {"tenant_id": TENANT}
        return value

    worker.ask()
    before = rate()
    worker.ask(answered(429, 1))
    assert 0 < rate() < before


def test_token_is_measured_by_its_age_when_it_is_used(seen: Seen) -> None:
    """A new one from the beginning again."""
    identity = Identity()
    app = an_app()

    def age() -> Measured:
        identity.tokens.token(app)
        return seen.measured().get("easgate.token.age", [])

    assert age() == []
    identity.clock.advance(timedelta(minutes=10))
    assert age() == [({"tenant_id": TENANT}, 600)]
    identity.clock.advance(timedelta(hours=23, minutes=50))
    assert age() == []
    identity.clock.advance(timedelta(seconds=7))
    assert age() == [({"tenant_id": TENANT}, 7)]


def taken(queue: str, message: Any) -> bytes:  # noqa: ANN401 - the host's own kind
    """Take a message that the host delivers."""
    return handling.taken(queue, message)


def deliver(app: Deployment, body: bytes) -> None:
    """Let the host deliver an order."""
    with app.running():
        functions.on_device_command(Message(body))
