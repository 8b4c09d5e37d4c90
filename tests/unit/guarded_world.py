"""A fleet behind the brake: rogue reports, the queue that takes them, and two people who decide."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from shared import messages, release_messages, sender_messages
from shared.devices.caller import Caller, CallerKind, Role
from shared.devices.guard import Allowances, Approval, HoldReason
from shared.devices.model import Command, Device, Posture, Signal
from shared.devices.operation import Operation, State
from shared.devices.release import HeldWord, Release, opened_by_release
from shared.errors import HeldBack, Retryable, Unfinished
from shared.flows import device_command
from tests.unit.brake_world import STRICT
from tests.unit.builders import TENANT, a_device, a_signal
from tests.unit.world import ETERNAL, Died, Life, World

ANN = Caller(kind=CallerKind.PERSON, id="ann", name="Ann", roles=frozenset({Role.APPROVER}))
BEN = Caller(kind=CallerKind.PERSON, id="ben", name="Ben", roles=frozenset({Role.APPROVER}))
FEW = replace(STRICT, blocks=3, wipes=2, share=1)


def device_id(number: int) -> str:
    """Return a device's EAS DeviceID."""
    return f"PHONE{number:04d}"


def a_fleet(size: int) -> list[Device]:
    """Return devices that are in quarantine."""
    return [
        a_device(device_id=device_id(number), guid=str(uuid.UUID(int=number + 1)))
        for number in range(size)
    ]


def rogue(number: int, posture: Posture = Posture.RETIRED) -> Signal:
    """Return a properly signed report that one of the fleet is no longer managed."""
    return a_signal(
        signal_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"rogue {number}")),
        device_id=device_id(number),
        posture=posture,
    )


@dataclass
class Fleet:
    """The world with a brake, and what its queue brings."""

    world: World

    def flood(self, count: int) -> None:
        """Let rogue reports come in, a second apart."""
        for number in range(count):
            self.world.clock.advance(seconds(1))
            self.world.report(rogue(number))

    def blocked(self) -> list[int]:
        """Return which devices are blocked."""
        devices = self.world.exchange.devices
        return [uuid.UUID(each.guid).int - 1 for each in devices if each.on_blocked_list]

    def states(self, count: int) -> list[State]:
        """Return where the reports' operations stand."""
        return [self.world.operation(rogue(number).signal_id).state for number in range(count)]

    def operation(self, number: int) -> Operation:
        """Return a report's operation."""
        return self.world.operation(rogue(number).signal_id)

    def deliver(self) -> list[str]:
        """Deliver what was put on the queues again, until nothing is left; return the ids."""
        came = []
        while self.world.records.queue.held:
            word = self.world.records.queue.held.pop(0)
            came.append(word.operation_id)
            self._story(word)
        return came

    def release(self, release: Release, *deaths: int) -> None:
        """Let workers take a release to its end; some die after so many calls."""
        lives = iter(deaths)
        for _ in range(60):
            life = Life(next(lives, ETERNAL))
            with suppress(Died, Unfinished, Retryable):
                self.world.brake(life).releasing(TENANT).handle(release)
                return
            self.world.clock.advance(seconds(5))
        raise AssertionError("the release does not come to an end")

    def _story(self, word: HeldWord) -> None:
        with suppress(HeldBack):
            if word.queue == messages.COMMANDS:
                self.world.order(messages.read_command(word.body))
            else:
                signal = sender_messages.read_word(word.body)
                assert isinstance(signal, Signal)
                self.world.report(signal)


def seconds(count: int) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)


def a_release(
    world: World, by: Caller = ANN, reason: HoldReason | None = None, number: int = 77
) -> Release:
    """Return an approver's order to release what is held by now, as it comes off the queue."""
    said = Approval(by=by.id, name=by.name, at=world.clock(), note="it was us")
    release = Release(
        release_id=str(uuid.UUID(int=number)), tenant_id=TENANT, approval=said, reason=reason
    )
    world.journal.open(opened_by_release(release, world.clock(), by.asked_as))
    return release_messages.read(release_messages.write(release))


def guarded(devices: int = 10, allowances: Allowances = FEW) -> Fleet:
    """Return a fleet behind a brake."""
    return Fleet(World(a_fleet(devices), allowances=allowances))


def ordered(fleet: Fleet, command: Command, asked_as: str = "person:ann") -> Operation:
    """Take an order in, as the app does over HTTP, and handle it."""
    device_command.accept(
        command,
        journal=fleet.world.journal,
        orders=fleet.world.orders,
        queue=fleet.world.records.queue,
        clock=fleet.world.clock,
        asked_as=asked_as,
    )
    fleet.world.order(command)
    return fleet.world.operation(command.command_id)
