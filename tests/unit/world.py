"""One tenant's world for the stories, and a death that can strike after any of its calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar, cast

from shared.braking import Brake
from shared.devices.guard import Allowances
from shared.devices.model import Command, Device, Signal
from shared.devices.operation import Operation
from shared.errors import HeldBack, Retryable, Unfinished
from shared.flows import device_command, device_signal
from shared.flows.steps import Steps
from shared.records.journal import Journal as TableJournal
from shared.records.orders import Orders as TableOrders
from shared.records.postures import Postures as TablePostures
from tests.unit.brake_world import A_WEEK, UNLIMITED, BrakeRecords
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeClock, FakeEvents, FakeExchange, FakeQueue, FakeTable

SETTLE = timedelta(minutes=2)
PATIENCE = timedelta(hours=72)
T = TypeVar("T")


class Died(BaseException):
    """The worker is gone; nobody catches this."""


@dataclass
class Life:
    """How many more port calls a worker lives through."""

    calls: int

    def spend(self) -> None:
        """Use up one call; the last one kills."""
        self.calls -= 1
        if self.calls == 0:
            raise Died


ETERNAL = -1


class _Mortal:
    """A port behind which the worker dies once its call has taken effect."""

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._port, name)

        def call(*args: object, **named: object) -> object:
            result = method(*args, **named)
            self._life.spend()
            return result

        return call


def mortal(port: T, life: Life) -> T:
    """Return a port behind which a worker dies when its life is spent."""
    return cast("T", _Mortal(port, life))


@dataclass
class World:
    """Records, Exchange and events of one tenant; they outlive any worker."""

    devices: list[Device]
    clock: FakeClock = field(default_factory=FakeClock)
    events: FakeEvents = field(default_factory=FakeEvents)
    exchange: FakeExchange = field(init=False)
    journal_table: FakeTable = field(default_factory=FakeTable)
    journal: TableJournal = field(init=False)
    postures: TablePostures = field(init=False)
    orders: TableOrders = field(init=False)
    allowances: Allowances = UNLIMITED
    records: BrakeRecords = field(default_factory=BrakeRecords)  # of the brake
    expires: timedelta = A_WEEK
    looks_again: timedelta | None = None  # after which the last message is to come once more

    def __post_init__(self) -> None:
        self.exchange = FakeExchange(self.devices, self.clock)
        self.journal = TableJournal(self.journal_table)
        self.postures = TablePostures(FakeTable())
        self.orders = TableOrders(FakeTable())

    def steps(self, life: Life | None = None) -> Steps:
        """Return the steps as a worker with this much life takes them."""
        left = life or Life(ETERNAL)
        return Steps(
            exchange=mortal(self.exchange, left),
            journal=mortal(self.journal, left),
            events=mortal(self.events, left),
            clock=self.clock,
            settle=SETTLE,
            patience=PATIENCE,
            guard=self.brake(left).guard(TENANT),
        )

    def brake(self, life: Life | None = None) -> Brake:
        """Return the brake as a worker with this much life has it."""
        left = life or Life(ETERNAL)
        brake = self.records.brake(
            mortal(self.journal, left),
            mortal(self.events, left),
            self.clock,
            allowances=self.allowances,
            expires=self.expires,
            orders=mortal(self.orders, left),
        )
        return replace(
            brake,
            budgets=mortal(brake.budgets, left),
            raises=mortal(brake.raises, left),
            words=mortal(brake.words, left),
            queue=mortal(brake.queue, left),
        )

    def report(self, signal: Signal, calls: int = ETERNAL) -> None:
        """Let a worker handle a signal; it dies after so many calls."""
        life = Life(calls)
        with self._taken():
            device_signal.handle(
                signal,
                postures=mortal(self.postures, life),
                orders=mortal(self.orders, life),
                steps=self.steps(life),
            )

    def order(self, command: Command, calls: int = ETERNAL) -> None:
        """Let a worker handle a command; it dies after so many calls."""
        life = Life(calls)
        with self._taken():
            device_command.handle(
                command,
                orders=mortal(self.orders, life),
                postures=mortal(self.postures, life),
                steps=self.steps(life),
            )

    def settle(self, *commands: Command) -> None:
        """Deliver orders, and again those that let another one go first."""
        waiting = list(commands)
        for _ in range(3 * len(commands)):
            if not waiting:
                return
            command = waiting.pop(0)
            try:
                self.order(command)
            except Retryable:
                waiting.append(command)
        raise AssertionError(f"nobody goes first: {waiting}")

    def accept(self, command: Command, queue: FakeQueue | None = None) -> Operation:
        """Take an order in, as the app does over HTTP."""
        return device_command.accept(
            command,
            journal=self.journal,
            orders=self.orders,
            queue=queue or FakeQueue(),
            clock=self.clock,
        )

    def redeliver(self, story: Callable[[], None]) -> None:
        """
        Deliver the message again, as the queue does, until the story comes to an end.

        The device is online, and obeys.
        """
        for _ in range(12):
            self.exchange.confirm()
            try:
                story()
            except Retryable as failure:
                self.looks_again = failure.after or timedelta(minutes=1)
            if self.looks_again is None:
                return
            self.clock.advance(self.looks_again)
        raise AssertionError("the story does not come to an end")

    @contextmanager
    def _taken(self) -> Iterator[None]:
        """Note what is left to be done later, which is no failure."""
        self.looks_again = None
        try:
            yield
        except Unfinished as part:
            self.looks_again = part.after
        except HeldBack:
            return  # the message is done with

    def operation(self, operation_id: str) -> Operation:
        """Return what the journal says."""
        found = self.journal.find(TENANT, operation_id)
        assert found is not None
        return found
