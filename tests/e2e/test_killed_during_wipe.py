"""An app killed between any two calls of a wipe requests it exactly once."""

import uuid
from itertools import groupby

import httpx
import pytest

from infra.local import contoso
from infra.local.world import World
from tests.e2e.asking import obey
from tests.e2e.killer import (
    Killer,
    Moment,
    a_killable_world,
    every_moment,
    insistent,
    revive,
    until,
)
from tests.e2e.looking import events_about, has_no_messages, wipe_requests, written_down

FEWEST = 8


def test_a_wipe_is_requested_once_whatever_moment_the_app_dies_at() -> None:
    """A second request would restart the wipe; none would leave the mail on the phone."""
    with a_killable_world() as (world, killer), httpx.Client(timeout=30.0) as client:
        deaths = [
            _one_death(world, killer, client, number, moment)
            for number, moment in enumerate(every_moment(world, killer))
        ]
    assert sum(deaths) > FEWEST


def _one_death(
    world: World, killer: Killer, client: httpx.Client, number: int, moment: Moment | None
) -> bool:
    """Run the story once, and say whether the app died over it."""
    mailbox = f"owner{number}@contoso.com"
    phone = world.tenant.add_device(world.tenant.add_mailbox(mailbox), device_id=f"PHONE{number}")
    operation_id = str(uuid.uuid4())
    order = {
        "schema": "easgate.command.v1",
        "command_id": operation_id,
        "tenant_id": contoso.TENANT_ID,
        "action": "wipe_account",
        "mailbox": mailbox,
        "device_id": phone.device_id,
        "reason": "left in a taxi",
        "requested_by": "helpdesk:jo",
    }
    key = {"x-functions-key": world.function_key}
    insistent(world, lambda: client.post(f"{world.url}/api/commands", json=order, headers=key))

    def settled() -> bool:
        revive(world)
        if phone.account_wipe.requested_at is not None:
            obey(world, phone)
        return written_down(world, operation_id) == "done" and has_no_messages(world)

    try:
        until(settled, "the operation is done and no message is left")
    except AssertionError as error:
        pytest.fail(f"killed after {moment}: {error}")
    where = f"killed after {moment}"
    assert wipe_requests(world, phone) == 1, where
    assert phone.account_wipe.requested_at is not None, where
    events = events_about(world, operation_id)
    assert [kind for kind, _ in groupby(event["type"] for event in events)] == [
        "easgate.device.wipe_requested.v1",
        "easgate.device.wipe_acknowledged.v1",
    ], where
    assert len({event["id"] for event in events}) == 2, where
    return killer.has_killed
