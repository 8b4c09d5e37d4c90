"""A stolen webhook secret against four workers: the brake holds, and what it held is not lost."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from azure.data.tables import TableServiceClient

from infra.local import contoso, people
from infra.local.flood import a_fleet, blocked, more_workers, report_all
from infra.local.world import World
from tests.e2e.asking import a_phone, carried_out, report
from tests.e2e.looking import has_no_messages, operation, until

ROGUE = 70  # `bench brake` sends 10,000, for which a machine of two cores takes minutes
BUDGET = 30  # blocks of a tenant in an hour
OTHER_WORKERS = 3
PATIENCE = 150.0  # seconds, where other tests run beside it
# One sender may use up all of the tenant's budgets.
WHOLE = {"fleet_share": 1, "blocks_per_hour": BUDGET}
Records = dict[str, dict[str, Any]]


@pytest.fixture
def world() -> Iterator[World]:
    """Run a world in which the brake is as it comes, but for its numbers."""
    with World(embedded=True, guarded=True, limits=WHOLE) as world:
        yield world


def records(world: World, ids: list[str]) -> Records:
    """Return the operations as they are written down, in the order of their arrival."""
    with (
        TableServiceClient.from_connection_string(world.connection_string) as service,
        service.get_table_client("journal") as journal,
    ):
        rows = journal.query_entities(f"PartitionKey eq '{contoso.TENANT_ID}'")
        found = [dict(row) for row in rows if row["RowKey"] in set(ids)]
    return {row["RowKey"]: row for row in sorted(found, key=lambda row: str(row["opened_at"]))}


def states(world: World, ids: list[str]) -> Counter[str]:
    """Return how many operations stand where."""
    return Counter(str(row["state"]) for row in records(world, ids).values())


def kept(world: World) -> int:
    """Return how many held messages are kept."""
    with (
        TableServiceClient.from_connection_string(world.connection_string) as service,
        service.get_table_client("heldwords") as words,
    ):
        return len(list(words.query_entities("PartitionKey ne ''", select=["RowKey"])))


def events(world: World, kind: str) -> list[dict[str, Any]]:
    """Return the events of a kind, as they came."""
    return [each for each in world.topic.events if each["type"] == f"easgate.{kind}.v1"]


@contextmanager
def approver(world: World) -> Iterator[httpx.Client]:
    """Sign in as one who may approve."""
    with httpx.Client(timeout=30.0, base_url=f"{world.url}/api/portal/api/") as client:
        yield people.signed_in(world.url, client, "approver")


def release(client: httpx.Client) -> str:
    """Approve all that is held for a budget's sake; return the release's operation."""
    said = {"reason": "budget.blocks", "note": "it was us", "release_id": str(uuid.uuid4())}
    answer = client.post("operations/release", json=said)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return str(answer.json()["operation_id"])


def test_a_flood_stops_exactly_at_the_budget_and_is_let_through_in_order(world: World) -> None:
    """Four workers at once; all the while others are served; then somebody says it is right."""
    fleet, bystander = a_fleet(world, ROGUE), a_phone(world, "bystander")
    with more_workers(world, OTHER_WORKERS), httpx.Client(timeout=30.0) as client:
        ids = report_all(world, fleet)
        carried_out(world, client, bystander, "allow")
        until(
            lambda: states(world, ids)["held"] == ROGUE - BUDGET,
            "the rest is held",
            seconds=PATIENCE,
        )
        assert states(world, ids) == {"done": BUDGET, "held": ROGUE - BUDGET}
        assert blocked(fleet) == BUDGET
        assert kept(world) == ROGUE - BUDGET
        told = {str(each["id"]): each["data"] for each in events(world, "operation.held")}
        assert len(told) == ROGUE - BUDGET
        assert {data["hold"] for data in told.values()} == {"budget.blocks"}

        held = [name for name, row in records(world, ids).items() if row["state"] == "held"]
        with approver(world) as client_of_approver:
            release_id = release(client_of_approver)
        until(lambda: states(world, ids)["done"] == ROGUE, "all is let through", seconds=PATIENCE)
        until(lambda: operation(world, client, release_id)["state"] == "done", "it ends")
        until(lambda: has_no_messages(world), "no message is left")

    approved = [json.loads(records(world, ids)[name]["approval"])["at"] for name in held]
    assert approved == sorted(approved)
    assert blocked(fleet) == ROGUE
    assert kept(world) == 0


def test_what_nobody_approves_expires_with_a_report() -> None:
    """After as long as the tenant has set; here that is no time at all."""
    limits = {"blocks_per_hour": 0, "held_for": 0.0001}
    with (
        World(embedded=True, guarded=True, limits=limits) as world,
        httpx.Client(timeout=30.0) as client,
    ):
        operation_id = report(world, client, a_phone(world, "forgotten"), "device.retired")
        until(lambda: operation(world, client, operation_id).get("state") == "held", "it is held")
        address = f"{world.url}/admin/functions/on_held_schedule"
        key = {"x-functions-key": world.master_key}

        def expired() -> bool:
            assert client.post(address, json={}, headers=key).status_code == httpx.codes.ACCEPTED
            return operation(world, client, operation_id).get("state") == "abandoned"

        until(expired, "it is given up")
        last = operation(world, client, operation_id)["history"][-1]
        assert last["note"].startswith("nobody approved it in")
        assert len(events(world, "operation.held")) == 1
        assert len(events(world, "operation.abandoned")) == 1
        assert kept(world) == 0
