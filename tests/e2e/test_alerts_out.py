"""Alerts: what goes wrong reaches a portal, a Teams channel and PagerDuty, each once."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.receivers.door import Door
from infra.local.world import World
from tests.e2e.asking import get, order, post
from tests.e2e.looking import events_about, finished, messages_on, rows, until
from tests.e2e.managing import held, managed, reported, which

EXPIRING = "easgate.certificate.expiring.v1"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world whose certificate nears its end, and which tells the receivers."""
    made = World(embedded=True, wipe_settle=2.0, lasts=timedelta(days=5))
    made.is_alerting = True
    with made as world:
        yield world


def doors(world: World) -> tuple[Door, ...]:
    """Return where the three are told."""
    receivers = world.receivers
    return receivers.webhook.door, receivers.teams.door, receivers.pagerduty.door


def looked_at(world: World, client: httpx.Client) -> None:
    """Let the watch look at the certificate."""
    client.post(
        f"{world.url}/admin/functions/on_certificate_schedule",
        json={"input": ""},
        headers={"x-functions-key": world.master_key},
    ).raise_for_status()


def told(world: World, kind: str) -> list[str]:
    """Return the ids of what the portal was told of one kind."""
    return [str(each["id"]) for each in world.receivers.webhook.events if each["type"] == kind]


def nothing_on_its_way(world: World) -> bool:
    """Whether every alert has been dealt with."""
    return not messages_on(world, "alerts", "alerts-poison")


def nobody_refused(world: World) -> bool:
    """Whether all three found everything as they document it."""
    return not any(door.refusals for door in doors(world))


def test_a_certificate_near_its_end_reaches_all_three_once_though_each_fails_first(
    world: World, client: httpx.Client
) -> None:
    for door in doors(world):
        door.fail_next(503)
    looked_at(world, client)
    until(lambda: all(door.calls == 1 for door in doors(world)), "each is tried")
    looked_at(world, client)  # nothing new: a stage is announced once
    until(lambda: all(door.calls == 2 for door in doors(world)), "each is tried again")
    until(lambda: nothing_on_its_way(world), "nothing is left to send")

    (event,) = (each for each in world.topic.events if each["type"] == EXPIRING)
    assert world.receivers.webhook.events == [event]
    assert world.receivers.teams.titles == ["The certificate easgate expires in 4 days"]
    (incident,) = world.receivers.pagerduty.incidents
    assert incident.triggers[0].payload.severity == "error"
    assert contoso.TENANT_ID in incident.key
    assert nobody_refused(world)
    assert [door.calls for door in doors(world)] == [2, 2, 2]
    assert len(rows(world, "alerts")) == 3


def test_a_held_report_opens_an_incident_that_ends_when_somebody_has_said_which_device_it_is(
    world: World, client: httpx.Client
) -> None:
    mine = managed(world, "alerted")
    held_id = reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    until(lambda: held(world, client, mine.phone), "it waits for a person")
    key = f"easgate|operation|{contoso.TENANT_ID}|{held_id}"
    until(lambda: world.receivers.pagerduty.opened(key), "somebody is called")

    post(world, client, f"operations/{held_id}/link", which(mine)).raise_for_status()
    until(lambda: not world.receivers.pagerduty.opened(key), "the incident ends")
    until(lambda: nothing_on_its_way(world), "nothing is left to send")

    held_event, settled = events_about(world, held_id)
    assert settled["type"] == "easgate.operation.settled.v1"
    assert told(world, "easgate.operation.held.v1") == [held_event["id"]]
    assert told(world, "easgate.operation.settled.v1") == []
    assert nobody_refused(world)


def test_an_abandoned_order_is_told_and_a_receiver_that_is_gone_is_told_of_elsewhere(
    world: World, client: httpx.Client
) -> None:
    world.receivers.webhook.door.fail_next(410)
    operation_id = order(world, client, world.phone, "block", mailbox="nobody@contoso.com")
    until(lambda: finished(world, client, operation_id), "it is given up")
    title = "Alerts do not reach portal"
    until(lambda: title in world.receivers.teams.titles, "the channel hears of the portal")
    until(lambda: nothing_on_its_way(world), "nothing is left to send")

    calls = world.receivers.webhook.door.calls
    again = order(world, client, world.phone, "block", mailbox="nobody-else@contoso.com")
    until(lambda: finished(world, client, again), "it is given up as well")
    key = f"easgate|operation|{contoso.TENANT_ID}|{again}"
    until(lambda: world.receivers.pagerduty.opened(key), "somebody is called")
    until(lambda: nothing_on_its_way(world), "nothing is left to send")

    assert world.receivers.webhook.door.calls == calls
    health = get(world, client, "health/dependencies").json()["dependencies"]
    assert "410 Gone" in health["alerts:portal"]
    assert health["alerts:mail-team"] == health["alerts:on-call"] == "ok"
    assert world.receivers.teams.titles.count(title) == 1
