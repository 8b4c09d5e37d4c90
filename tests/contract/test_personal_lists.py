"""The two lists of a mailbox at the simulated Exchange, from every position and by many at once."""

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import httpx
import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.access import decide
from infra.local.simulators.exchange.fault_plan import Perform
from shared.devices.model import Action, Decision
from shared.errors import NotFound, Rejected, Retryable
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.personal_lists import PersonalLists, Place
from shared.exchange.probe import Probe
from tests.contract.exchange_client import ClientWorld

ADELE = "adele@contoso.com"
GET, SET = "Get-CASMailbox", "Set-CASMailbox"
POSITIONS = list(itertools.product([False, True], repeat=2))
VERBS = {
    Action.ALLOW: (True, False),
    Action.BLOCK: (False, True),
    Action.CLEAR: (False, False),
    Action.QUARANTINE: (False, False),
}
PLACES = {(True, False): "Allowed", (False, True): "Blocked", (True, True): "Blocked"}


def standing(world: ClientWorld, device_id: str) -> tuple[bool, bool]:
    """Return whether the id is on the allowed and on the blocked list, in whatever case."""
    lists = (world.mailbox.allowed_ids, world.mailbox.blocked_ids)
    allowed, blocked = (device_id.upper() in (each.upper() for each in ids) for ids in lists)
    return allowed, blocked


def writes(world: ClientWorld) -> int:
    return sum(call.cmdlet == SET for call in world.exchange.calls)


def a_world(*, exclude: bool = True, **positions: tuple[bool, bool]) -> ClientWorld:
    """Return a world in which these ids stand there, spelt differently on each list."""
    world = ClientWorld()
    world.tenant.organization.lists_exclude_each_other = exclude
    for device_id, (allowed, blocked) in positions.items():
        world.mailbox.allowed_ids += [device_id.lower()] * allowed
        world.mailbox.blocked_ids += [device_id.upper()] * blocked
    return world


