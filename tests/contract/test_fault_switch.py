"""The switch by which a person lets the simulated Exchange misbehave."""

import httpx
import pytest

from infra.local.fault_switch import KINDS, FaultSwitch
from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import Fault
from tests.contract.exchange_world import World

MAILBOX = {"Identity": "adele@contoso.com"}


@pytest.fixture
def world() -> World:
    return World()


def switch(world: World, wish: object) -> httpx.Response:
    request = httpx.Request("POST", "http://127.0.0.1/", json=wish)
    return FaultSwitch(world.exchange.faults)(request)


def test_a_fault_strikes_the_cmdlet_named_as_often_as_wished(world: World) -> None:
    wish = {"fault": "throttled", "arguments": {"retry_after": "7"}, "cmdlet": "Get-CASMailbox"}
    assert switch(world, {**wish, "times": 2}).status_code == 200

    answers = [world.invoke("Get-CASMailbox", MAILBOX) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert world.invoke("Get-MobileDevice").status_code == 200


def test_a_fault_can_be_a_matter_of_chance(world: World) -> None:
    switch(world, {"fault": "unavailable", "times": None, "probability": 0.5})

    found = {world.invoke("Get-CASMailbox", MAILBOX).status_code for _ in range(40)}

    assert found == {200, 503}


def test_everything_behaves_again_when_that_is_wished(world: World) -> None:
    switch(world, {"fault": "server_bug", "times": None})
    FaultSwitch(world.exchange.faults)(httpx.Request("DELETE", "http://127.0.0.1/"))

    assert world.invoke("Get-CASMailbox", MAILBOX).status_code == 200


def test_every_fault_of_the_catalogue_can_be_switched_on(world: World) -> None:
    """A fault that is added one day is added here too."""
    made = {
        name
        for name, make in vars(faults).items()
        if getattr(make, "__annotations__", {}).get("return") is Fault and not name.startswith("_")
    }
    assert made == set(KINDS)
    listed = FaultSwitch(world.exchange.faults)(httpx.Request("GET", "http://127.0.0.1/"))
    assert set(listed.json()) == made


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "earthquake"},
        {"fault": "throttled", "arguments": {"for": "ever"}},
        {"fault": "throttled", "times": 0},
        {"probability": 2},
        {"surprise": True},
        [],
    ],
    ids=str,
)
def test_a_wish_that_is_not_understood_changes_nothing(world: World, wish: object) -> None:
    answer = switch(world, wish)

    assert answer.status_code == 400
    assert "GET shows" in answer.json()
    assert world.invoke("Get-CASMailbox", MAILBOX).status_code == 200
