"""Our client and the simulated Exchange with real sockets between them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from infra.local.serve import Server
from infra.local.simulators.exchange import faults
from shared.errors import Misconfigured, Retryable
from shared.exchange.asking import Repeat
from shared.exchange.governor import Governor
from shared.exchange.level import Limits
from shared.exchange.transport import Call, Reply, Transport
from shared.records.throttle import Throttles
from tests.contract.exchange_client import ClientWorld, guids
from tests.contract.exchange_world import START, TENANT_ID
from tests.unit.stand_ins import FakeTable

GET = ("Get-CASMailbox", {"Identity": "adele@contoso.com"})


@pytest.fixture
def world() -> Iterator[ClientWorld]:
    world = ClientWorld()
    with Server(None) as server, httpx.Client() as client:
        address = server.mount(world.exchange, name="exchange", tls=False)
        governor = Governor(
            TENANT_ID,
            board=Throttles(FakeTable(), lambda: START),
            instance="one",
            tell=lambda *_: None,
            limits=Limits(most_at_once=4),
        )
        world.transport = Transport(
            client, base_url=address, tenant_id=TENANT_ID, bearer=world.bearer, turns=governor
        )
        yield world


def test_pages_and_batches_come_over_the_wire(world: ClientWorld) -> None:
    world.tenant.populate(mailboxes=100, devices_per_mailbox=15, seed=2)

    found = guids(world.transport.pages("Get-MobileDevice", {}))
    results = world.transport.batch(
        [Call("Get-MobileDevice", {"Identity": guid}) for guid in found[:12]]
    )

    assert len(set(found)) == 1500
    assert [reply.rows[0]["Guid"] for reply in results if isinstance(reply, Reply)] == found[:12]


def test_nul_bytes_that_claim_to_be_gzip_are_a_missing_role(world: ClientWorld) -> None:
    with pytest.raises(Misconfigured, match="role group"):
        world.transport.invoke("Get-Nothing", {})


def test_a_connection_dropped_after_the_effect_is_an_unknown_outcome(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.dropped_after_effect())

    with pytest.raises(Retryable, match="cannot be reached"):
        world.transport.invoke("Get-AcceptedDomain", {}, Repeat.NEVER)
    assert len(world.exchange.calls) == 1


def test_twelve_threads_never_exceed_what_the_tenant_may_ask_at_once(world: ClientWorld) -> None:
    world.tenant.throttle.concurrent = 4
    world.wait = lambda _: time.sleep(0.01)

    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: world.transport.invoke(*GET), range(12)))

    assert all(reply.rows for reply in replies)
    assert world.tenant.throttle.throttled == 0
    assert 1 < world.tenant.throttle.most_in_flight <= 4


def test_a_budget_that_is_spent_is_waited_for_by_the_queue(world: ClientWorld) -> None:
    throttle = world.tenant.throttle
    throttle.requests, throttle.window = 1, timedelta(seconds=30)
    world.transport.invoke(*GET)

    for _ in range(3):
        with pytest.raises(Retryable) as raised:
            world.transport.invoke(*GET)
        assert raised.value.after is not None
        assert 20 < raised.value.after.total_seconds() <= 30
    assert throttle.throttled == 1  # who knows when to come back does not ask before
