"""Our batches, as the simulated Exchange takes and answers them."""

import httpx
import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import BATCH, Fault
from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from shared.exchange.asking import Repeat
from shared.exchange.transport import Call, Reply
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import a_token

GET = "Get-CASMailbox"


@pytest.fixture
def world() -> ClientWorld:
    world = ClientWorld()
    for number in range(24):
        world.tenant.add_mailbox(f"user{number}@contoso.com")
    return world


def reads(count: int) -> list[Call]:
    return [Call(GET, {"Identity": f"user{number}@contoso.com"}) for number in range(count)]


def addresses(results: object) -> list[object]:
    assert isinstance(results, list)
    return [result.rows[0]["PrimarySmtpAddress"] for result in results]


def test_answers_stand_in_the_order_of_the_calls(world: ClientWorld) -> None:
    results = world.transport.batch(reads(24))

    assert addresses(results) == [f"user{number}@contoso.com" for number in range(24)]


def test_nothing_to_do_is_nothing_sent(world: ClientWorld) -> None:
    assert world.transport.batch([]) == []
    assert world.exchange.calls == []


def test_each_call_fails_or_succeeds_for_itself(world: ClientWorld) -> None:
    world.tenant.populate(mailboxes=1, devices_per_mailbox=1001, seed=1)
    calls = [
        *reads(1),
        Call(GET, {"Identity": "nobody"}),
        Call("Get-Nothing"),
        Call(GET, {"Identity": "user1@contoso.com", "Nonsense": 1}),
        Call("Get-MobileDevice"),
    ]

    ok, missing, forbidden, refused, partial = world.transport.batch(calls)

    assert isinstance(ok, Reply)
    assert isinstance(missing, NotFound)
    assert isinstance(forbidden, Misconfigured)
    assert isinstance(refused, Rejected)
    assert "Nonsense" in str(refused)
    assert isinstance(partial, Misconfigured)  # a page is not all there is
    assert "more rows" in str(partial)


def test_an_error_under_status_200_is_an_error(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.error_with_status_200("no"), identity="user1@contoso.com")

    results = world.transport.batch(reads(3))

    assert [type(result) for result in results] == [Reply, Rejected, Reply]


@pytest.mark.parametrize(
    "fault",
    [faults.throttled("0"), faults.dropped_after_effect(), faults.unauthorized()],
    ids=["throttled", "left out", "token refused"],
)
def test_what_passes_is_asked_once_more_by_itself(world: ClientWorld, fault: Fault) -> None:
    world.exchange.faults.inject(fault, identity="user1@contoso.com")

    results = world.transport.batch(reads(3))

    assert addresses(results) == [f"user{number}@contoso.com" for number in range(3)]
    assert len(world.exchange.calls) == 4


def test_what_may_not_be_repeated_is_a_failure_at_once(world: ClientWorld) -> None:
    change = {"Identity": "user1@contoso.com", "ActiveSyncEnabled": False, "Confirm": False}
    world.exchange.faults.inject(faults.dropped_after_effect(), cmdlet="Set-CASMailbox")

    (lost,) = world.transport.batch([Call("Set-CASMailbox", change, Repeat.NEVER)])

    assert isinstance(lost, Retryable)
    assert "left Set-CASMailbox out" in str(lost)
    assert [call.cmdlet for call in world.exchange.calls] == ["Set-CASMailbox"]


def test_a_long_wait_is_left_to_the_queue(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.throttled("60"), identity="user0@contoso.com")

    (later,) = world.transport.batch(reads(1))

    assert isinstance(later, Retryable)
    assert later.after is not None
    assert later.after.total_seconds() == 60
    assert len(world.exchange.calls) == 1


def test_a_wipe_is_never_batched(world: ClientWorld) -> None:
    with pytest.raises(ValueError, match="Clear-MobileDevice"):
        world.transport.batch([*reads(1), Call("Clear-MobileDevice", {"Identity": "x"})])
    assert world.exchange.calls == []


def test_a_batch_that_fails_as_a_whole_ends_the_run(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.throttled("60"), cmdlet=BATCH)

    results = world.transport.batch(reads(24))

    assert [type(result) for result in results] == [Retryable] * 24
    assert world.exchange.calls == []


def test_a_refused_token_costs_one_renewal(world: ClientWorld) -> None:
    """Also that of the items: they carry one each."""
    old = a_token(world.clock())
    world.clock.advance(hours=2)
    world.bearer.stale = [old, old]

    results = world.transport.batch(reads(3))

    assert addresses(results) == [f"user{number}@contoso.com" for number in range(3)]
    assert httpx.codes.UNAUTHORIZED not in {call.status for call in world.exchange.calls[3:]}
