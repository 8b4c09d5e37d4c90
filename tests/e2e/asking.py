"""What others do to a world: phones connect, people order, MDMs report, systems queue."""

import json
import uuid
from contextlib import suppress
from typing import Any

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueServiceClient

from infra.local import contoso
from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.looking import finished, until, waits_for

Order = dict[str, object]


def a_phone(world: World, name: str, **details: str) -> Device:
    """Let a phone connect to a mailbox of its own, allowed by default."""
    mailbox = world.tenant.add_mailbox(f"{name.lower()}@contoso.com")
    phone = world.tenant.add_device(mailbox, device_id=name.upper())
    for detail, value in details.items():
        setattr(phone, detail, value)
    return phone


def an_order(phone: Device, action: str, **changes: object) -> Order:
    """Return an order as an operator would give it."""
    return {
        "schema": "easgate.command.v1",
        "command_id": str(uuid.uuid4()),
        "tenant_id": contoso.TENANT_ID,
        "action": action,
        "mailbox": phone.mailbox.address,
        "device_id": phone.device_id,
        "reason": "as agreed",
        "requested_by": "helpdesk:jo",
        **changes,
    }


def post(world: World, client: httpx.Client, path: str, body: object = None) -> httpx.Response:
    """Call one of the app's functions with the key."""
    key = {"x-functions-key": world.function_key}
    return client.post(f"{world.url}/api/{path}", json=body, headers=key)


def get(world: World, client: httpx.Client, path: str) -> httpx.Response:
    """Ask one of the app's functions with the key."""
    key = {"x-functions-key": world.function_key}
    return client.get(f"{world.url}/api/{path}", headers=key)


def order(world: World, client: httpx.Client, phone: Device, action: str, **changes: object) -> str:
    """Order an action; returns the operation's id."""
    answer = post(world, client, "commands", an_order(phone, action, **changes))
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return str(answer.json()["operation_id"])


def report(world: World, client: httpx.Client, phone: Device, posture: str, **data: object) -> str:
    """Let the MDM report on a phone; returns the operation's id."""
    mdm = world.mdm(client)
    body = mdm.payload(posture, mailbox=phone.mailbox.address, device_id=phone.device_id)
    said = json.loads(body)
    answer = mdm.send(json.dumps(said | {"data": said["data"] | data}).encode())
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return str(answer.json()["operation_id"])


def carried_out(
    world: World, client: httpx.Client, phone: Device, action: str, **changes: object
) -> dict[str, Any]:
    """Order an action, see it done, and return the operation."""
    found = ended(world, client, order(world, client, phone, action, **changes))
    assert found["state"] == "done", found["history"]
    return found


def requested(
    world: World, client: httpx.Client, phone: Device, action: str, **changes: object
) -> str:
    """Order a wipe, and see it wait for the phone; returns the operation's id."""
    operation_id = order(world, client, phone, action, **changes)
    until(lambda: awaits_the_phone(world, client, operation_id), f"{action} is requested")
    return operation_id


def awaits_the_phone(world: World, client: httpx.Client, operation_id: str) -> bool:
    """Whether a wipe is requested, and nothing but the phone's word is missing."""
    return waits_for(world, client, operation_id) == "waiting for the device to confirm the wipe"


def obey(world: World, *phones: Device) -> None:
    """Let phones connect twice: they are told to wipe, and then confirm it."""
    for phone in phones * 2:
        world.tenant.contact(phone)


def wiped(
    world: World, client: httpx.Client, phone: Device, action: str, **changes: object
) -> dict[str, Any]:
    """Order a wipe, let the phone confirm it, and return the operation."""
    operation_id = requested(world, client, phone, action, **changes)
    obey(world, phone)
    return ended(world, client, operation_id)


def refused(
    world: World, client: httpx.Client, phone: Device, action: str, **changes: object
) -> str:
    """Order an action that cannot be carried out, and return the reason that is recorded."""
    found = ended(world, client, order(world, client, phone, action, **changes))
    assert found["state"] == "abandoned", found["history"]
    return str(found["history"][-1]["note"])


def put_raw(world: World, queue: str, text: str) -> None:
    """Put a message on a queue exactly as it is, without the base64 that the app expects."""
    with (
        QueueServiceClient.from_connection_string(world.connection_string) as service,
        service.get_queue_client(queue) as client,
    ):
        with suppress(ResourceExistsError):
            client.create_queue()
        client.send_message(text)


def ended(world: World, client: httpx.Client, operation_id: str) -> dict[str, Any]:
    """Return an operation once it has come to its end, whichever."""
    return until(lambda: finished(world, client, operation_id), "the order comes to an end")
