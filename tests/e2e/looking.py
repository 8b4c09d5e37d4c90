"""What can be seen of a world from outside: answers, queues, events, Exchange."""

from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueServiceClient

from infra.local.simulators.exchange import Device
from infra.local.world import World

QUEUES = ("device-signals", "device-commands")


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


def has_no_messages(world: World) -> bool:
    """Whether all queues are empty, messages not yet visible included."""
    with QueueServiceClient.from_connection_string(world.connection_string) as service:
        return not any(_count(service, name) for name in QUEUES)


def events_about(world: World, operation_id: str) -> list[dict[str, Any]]:
    """Return the events that arrived about an operation, in order."""
    return [
        event
        for event in tuple(world.topic.events)
        if isinstance(event["data"], dict) and event["data"].get("operation_id") == operation_id
    ]


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
