"""Why a device gets mail or not, asked over HTTP."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from infra.local.world import World
from tests.e2e.asking import a_phone, carried_out, get


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(embedded=True) as world:
        yield world


def explained(world: World, client: httpx.Client, guid: object) -> httpx.Response:
    """Ask for one device's explanation."""
    return get(world, client, f"devices/{guid}/explanation")


def test_a_blocked_phone_is_explained_by_the_blocked_list_and_how_to_undo_it(
    world: World, client: httpx.Client
) -> None:
    """The layer Exchange names, and an action that would change it."""
    phone = a_phone(world, "explained")
    carried_out(world, client, phone, "block")
    answer = explained(world, client, phone.guid)
    assert answer.status_code == httpx.codes.OK, answer.text
    told = answer.json()
    assert (told["gets_mail"], told["shown"]["state"]) == (False, "Blocked")
    assert told["expected"]["state"] == "Blocked"
    assert told["mailbox"] == phone.mailbox.address
    assert told["remedies"]


def test_a_device_nobody_knows_is_not_found(world: World, client: httpx.Client) -> None:
    """Neither by a GUID of nothing nor by what is no GUID."""
    for nobody in (uuid.UUID(int=7), "phone"):
        assert explained(world, client, nobody).status_code == httpx.codes.NOT_FOUND
