"""What senders and administrators are told about the senders themselves."""

import json

import httpx

from infra.local.simulators.mdm import cloudevents
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import World
from tests.e2e.asking import get
from tests.e2e.looking import QUEUES, messages_on
from tests.e2e.managing import address, composed, managed


def test_a_sender_of_cloud_events_asks_first_whether_it_may_send(
    world: World, client: httpx.Client
) -> None:
    here = address(world, "cloudevents")

    welcome = client.send(cloudevents.handshake(here, rate=120))
    stranger = client.send(cloudevents.handshake(here, origin="elsewhere.example.com"))

    assert welcome.status_code == 200
    assert welcome.headers["WebHook-Allowed-Origin"] == cloudevents.ORIGIN
    assert welcome.headers["WebHook-Allowed-Rate"] == "*"
    assert stranger.status_code == 403
    assert "WebHook-Allowed-Origin" not in stranger.headers


def test_kinds_of_event_that_nobody_knows_are_counted(world: World, client: httpx.Client) -> None:
    mine = managed(world, "counted")
    for _ in range(2):
        answer = client.send(composed(world, "soti", "DeviceLowOnMemory", mine.phone))
        assert (answer.status_code, answer.json()["operation_ids"]) == (202, [])
    known = client.send(composed(world, "jamf", "MobileDeviceCheckIn", mine.phone))

    senders = {each["name"]: each for each in get(world, client, "senders").json()["senders"]}

    (unknown,) = senders["soti"]["unknown_events"]
    assert (unknown["kind"], unknown["count"]) == ("DeviceLowOnMemory", 2)
    assert (known.json()["operation_ids"], senders["jamf"]["unknown_events"]) == ([], [])
    assert (senders["fleet"]["trust"], senders["soti"]["retired"]) == ("tighten", False)


def test_a_retired_sender_is_told_that_nobody_is_here_any_more(
    world: World, client: httpx.Client
) -> None:
    """The last of this file: it restarts the app without its senders."""
    mine = managed(world, "retired")
    senders = json.loads(world.settings["MDM_SENDERS"])
    retired = {name: each | {"retired": True} for name, each in senders.items()}
    world.stop_host()
    world.settings["MDM_SENDERS"] = json.dumps(retired)
    world.start_host()

    calls = [composed(world, name, each.events[0], mine.phone) for name, each in SENDERS.items()]
    answers = [client.send(call) for call in calls]
    asked = client.send(cloudevents.handshake(address(world, "cloudevents")))

    assert [answer.status_code for answer in answers] == [410] * len(SENDERS)
    assert asked.status_code == 410
    assert {each["retired"] for each in get(world, client, "senders").json()["senders"]} == {True}
    assert messages_on(world, *QUEUES) == 0
