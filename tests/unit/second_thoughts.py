"""One tenant's world in which orders are planned first, taken back, and tried again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared import messages, operating, sender_messages
from shared.devices.guard import Hold
from shared.devices.kept_word import KeptWord
from shared.devices.model import Command, Signal
from shared.devices.operation import Operation
from shared.devices.tenant_change import TenantCommand
from shared.errors import HeldBack, Rejected, Retryable
from shared.flows import abandoned, device_command
from shared.flows.command_plan import Planning
from shared.flows.replay import Replaying
from shared.flows.undo import Undoing
from shared.records.held_words import HeldWords
from shared.records.kept_words import KeptWords
from tests.unit.stand_ins import FakeQueue, FakeTable
from tests.unit.world import ETERNAL, Died, Life, World, mortal


@dataclass
class Desk:
    """Whoever has second thoughts, and the app that they are told to."""

    world: World
    queue: FakeQueue = field(default_factory=FakeQueue)
    kept: KeptWords = field(default_factory=lambda: KeptWords(FakeTable()))
    held: HeldWords = field(default_factory=lambda: HeldWords(FakeTable()))
    four_eyes: bool = True
    would_hold: Hold | None = None

    def planning(self, life: Life | None = None) -> Planning:
        """Return what foresees orders, in a worker with this much life."""
        left = life or Life(ETERNAL)
        absent: Any = None
        return Planning(
            exchange=mortal(self.world.exchange, left),
            orders=mortal(self.world.orders, left),
            postures=mortal(self.world.postures, left),
            journal=mortal(self.world.journal, left),
            tenant=absent,
            foresee=lambda _: self.would_hold,
            clock=self.world.clock,
        )

    def undoing(self, life: Life | None = None) -> Undoing:
        """Return what takes operations back, in a worker with this much life."""
        left = life or Life(ETERNAL)

        def accept(command: Command | TenantCommand, asked_as: str) -> Operation:
            assert isinstance(command, Command)
            return device_command.accept(
                command,
                journal=mortal(self.world.journal, left),
                orders=mortal(self.world.orders, left),
                queue=mortal(self.queue, left),
                clock=self.world.clock,
                asked_as=asked_as,
            )

        return Undoing(planning=self.planning(left), accept=accept)

    def replaying(self, life: Life | None = None) -> Replaying:
        """Return what has operations tried again, in a worker with this much life."""
        left = life or Life(ETERNAL)
        return Replaying(
            words=mortal(self.kept, left),
            queue=mortal(self.queue, left),
            journal=mortal(self.world.journal, left),
            clock=self.world.clock,
            held=mortal(self.held, left) if self.four_eyes else None,
            events=mortal(self.world.events, left),
        )

    def planned(self, command: Command) -> Command:
        """Return the order with the hash of its plan, as somebody gives it who has looked."""
        return replace(command, plan_hash=self.planning().plan(command).plan_hash)

    def undo(self, operation_id: str, calls: int = ETERNAL) -> Operation:
        """Order an undo."""
        self.world.clock.advance(timedelta(seconds=1))
        return self.undoing(Life(calls)).undo(
            self.world.operation(operation_id),
            requested_by="helpdesk:sam",
            reason="by mistake",
            asked_as="person:sam",
        )

    def replay(self, operation_id: str, calls: int = ETERNAL) -> Operation:
        """Have an operation tried again."""
        self.world.clock.advance(timedelta(seconds=1))
        return self.replaying(Life(calls)).replay(
            self.world.operation(operation_id), requested_by="helpdesk:sam", reason="mended"
        )

    def give_up(self, word: Command | Signal, why: str = "seven days") -> Operation:
        """Give a word up, and keep it, as the queue's function does."""
        if isinstance(word, Command):
            body = messages.write_command(word)
        else:
            body = sender_messages.write_word(word)
        asked = messages.asked(body, self.world.clock())
        operation = abandoned.give_up(
            asked,
            why,
            journal=self.world.journal,
            events=self.world.events,
            clock=self.world.clock,
        )
        self.keep(operation, operating.queue_of(body), body)
        return operation

    def keep(self, operation: Operation, queue: str, body: bytes) -> None:
        """Keep a word."""
        self.kept.keep(
            KeptWord(
                tenant_id=operation.tenant_id,
                operation_id=operation.operation_id,
                queue=queue,
                body=body,
                asked=operation.asked,
                asked_by=operation.asked_by,
                given_up_at=self.world.clock(),
            )
        )

    def work(self) -> None:
        """Handle everything that is on the queues, until nothing is left to do."""
        for command in self._taken():
            self._handled(command)

    def _taken(self) -> list[Command]:
        bodies = [body for _, body, _ in self.queue.back]
        taken = [*self.queue.commands, *map(messages.read_command, bodies)]
        self.queue.commands, self.queue.back = [], []
        return taken

    def _handled(self, command: Command) -> None:
        try:
            self.world.order(command)
        except Retryable:
            self.world.redeliver(lambda: self.world.order(command))
        except Rejected as refusal:
            self.give_up(command, str(refusal))
        except HeldBack:
            return


def calls_in(story: Callable[[int], object]) -> int:
    """Return how many calls an undisturbed run makes."""
    for calls in range(1, 100):
        try:
            story(calls)
        except (Died, Retryable):
            continue
        return calls - 1
    raise AssertionError("the story does not come to an end")