@pytest.mark.parametrize("exclude", [True, False], ids=["moves by itself", "does not"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("other", POSITIONS)
@pytest.mark.parametrize("start", POSITIONS)
def test_an_id_ends_where_it_is_sent_and_no_other_changes_what_it_is(
    start: tuple[bool, bool], other: tuple[bool, bool], verb: Action, *, exclude: bool
) -> None:
    world = a_world(exclude=exclude, Phone=start, Other=other)
    phone = world.tenant.add_device(world.mailbox, device_id="Phone")
    neighbour = world.tenant.add_device(world.mailbox, device_id="Other")
    before = decide(neighbour).state
    admin = ExchangeAdmin(
        world.transport,
        Probe(world.transport.exported_cmdlets, world.clock),
        sleep=world.waited.append,
    )

    found = admin.find(ADELE, "phone")
    admin.apply(Decision(action=verb, device=found, reason="ordered"))

    assert standing(world, "Phone") == VERBS[verb]
    assert standing(world, "Other") == ((False, True) if other == (True, True) else other)
    assert decide(neighbour).state == before == PLACES.get(other, "Allowed")
    assert decide(phone).state == PLACES.get(VERBS[verb], "Allowed")
    assert writes(world) == 1


@dataclass
class Crowd:
    """Threads that move ids of one mailbox; the first write goes on until all others wait."""

    world: ClientWorld

    def __post_init__(self) -> None:
        self._waiting = threading.Semaphore(0)
        self.lists = PersonalLists(self.world.transport, self.world.waited.append, self._wait)

    def _wait(self, changed: threading.Condition) -> None:
        self._waiting.release()
        assert changed.wait(20)

    def move(self, moves: Sequence[tuple[str, Place]]) -> list[BaseException | None]:
        """Send a thread with each move, in this order, and return what became of each."""
        self.world.exchange.faults.latency[SET] = 1.0
        began, all_wait = threading.Event(), threading.Event()

        def until_all_wait(_: float) -> None:
            began.set()
            assert all_wait.wait(20)

        self.world.wait = until_all_wait
        with ThreadPoolExecutor(len(moves)) as pool:
            futures = [pool.submit(self.lists.put, ADELE, *moves[0])]
            assert began.wait(20)
            for move in moves[1:]:
                futures.append(pool.submit(self.lists.put, ADELE, *move))
                assert self._waiting.acquire(timeout=20)
            all_wait.set()
            return [each.exception(20) for each in futures]


def test_those_who_wait_for_a_write_share_the_next_one() -> None:
    world = a_world(P3=(True, True), P4=(False, True), stray=(True, True))
    places = itertools.cycle(Place)
    moves = [(f"P{number}", next(places)) for number in range(9)]

    outcomes = Crowd(world).move(moves)

    assert outcomes == [None] * 9
    assert {name: standing(world, name) for name, _ in moves} == {
        name: place.value for name, place in moves
    }
    assert standing(world, "stray") == (False, True)
    assert [call.cmdlet for call in world.exchange.calls] == [GET, SET, GET] * 2


def test_opposite_moves_of_one_id_are_written_one_after_the_other() -> None:
    world = ClientWorld()

    outcomes = Crowd(world).move(
        [("P1", Place.ALLOWED), ("P2", Place.BLOCKED), ("p2", Place.ALLOWED), ("P3", Place.BLOCKED)]
    )

    assert outcomes == [None] * 4
    assert (standing(world, "P2"), standing(world, "P3")) == ((True, False), (False, True))
    assert writes(world) == 3


def test_one_bad_id_does_not_fail_its_neighbours() -> None:
    world = a_world(P2=(False, True))
    refused = faults.failing("||No.")

    def refuse_bad(perform: Perform) -> httpx.Response:
        return refused(perform) if "BAD" in str(perform.parameters) else perform()

    world.exchange.faults.inject(refuse_bad, cmdlet=SET, times=None)

    outcomes = Crowd(world).move(
        [
            ("P1", Place.BLOCKED),
            ("P2", Place.ALLOWED),
            ("BAD", Place.ALLOWED),
            ("P3", Place.BLOCKED),
        ]
    )

    assert [type(each) for each in outcomes] == [type(None), type(None), Rejected, type(None)]
    assert [standing(world, name) for name in ("P1", "P2", "P3")] == [
        (False, True),
        (True, False),
        (False, True),
    ]


def test_trouble_with_the_write_is_everybodys() -> None:
    world = ClientWorld()
    crowd = Crowd(world)
    world.exchange.faults.inject(faults.throttled("60"), cmdlet=SET, times=2)

    outcomes = crowd.move([(f"P{number}", Place.BLOCKED) for number in range(5)])

    assert [type(each) for each in outcomes] == [Retryable] * 5
    assert writes(world) == 2
    assert world.mailbox.blocked_ids == []


def test_a_mailbox_that_is_none_is_written_to_by_nobody() -> None:
    world = ClientWorld()
    lists = PersonalLists(world.transport, world.waited.append)

    with pytest.raises(NotFound, match="knows no mailbox nobody"):
        lists.put("nobody@contoso.com", "P1", Place.BLOCKED)
    with pytest.raises(Rejected, match="must be named"):
        lists.put(" ", "P1", Place.BLOCKED)

    assert writes(world) == 0


@dataclass(frozen=True)
class Done:
    """A move that has come to its end, and when it was begun and ended."""

    device_id: str
    place: Place
    began: float
    ended: float


@pytest.mark.parametrize("seed", range(4))
def test_after_many_moves_by_many_threads_the_last_word_stands(seed: int) -> None:
    """Of words that were under way together either may have been the last."""
    world = a_world(exclude=bool(seed % 2), P0=(True, True), P1=(True, False), kept=(False, True))
    world.wait = lambda _: time.sleep(0.001)
    world.exchange.faults.latency[SET] = 1.0
    lists = PersonalLists(world.transport, lambda _: None)

    all_there = threading.Barrier(8)

    def moves(number: int) -> list[Done]:
        all_there.wait(20)
        random = Random(f"{seed} {number}")  # noqa: S311 - the same each time
        return [
            _timed(lists, f"P{random.randrange(6)}", random.choice(list(Place))) for _ in range(8)
        ]

    with ThreadPoolExecutor(8) as pool:
        done = [move for some in pool.map(moves, range(8)) for move in some]

    for device_id in {move.device_id for move in done}:
        about = [move for move in done if move.device_id == device_id]
        last_begun = max(move.began for move in about)
        last = {move.place.value for move in about if move.ended >= last_begun}
        assert standing(world, device_id) in last
    assert standing(world, "kept") == (False, True)
    assert len(done) == 64
    assert writes(world) < 64


def _timed(lists: PersonalLists, device_id: str, place: Place) -> Done:
    began = time.monotonic()
    lists.put(ADELE, device_id, place)
    return Done(device_id, place, began, time.monotonic())
