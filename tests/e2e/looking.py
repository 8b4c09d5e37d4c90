"""What can be seen of a world from outside: answers, queues, events, Exchange."""

import time
from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeVar

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import QueueServiceClient

from infra.local import contoso
from infra.local.simulators.exchange import Device
from infra.local.world import World

QUEUES = ("device-signals", "device-commands")
PATIENCE = 40.0  # seconds
PAUSE, LONGEST_PAUSE = 0.05, 0.5  # seconds; looking costs the app's processor time too
T = TypeVar("T")

POISON = tuple(f"{queue}-poison" for queue in QUEUES)
LISTING = ("s:", "t:")  # keys of rows by which operations are listed


def operation(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Return the operation as the app shows it; empty while it knows none."""
    try:
        answer = client.get(
            f"{world.url}/api/operations/{operation_id}",
            headers={"x-functions-key": world.function_key},
        )
    except httpx.TransportError:
        return {}
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return found


def done(world: World, client: httpx.Client, operation_id: str) -> bool:
    """Whether the app says that the operation is done."""
    return operation(world, client, operation_id).get("state") == "done"


def written_down(world: World, operation_id: str) -> str:
    """Return the operation's state from the journal itself, without troubling the app."""
    with TableClient.from_connection_string(world.connection_string, "journal") as journal:
        try:
            return str(journal.get_entity(contoso.TENANT_ID, operation_id)["state"])
        except ResourceNotFoundError:
            return ""


def course(found: dict[str, Any]) -> list[str]:
    """Return the states an operation went through, each stretch of one state once."""
    return [state for state, _ in groupby(step["state"] for step in found["history"])]


def all_done(world: World, client: httpx.Client, *operation_ids: str) -> bool:
    """Whether the app says that all of these operations are done."""
    return all(done(world, client, operation_id) for operation_id in operation_ids)


def finished(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Return the operation once it is at its end, whichever; empty before."""
    found = operation(world, client, operation_id)
    return found if found.get("state") in {"done", "abandoned"} else {}


def waits_for(world: World, client: httpx.Client, operation_id: str) -> str:
    """Return what an operation waits for; empty while it does not."""
    later = operation(world, client, operation_id).get("history", [])[1:]
    return str(later[-1]["note"]) if later and later[-1]["state"] == "waiting" else ""


def has_no_messages(world: World) -> bool:
    """Whether all queues are empty, messages not yet visible included."""
    return not messages_on(world, *QUEUES)


def messages_on(world: World, *queues: str) -> int:
    """Count the messages on these queues, messages not yet visible included."""
    with QueueServiceClient.from_connection_string(world.connection_string) as service:
        return sum(_count(service, name) for name in queues)


def rows(world: World, table: str) -> list[dict[str, Any]]:
    """Return what a table holds, without the rows by which others are only listed."""
    with TableServiceClient.from_connection_string(world.connection_string) as service:
        try:
            found = [dict(row) for row in service.get_table_client(table).list_entities()]
        except ResourceNotFoundError:
            return []  # it was never written to
    return [row for row in found if not str(row["RowKey"]).startswith(LISTING)]


def until(came_true: Callable[[], T | None], what: str, *, seconds: float = PATIENCE) -> T:
    """Return the first true result, or fail saying *what* did not happen in time."""
    deadline, pause = time.monotonic() + seconds, PAUSE
    while not (found := came_true()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)
    return found


def carried_out_by_exchange(world: World, cmdlet: str, device: Device) -> int:
    """Count how often Exchange has carried out a cmdlet on a phone or its mailbox."""
    aims = {str(device.guid), device.mailbox.address}
    return sum(
        call.executed and call.cmdlet == cmdlet and call.parameters.get("Identity") in aims
        for call in tuple(world.exchange.calls)
    )


def events_about(world: World, operation_id: str) -> list[dict[str, Any]]:
    """Return the events that arrived about an operation, in order."""
    return [
        event
        for event in tuple(world.topic.events)
        if isinstance(event["data"], dict) and event["data"].get("operation_id") == operation_id
    ]


def abandoned_events(world: World) -> int:
    """Count the events that tell of an operation given up."""
    kinds = [event["type"] for event in tuple(world.topic.events)]
    return kinds.count("easgate.operation.abandoned.v1")


def wipe_requests(world: World, device: Device) -> int:
    """Count the wipe requests for a device that Exchange has carried out."""
    return sum(
        call.cmdlet == "Clear-MobileDevice"
        and call.parameters.get("Identity") == str(device.guid)
        and call.status == httpx.codes.OK
        for call in tuple(world.exchange.calls)
    )


def _count(service: QueueServiceClient, name: str) -> int:
    try:
        return service.get_queue_client(name).get_queue_properties().approximate_message_count or 0
    except ResourceNotFoundError:
        return 0
