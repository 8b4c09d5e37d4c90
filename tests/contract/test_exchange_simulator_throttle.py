"""A tenant's budget and what it counts; latency that holds nobody else up; planned chances."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import MEASURED_LATENCY, MODULE_FILE, Fault
from tests.contract.exchange_world import World, body_of

GET = "Get-AcceptedDomain"


def statuses(world: World, count: int, cmdlet: str = GET) -> list[int]:
    return [world.invoke(cmdlet).status_code for _ in range(count)]


def test_a_window_admits_so_many_commands() -> None:
    world = World()
    throttle = world.tenant.throttle
    throttle.requests, throttle.window = 3, timedelta(seconds=10)

    assert statuses(world, 4) == [200, 200, 200, 429]
    world.clock.advance(seconds=2.5)
    assert world.invoke(GET).headers["Retry-After"] == "8"
    world.clock.advance(seconds=7.5)
    assert statuses(world, 1) == [200]
    assert throttle.throttled == 2
    assert [call.status for call in world.exchange.calls][3:5] == [429, 429]
    assert [call.executed for call in world.exchange.calls][3:] == [False, False, True]


def test_a_refusal_may_keep_its_time_to_itself() -> None:
    world = World()
    world.tenant.throttle.requests = 0
    world.tenant.throttle.tells_when = False

    response = world.invoke(GET)

    assert response.status_code == 429
    assert "Retry-After" not in response.headers


def test_each_item_of_a_batch_is_one_command() -> None:
    world = World()
    world.tenant.throttle.requests = 2
    world.tenant.throttle.concurrent = 1

    replies = world.replies(*(world.item(key, GET) for key in "abc"))

    assert [replies[key]["status"] for key in "abc"] == [200, 200, 429]


def test_requests_at_once_are_counted_and_limited() -> None:
    world = World()
    inside, leave = Event(), Event()

    def stay(_: float) -> None:
        inside.set()
        assert leave.wait(5)

    world.wait, throttle = stay, world.tenant.throttle
    throttle.concurrent = 1
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(world.invoke, GET)
        assert inside.wait(5)
        second = world.invoke(GET)
        leave.set()

    assert (first.result().status_code, second.status_code) == (200, 429)
    assert (throttle.most_in_flight, throttle.in_flight) == (2, 0)


def test_latency_is_waited_for_side_by_side() -> None:
    """Each waits for all the others: a lock held while waiting would break the barrier."""
    together = Barrier(4, timeout=5)
    world = World()
    world.wait = lambda _: together.wait()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: world.invoke(GET).status_code, range(4)))

    assert done == [200] * 4


def test_the_measured_latencies_can_be_switched_on_and_off() -> None:
    world = World()
    world.exchange.faults.latency |= MEASURED_LATENCY
    world.invoke("Get-OrganizationConfig")
    world.replies(world.item("a", "Get-CASMailbox"), world.item("b", "Get-CASMailbox"))
    world.exchange.faults.clear()
    world.invoke("Get-OrganizationConfig")

    assert [seconds for seconds in world.waited if seconds] == [0.417, 0.221, 0.221]


def test_a_fault_may_take_its_chance_and_the_same_seed_gives_the_same_ones() -> None:
    def drawn(seed: int) -> list[int]:
        world = World()
        world.exchange.faults.seed(seed)
        world.exchange.faults.inject(faults.unavailable(), times=None, probability=0.3)
        return statuses(world, 40)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 5 < drawn(1).count(503) < 20


def test_only_calls_that_meet_it_use_up_a_fault_of_some_probability() -> None:
    world = World()
    world.exchange.faults.inject(faults.unavailable(), times=2, probability=0.5)

    assert statuses(world, 30).count(503) == 2


def test_a_fault_may_be_for_one_mailbox_only() -> None:
    world = World()
    world.tenant.add_mailbox("lee@contoso.com")
    plan = world.exchange.faults
    plan.inject(faults.not_now(), cmdlet="Get-MobileDevice", identity="LEE@contoso.com", times=None)

    def status(owner: str) -> int:
        return world.invoke("Get-MobileDevice", {"Mailbox": owner}).status_code

    assert [status("adele@contoso.com"), status("lee@contoso.com")] == [200, 400]


def test_a_fault_for_any_command_leaves_the_module_file_alone() -> None:
    world = World()
    world.exchange.faults.inject(faults.unavailable())
    assert world.exchange.faults.take(MODULE_FILE, {}) is None

    assert statuses(world, 2) == [503, 200]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (faults.out_of_write_scope("x"), "isn't within your current write scopes."),
        (faults.out_of_read_scope("x"), "it's out of the current user's read scope"),
        (faults.parameter_not_in_role("x"), "is not present in the role definition"),
        (faults.not_now(), "We cannot currently process your request"),
        (faults.server_bug(), "Object reference not set to an instance of an object."),
    ],
)
def test_refusals_in_words(fault: Fault, text: str) -> None:
    world = World()
    world.exchange.faults.inject(fault)

    response = world.invoke(GET)

    assert response.status_code == 400
    assert text in body_of(response)["error"]["details"][0]["message"]
