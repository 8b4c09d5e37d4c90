"""`python3 -m infra.local send VENDOR EVENT`: one MDM's event, sent into the running world."""

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import Any

import httpx

from infra.local import contoso, running
from infra.local.simulators.mdm.phones import ADELES
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import utc_now

PATIENCE = 10.0  # seconds in which an operation is followed
PAUSE = 0.2
SHOWN = 2_000  # characters of a body
FINISHED = {"done", "abandoned", "held"}
# As the tenant's phone shows itself in Exchange: one that looks otherwise is another phone.
LOOKS = {"model": "iPhone15,2", "model_name": "iPhone 14 Pro", "os_version": "18.6"}


def main(argv: list[str]) -> int:
    """Send one event about Adele's phone, and tell what became of it."""
    parser = argparse.ArgumentParser(
        prog="python3 -m infra.local send",
        description="Send an MDM's event about one phone into a world that `up` keeps running.",
        epilog="vendors and their events:\n" + _catalogue(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("vendor", choices=sorted(SENDERS), metavar="VENDOR")
    parser.add_argument("event", nargs="?", metavar="EVENT", help="default: the vendor's first")
    parser.add_argument("--eas-device-id", default=contoso.PHONE, metavar="ID")
    parser.add_argument("--serial", default=contoso.PHONE.removeprefix("Appl"))
    parser.add_argument("--owner", default=contoso.MAILBOX, metavar="ADDRESS")
    arguments = parser.parse_args(argv)
    sender = SENDERS[arguments.vendor]
    event = arguments.event or sender.events[0]
    if event not in sender.events:
        parser.error(f"{sender.name} has the events {', '.join(sender.events)}")
    world = running.found()
    request = sender.compose(
        event,
        replace(
            ADELES,
            **LOOKS,
            eas_device_id=arguments.eas_device_id,
            serial=arguments.serial,
            upn=arguments.owner,
            mail=arguments.owner,
        ),
        url=f"{world.url}/api/mdm/{sender.name}",
        secret=world.sender_keys[sender.name],
        at=utc_now(),
    )
    with httpx.Client(timeout=30.0) as client:
        return _deliver(client, request, world)


def _deliver(client: httpx.Client, request: httpx.Request, world: running.Running) -> int:
    print(f"{request.method} {request.url.copy_with(query=None)}")
    for name, value in request.headers.items():
        print(f"  {name}: {value}")
    print(f"  {request.content.decode(errors='replace')[:SHOWN]}\n")
    answer = client.send(request)
    print(f"{answer.status_code} {answer.reason_phrase}\n  {answer.text[:SHOWN]}")
    if not answer.is_success:
        return 1
    started = answer.json()["operation_ids"] if answer.content else []
    for operation_id in started:
        _follow(client, world, operation_id)
    if not started:
        print(
            "  no operation: the app makes nothing of this event (GET senders counts unknown ones)"
        )
    return 0


def _follow(client: httpx.Client, world: running.Running, operation_id: str) -> None:
    """Print what became of an operation, and of those it was passed on to."""
    operation = _awaited(client, world, operation_id)
    print(f"\noperation {operation_id}: {operation.get('state', 'not there yet')}")
    for step in operation.get("history", []):
        print(f"  {step['at'][:19]} {step['state']:9} {step['note']}")
    for candidate in operation.get("candidates", []):
        print(f"  it may be {candidate['device_id']} of {candidate['mailbox']}; to say so:")
        print(f"  {_link(world, operation_id, candidate)}")
    for link in operation.get("signal_ids", []):
        _follow(client, world, link)


def _link(world: running.Running, operation_id: str, candidate: dict[str, Any]) -> str:
    """Return the command by which a person says which device a held report is about."""
    device = {name: candidate[name] for name in ("mailbox", "device_id")}
    word = json.dumps({"requested_by": "you", "links": [device]})
    key = f"-H 'x-functions-key: {world.function_key}'"
    return f"curl {key} {world.url}/api/operations/{operation_id}/link -d '{word}'"


def _awaited(client: httpx.Client, world: running.Running, operation_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    found: dict[str, Any] = {}
    while time.monotonic() < deadline:
        answer = client.get(
            f"{world.url}/api/operations/{operation_id}",
            headers={"x-functions-key": world.function_key},
        )
        found = answer.json() if answer.is_success else {}
        if found.get("state") in FINISHED:
            break
        time.sleep(PAUSE)
    return found


def _catalogue() -> str:
    return "\n".join(f"  {name}: {', '.join(SENDERS[name].events)}" for name in sorted(SENDERS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
