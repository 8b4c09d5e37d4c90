"""A sender's secret may be one of two, may change, and outlives an outage of the vault."""

from datetime import timedelta

import pytest
from azure.core.exceptions import ServiceRequestError

from functions import queues
from shared import sender_messages
from shared.devices.model import Signal
from shared.devices.subject import Report
from tests.unit.app_world import Answer, Deployment, Message
from tests.unit.builders import NOW
from tests.unit.intake_senders import answered, deployment, genuine, new_keys, served
from tests.unit.intake_world import TOLD, come_again, every_vendor, stored
from tests.unit.secret_versions import FakeClient, Known, Version
from tests.unit.stand_ins import FakeClock

DOWN = ServiceRequestError("no route")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def word(app: Deployment) -> Signal | Report:
    """Return the one thing that stands on the queue."""
    (said,) = stored(app)
    return said


class Vault:
    """An app whose sender's secret is in a vault, which was read a while ago."""

    def __init__(self, vendor: str, *, read: timedelta) -> None:
        self.vendor = vendor
        self.old, self.new = new_keys(vendor), new_keys(vendor)
        self.before = Version("old", self.old.checks, NOW - timedelta(days=9))
        self.after = Version("new", self.new.checks, NOW - MINUTE)
        self.known = Known(FakeClient([self.before]), FakeClock(NOW - read))
        self.known.live()
        self.known.clock.now = NOW
        self.app = Deployment(senders={"portal": served(vendor)}, secrets=self.known.secrets)

    def send(self, signs: str) -> Answer:
        """Send an event."""
        return answered(self.app, genuine(self.vendor, signs))


@every_vendor
@pytest.mark.parametrize(("which", "version"), [(0, "2"), (1, "1")])
def test_each_of_two_secrets_is_good_and_the_right_one_is_recorded(
    vendor: str, which: int, version: str
) -> None:
    """So that a sender's change of secret leaves no gap, and can be seen to be complete."""
    both = new_keys(vendor), new_keys(vendor)
    app = deployment(vendor, *(each.checks for each in both))
    answer = answered(app, genuine(vendor, both[which].signs))
    assert answer.status_code == TOLD[vendor].taken
    assert word(app).verified_by == f"portal-secret/{version}"


@pytest.mark.parametrize(("which", "version"), [(0, "2"), (1, "1")])
def test_operation_tells_which_secret_proved_its_sender(which: int, version: str) -> None:
    """Whoever asks for it later sees it."""
    both = new_keys("standard"), new_keys("standard")
    app = deployment("standard", *(each.checks for each in both))
    answered(app, genuine("standard", both[which].signs))
    (signal,) = app.queue.signals
    with app.running():
        queues.on_device_signal(Message(sender_messages.write_signal(signal)))
    opened = app.world.operation(signal.signal_id).history[0]
    assert f"proved by portal-secret/{version}" in opened.note


@every_vendor
def test_third_secret_is_good_for_nothing(vendor: str) -> None:
    """It was replaced twice over."""
    app = deployment(vendor, new_keys(vendor).checks, new_keys(vendor).checks)
    answer = answered(app, genuine(vendor, new_keys(vendor).signs))
    assert answer.status_code == TOLD[vendor].unverified


@every_vendor
def test_known_secret_is_good_while_the_vault_is_down_for_hours(vendor: str) -> None:
    """The senders do not notice."""
    vault = Vault(vendor, read=23 * HOUR)
    vault.known.client.down = DOWN
    assert vault.send(vault.old.signs).status_code == TOLD[vendor].taken
    assert word(vault.app).verified_by == "portal-secret/old"
    assert vault.known.asked == 2


@every_vendor
def test_vault_that_is_down_for_a_day_leaves_nobody_to_tell(vendor: str) -> None:
    """Senders come again; none is told that it is a stranger."""
    vault = Vault(vendor, read=24 * HOUR)
    vault.known.client.down = DOWN
    for signs in (vault.old.signs, new_keys(vendor).signs):
        assert come_again(vault.send(signs), TOLD[vendor].busy)


@every_vendor
def test_secret_that_was_changed_a_minute_ago_is_found(vendor: str) -> None:
    """By a second look, though the old one would be remembered for minutes more."""
    vault = Vault(vendor, read=MINUTE)
    vault.known.client.versions = [vault.after]
    assert vault.send(vault.new.signs).status_code == TOLD[vendor].taken
    assert word(vault.app).verified_by == "portal-secret/new"
    assert vault.send(vault.old.signs).status_code == TOLD[vendor].unverified


@every_vendor
def test_change_that_cannot_be_looked_up_is_not_held_against_the_sender(vendor: str) -> None:
    """While the vault is down, what the old secret does not prove may be proved by a new one."""
    vault = Vault(vendor, read=MINUTE)
    vault.known.client.versions = [vault.after, vault.before]
    vault.known.client.down = DOWN
    assert come_again(vault.send(vault.new.signs), TOLD[vendor].busy)
    assert vault.send(vault.old.signs).status_code == TOLD[vendor].taken
    vault.known.client.down = None
    vault.known.clock.advance(MINUTE)
    assert vault.send(vault.new.signs).status_code == TOLD[vendor].taken


@every_vendor
def test_stranger_is_told_no_without_hammering_the_vault(vendor: str) -> None:
    """Twice a minute is the most that bad calls cost."""
    vault = Vault(vendor, read=MINUTE)
    for _ in range(10):
        assert vault.send(new_keys(vendor).signs).status_code == TOLD[vendor].unverified
    assert vault.known.asked == 2
