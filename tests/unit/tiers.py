"""A tenant with senders of both kinds of trust, people who order, and people who link."""

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices.model import Action, Device, Signal, Trust
from shared.devices.operation import State
from shared.devices.subject import Link, Report
from shared.errors import Rejected
from shared.flows.webhook_delivery import as_signal
from tests.unit.builders import ALLOW_BY_DEFAULT, a_command, a_device, allowed, blocked
from tests.unit.recognition_world import (
    OTHER_MAILBOX,
    RecognitionWorld,
    a_partnership,
    a_report,
)
from tests.unit.world import World

DEVICES = (
    a_device(device_id="QUARANTINEDPHONE1", guid="1"),
    blocked(device_id="BLOCKEDPHONE00002", guid="2"),
    allowed(device_id="ALLOWEDPHONE00003", guid="3", mailbox=OTHER_MAILBOX),
)
ZERO = a_report().occurred_at  # the time of a report made just now


@dataclass
class Tiers:
    """The whole way of a word, from the queue to Exchange."""

    said: int = 0  # words so far

    def __post_init__(self) -> None:
        self.world = World(list(DEVICES))
        self.world.exchange.policy = ALLOW_BY_DEFAULT
        self.recognition = RecognitionWorld(
            [
                a_partnership(mailbox=each.mailbox, device_id=each.device_id, guid=each.guid)
                for each in DEVICES
            ],
            journal=self.world.journal,
            clock=self.world.clock,
            events=self.world.events,
        )
        self.queue = self.recognition.queue

    @property
    def devices(self) -> list[Device]:
        """How the devices stand."""
        return self.world.exchange.devices

    def new_id(self) -> str:
        """Return an id that nothing has yet."""
        self.said += 1
        return f"{self.said:08}-0000-4000-8000-000000000000"

    def event(self, report: Report) -> None:
        """Let a sender's webhook come in, and be handled to its end."""
        self.world.clock.advance(timedelta(minutes=1))
        report = replace(report, report_id=self.new_id())
        dated = replace(report, occurred_at=self.world.clock() + (report.occurred_at - ZERO))
        self.queue.put_words([as_signal(dated) or dated])
        self.work()

    def order(self, action: Action, device: Device) -> bool:
        """Let a person order something; tell whether it was done."""
        self.world.clock.advance(timedelta(minutes=1))
        command = a_command(
            command_id=self.new_id(),
            action=action,
            mailbox=device.mailbox,
            device_id=device.device_id,
        )
        self.world.accept(command)
        try:
            self.world.redeliver(lambda: self.world.order(command))
        except Rejected:
            return False
        return True

    def link(self, report: Report, *links: Link) -> None:
        """Let a person say which device a held report is about."""
        self.recognition.link(report, links)
        self.work()

    def held(self, trust: Trust) -> list[Report]:
        """Return the reports of senders of this kind that wait for a person."""
        found = (self.world.operation(each) for each in self.recognition.waits)
        reports = [each.report for each in found if each.state is State.HELD]
        return [each for each in reports if each is not None and each.trust is trust]

    def work(self) -> None:
        """Handle what is on the queue until nothing is."""
        while self.queue.reports or self.queue.signals:
            self.recognition.deliver()
            signals, self.queue.signals = self.queue.signals, []
            for signal in signals:
                self._handle(signal)

    def _handle(self, signal: Signal) -> None:
        try:
            self.world.redeliver(lambda: self.world.report(signal))
        except Rejected:
            return  # a person linked what Exchange does not have
