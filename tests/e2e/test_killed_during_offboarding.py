"""The app is killed right after every second thing it did to shut a lost phone out.

After each call of a port it dies in the unit tests, by an exception.
"""

import uuid

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e.asking import obey
from tests.e2e.killer import (
    Killer,
    Moment,
    a_killable_world,
    insistent,
    revive,
    until,
)
from tests.e2e.looking import events_about, has_no_messages, operation, wipe_requests, written_down
from tests.e2e.trusting import certified, trusted

FEWEST, MOST = 8, 40  # deaths; and phones
DEEDS = (
    "tables PUT /offboardings",
    "exchange POST Set-CASMailbox",
    "exchange POST Clear-MobileDevice",
    "exchange POST Remove-MobileDevice",
    "graph POST",
    "topic POST",
    "queues DELETE /device-commands",
)
STEPS = ("block", "wipe", "acknowledgement", "sessions", "removal")


def test_a_lost_phone_is_shut_out_once_whatever_moment_the_app_dies_at() -> None:
    """Wiped once, sessions revoked once and after it, and the report says so."""
    with a_killable_world() as (world, killer), httpx.Client(timeout=30.0) as client:
        authority = trusted(world, "contoso-root")
        # Long before: Graph tells whole seconds, and in that of its making an account is new.
        phones = iter([certified(world, authority, f"owner{number}")[0] for number in range(MOST)])
        for _ in range(2):
            _one_death(world, killer, client, next(phones), None)
        deeds = [moment for moment in killer.seen if moment[0].startswith(DEEDS)]
        deaths = [
            _one_death(world, killer, client, phone, moment)
            for moment, phone in zip(deeds[::2], phones, strict=False)
        ]
    assert len(deeds) < MOST
    assert sum(deaths) >= FEWEST


def _one_death(
    world: World, killer: Killer, client: httpx.Client, phone: Device, moment: Moment | None
) -> bool:
    """Tell the story once, and say whether the app died over it."""
    operation_id, revoked = str(uuid.uuid4()), world.graph.count("revokeSessions")
    order = _order(phone, operation_id)
    key = {"x-functions-key": world.function_key}
    killer.arm(moment)
    insistent(world, lambda: client.post(f"{world.url}/api/commands", json=order, headers=key))

    def settled() -> bool:
        revive(world)
        if phone.account_wipe.requested_at and not phone.account_wipe.acknowledged_at:
            where = f"killed after {moment}"
            assert world.graph.count("revokeSessions") == revoked, where
            obey(world, phone)
        return written_down(world, operation_id) == "done" and has_no_messages(world)

    try:
        until(settled, "the phone is shut out and no message is left")
    except AssertionError as error:
        pytest.fail(f"killed after {moment}: {error}")
    where = f"killed after {moment}"
    assert wipe_requests(world, phone) == 1, where
    assert world.graph.count("revokeSessions") == revoked + 1, where
    assert phone.guid not in phone.mailbox.devices, where
    assert phone.device_id in phone.mailbox.blocked_ids, where
    revive(world)  # its end may have been the deadly moment
    report = operation(world, client, operation_id)["altered"]["after"]
    assert all(report["counts"][step] == {"done": 1} for step in STEPS), where
    ended = [
        event["id"]
        for event in events_about(world, operation_id)
        if event["type"] == "easgate.offboarding.ended.v1"
    ]
    assert len(set(ended)) == 1, where
    return killer.has_killed


def _order(phone: Device, operation_id: str) -> dict[str, object]:
    return {
        "schema": "easgate.command.v1",
        "command_id": operation_id,
        "tenant_id": contoso.TENANT_ID,
        "action": "offboard_device",
        "mailbox": phone.mailbox.address,
        "device_id": phone.device_id,
        "reason": "left in a taxi",
        "requested_by": "helpdesk:jo",
    }
