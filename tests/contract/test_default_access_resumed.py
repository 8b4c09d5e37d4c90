"""The story of the default access level on its true record: deaths, and workers side by side."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest

from shared.devices.coverage import DefaultAccessChange, Phase
from shared.errors import Retryable
from shared.records.default_access import DefaultAccessChanges
from shared.records.tables import Table
from tests.contract.exchange_world import START
from tests.contract.storage_wire import Wire, a_name, table
from tests.unit.default_access_world import (
    ALLOW,
    BLOCK,
    QUARANTINE,
    Died,
    Scene,
    an_order,
)
from tests.unit.default_access_world import requests_without_fault as requests_to_exchange

ORDER = an_order(BLOCK, START)
PARTITION = f"{ORDER.tenant_id}-{ORDER.change_id}"


class Stored:
    """A scene whose changes are recorded on real tables, by as many workers as there are wires."""

    def __init__(self, *tables: Table) -> None:
        self.scene = Scene()
        self.table = tables[0]
        self.records = [DefaultAccessChanges(each) for each in tables]
        self.scene.changes = self.records[0]

    def ended(self) -> Phase:
        """Carry the order out and return how it ended; fail unless all is as it must be then."""
        change = self.scene.change()
        self.assert_consistent(change)
        following = replace(ORDER, change_id="following", wanted=QUARANTINE)
        assert self.records[0].open(following).change_id == "following"
        return change.phase

    def overtake(self, deliveries: int) -> None:
        """Let the second worker work on the order, while the first stands still."""
        self.scene.before_request = lambda _: None
        self.scene.changes = self.records[1]
        for _ in range(deliveries):
            with suppress(Retryable):
                self.scene.step(ORDER)
        self.scene.changes = self.records[0]

    def assert_consistent(self, change: DefaultAccessChange) -> None:
        """Fail unless record and default say the same, and whatever was covered is noted."""
        assert {Phase.DONE: BLOCK, Phase.ROLLED_BACK: ALLOW}[change.phase] == self.scene.default
        assert self.records[0].find(change.tenant_id, change.change_id) == change
        rows = self.table.first(PARTITION, "dealt-with-", 99)
        assert len(rows) == 2 or change.phase is Phase.ROLLED_BACK
        noted = "".join(str(row["cover"]) for row in rows)
        for mailbox, device_id in (("adele", "A1"), ("adele", "a2"), ("bob", "B1")):
            found = self.scene.tenant.find_mailbox(f"{mailbox}@contoso.com")
            assert device_id not in found.allowed_ids or f'"{device_id}"' in noted


@contextmanager
def stored(storage: str, *wires: Wire) -> Iterator[Stored]:
    name = a_name()
    with ExitStack() as stack:
        yield Stored(*[stack.enter_context(table(storage, wire, name)) for wire in wires])


def requests_to_storage(storage: str) -> int:
    wire = Wire()
    with stored(storage, wire) as world:
        assert world.scene.change().phase is Phase.DONE
        return wire.requests


def once(moment: int, deed: Callable[[], object]) -> Callable[[int], None]:
    """Return a hook that does the deed at one request."""

    def hook(number: int) -> None:
        if number == moment:
            deed()

    return hook


def die() -> None:
    raise Died


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_request_to_storage_loses_nothing(storage: str, when: str) -> None:
    ends = []
    for moment in range(1, requests_to_storage(storage) + 1):
        wire = Wire()
        setattr(wire, when, once(moment, die))
        with stored(storage, wire) as world:
            ends.append(world.ended())
    assert {*ends} == {Phase.DONE, Phase.ROLLED_BACK}
    assert ends.count(Phase.ROLLED_BACK) < 5


@pytest.mark.parametrize("deliveries", [1, 9])
def test_another_worker_on_the_order_at_any_request_to_storage_does_no_harm(
    storage: str, deliveries: int
) -> None:
    """Whether it takes the order one part further, or to its end."""
    ends = []
    for moment in range(1, requests_to_storage(storage) + 1):
        wire = Wire()
        with stored(storage, wire, Wire()) as world:
            wire.before = once(moment, partial(world.overtake, deliveries))
            ends.append(world.ended())
    assert {*ends} == {Phase.DONE, Phase.ROLLED_BACK}
    assert ends.count(Phase.ROLLED_BACK) < 5


def test_another_worker_on_the_order_at_any_request_to_exchange_does_no_harm(storage: str) -> None:
    ends = []
    for moment in range(1, requests_to_exchange() + 1):
        with stored(storage, Wire(), Wire()) as world:
            world.scene.before_request = once(moment, partial(world.overtake, 1))
            ends.append(world.ended())
    assert {*ends} == {Phase.DONE, Phase.ROLLED_BACK}
    assert ends.count(Phase.ROLLED_BACK) < 5


def test_two_orders_are_carried_out_one_after_the_other(storage: str) -> None:
    with stored(storage, Wire()) as world:
        second = replace(ORDER, change_id="second", wanted=QUARANTINE)
        with pytest.raises(Retryable, match="covered"):
            world.scene.step(ORDER)
        with pytest.raises(Retryable, match=ORDER.change_id):
            world.scene.step(second)

        world.assert_consistent(world.scene.change())

        # Whom the first has covered needs nothing more.
        assert world.scene.step(second).phase is Phase.DONE
        assert world.scene.default == QUARANTINE
