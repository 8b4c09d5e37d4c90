"""An app killed between any two calls of a device signal loses nothing and repeats nothing."""

import httpx
import pytest

from infra.local.world import World
from tests.e2e.killer import (
    Killer,
    Moment,
    a_killable_world,
    every_moment,
    insistent,
    revive,
    until,
)
from tests.e2e.looking import events_about, has_no_messages, written_down

FEWEST = 5


def test_a_signal_survives_death_at_every_moment() -> None:
    """Whatever moment the app dies at: the phone ends up blocked, and that is announced once."""
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
    report = world.mdm(client).payload(
        "device.noncompliant", mailbox=mailbox, device_id=phone.device_id
    )
    answer = insistent(world, lambda: world.mdm(client).send(report, message_id=f"msg_{number}"))
    operation_id = answer.json()["operation_id"]

    def settled() -> bool:
        revive(world)
        return written_down(world, operation_id) == "done" and has_no_messages(world)

    try:
        until(settled, "the operation is done and no message is left")
    except AssertionError as error:
        pytest.fail(f"killed after {moment}: {error}")
    where = f"killed after {moment}"
    assert phone.device_id in phone.mailbox.blocked_ids, where
    assert phone.device_id not in phone.mailbox.allowed_ids, where
    assert phone.access_state == "Blocked", where
    events = events_about(world, operation_id)
    assert len({event["id"] for event in events}) == 1, where
    assert events[0]["type"] == "easgate.device.access_changed.v1", where
    return killer.has_killed
