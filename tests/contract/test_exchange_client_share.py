"""Workers see each other over a real table."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from shared.errors import Contended
from shared.records.tables import Table
from shared.records.throttle import ALIVE, Throttles

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def table(storage: str) -> Table:
    return Table(TableServiceClient.from_connection_string(storage), "throttle")


def test_workers_of_one_tenant_see_each_other_as_long_as_they_live(table: Table) -> None:
    tenant, now = str(uuid4()), [NOON]
    board = Throttles(table, lambda: now[0])

    assert board.post(tenant, "a", (20.0, 4.0)) == []
    assert board.post(tenant, "b", (10.5, 2.0)) == [(20.0, 4.0)]
    assert board.post(tenant, "a", (5.0, 1.0)) == [(10.5, 2.0)]
    assert board.post(str(uuid4()), "c", (5.0, 1.0)) == []
    now[0] += ALIVE - timedelta(seconds=1)
    assert board.post(tenant, "c", (1.0, 1.0)) == [(10.5, 2.0), (5.0, 1.0)]
    now[0] += timedelta(seconds=1)
    assert board.post(tenant, "a", (2.0, 1.0)) == [(1.0, 1.0)]


def test_workers_that_speak_at_once_lose_no_word(table: Table) -> None:
    """Who finds too many others speaking says so, and comes again."""
    tenant = str(uuid4())
    board = Throttles(table, lambda: NOON)

    def speak(name: int) -> int:
        try:
            board.post(tenant, str(name), (float(name), 1.0))
        except Contended:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        heard = sum(pool.map(speak, range(6)))

    assert 1 <= heard == len(board.post(tenant, "last", (0.0, 1.0)))
