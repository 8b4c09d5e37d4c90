"""Our reader of everyone's standing, and writer of the default level, at the simulated Exchange."""

from datetime import timedelta

import httpx
import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.access import decide
from infra.local.simulators.exchange.fault_plan import Perform
from infra.local.simulators.exchange.paging import Links
from shared.devices.model import AccessLevel, AccessState
from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from shared.exchange.default_access import DefaultAccess
from tests.contract.exchange_client import ClientWorld

BLOCK = AccessLevel.BLOCK
ADELE = "adele@contoso.com"
GET_DEVICES, SET_MAILBOX = "Get-MobileDevice", "Set-CASMailbox"
SET_DEFAULT = "Set-ActiveSyncOrganizationSettings"


def client_of(world: ClientWorld) -> DefaultAccess:
    return DefaultAccess(
        world.transport, sleep=lambda seconds: world.clock.advance(seconds=seconds)
    )


def crowded() -> ClientWorld:
    """Return a tenant with more mailboxes and devices than a page holds."""
    world = ClientWorld()
    world.tenant.populate(mailboxes=1100, devices_per_mailbox=2, seed=5)
    return world


def true_devices(world: ClientWorld) -> list[tuple[str, str]]:
    return sorted(
        (mailbox.address, device.device_id)
        for mailbox in world.tenant.mailboxes.values()
        for device in mailbox.devices.values()
    )


def read_devices(world: ClientWorld) -> list[tuple[str, str]]:
    read = client_of(world).everything()
    return sorted((each.device.mailbox, each.device.device_id) for each in read)


def test_every_device_comes_with_its_mailbox_and_its_place_on_the_lists() -> None:
    world = ClientWorld()
    world.tenant.add_mailbox("bob@contoso.com", allowed_ids=["x", "both"], blocked_ids=["BOTH"])
    for device_id in ("X", "Both", "y"):
        world.tenant.add_device("bob@contoso.com", device_id=device_id)

    found = {each.device.device_id: each for each in client_of(world).everything()}

    lists = {
        name: (each.device.on_allowed_list, each.device.on_blocked_list)
        for name, each in found.items()
    }
    assert lists == {"X": (True, False), "Both": (True, True), "y": (False, False)}
    assert found["y"].device.access is AccessState.ALLOWED
    assert found["y"].first_sync_at == world.clock()
    assert {each.device.mailbox for each in found.values()} == {"bob@contoso.com"}


@pytest.mark.parametrize("links", [Links.WORK, Links.DEAD])
def test_a_listing_is_complete_whether_or_not_links_can_be_followed(links: Links) -> None:
    world = crowded()
    world.exchange.paging.links = links

    assert read_devices(world) == true_devices(world)


def test_a_listing_that_breaks_on_the_way_is_no_short_one() -> None:
    world = crowded()
    world.exchange.faults.inject(faults.forbidden_nul(), cmdlet=GET_DEVICES, times=None)

    with pytest.raises(Misconfigured):
        client_of(world).everything()


@pytest.mark.parametrize("cmdlet", [GET_DEVICES, "Get-CASMailbox"])
def test_an_answer_without_rows_is_not_taken_for_none(cmdlet: str) -> None:
    world = ClientWorld()
    world.tenant.add_device(ADELE, device_id="A")
    world.exchange.faults.inject(faults.without_value(), cmdlet=cmdlet, times=None)

    with pytest.raises(Retryable):
        client_of(world).everything()


def test_a_mailbox_made_between_the_two_listings_is_looked_up() -> None:
    world = ClientWorld()

    def made_now(perform: Perform) -> httpx.Response:
        world.tenant.add_mailbox("new@contoso.com", allowed_ids=["N"])
        world.tenant.add_device("new@contoso.com", device_id="N")
        return perform()

    world.exchange.faults.inject(made_now, cmdlet=GET_DEVICES)

    [found] = client_of(world).everything()
    assert (found.device.mailbox, found.device.on_allowed_list) == ("new@contoso.com", True)


def test_one_mailbox_shows_its_own_devices_only() -> None:
    world = ClientWorld()
    world.tenant.add_mailbox("bob@contoso.com")
    world.tenant.add_device(ADELE, device_id="A")
    world.tenant.add_device("bob@contoso.com", device_id="B")

    [found] = client_of(world).of_mailbox("bob@contoso.com")

    assert (found.device.mailbox, found.device.device_id) == ("bob@contoso.com", "B")


@pytest.mark.parametrize(("name", "failure"), [("nobody@contoso.com", NotFound), (" ", Rejected)])
def test_a_mailbox_that_is_none_is_refused(name: str, failure: type[Exception]) -> None:
    client = client_of(ClientWorld())

    with pytest.raises(failure):
        client.of_mailbox(name)
    with pytest.raises(failure):
        client.cover(name, ["A"])


def test_all_devices_of_a_mailbox_are_covered_in_one_write() -> None:
    world = ClientWorld()
    devices = [world.tenant.add_device(ADELE, device_id=name) for name in ("A", "B", "C")]

    client_of(world).cover(ADELE, ["A", "B", "C"])
    world.tenant.set_default_access_level("Block")

    [write] = [call for call in world.exchange.calls if call.cmdlet == SET_MAILBOX]
    assert write.parameters["Confirm"] is False
    assert {decide(device).state for device in devices} == {"Allowed"}


@pytest.mark.parametrize("exclude", [True, False])
def test_what_is_blocked_stays_blocked_even_if_it_is_on_both_lists(*, exclude: bool) -> None:
    world = ClientWorld()
    world.tenant.organization.lists_exclude_each_other = exclude
    world.mailbox.allowed_ids, world.mailbox.blocked_ids = ["BOTH", "OTHER"], ["both", "SINCE"]
    devices = [world.tenant.add_device(ADELE, device_id=name) for name in ("Both", "Since")]

    client_of(world).cover(ADELE, ["A", "since"])

    assert {decide(device).state for device in devices} == {"Blocked"}
    assert (world.mailbox.allowed_ids, world.mailbox.blocked_ids) == (
        ["OTHER", "A"],
        ["both", "SINCE"],
    )


def test_nothing_is_written_where_all_is_blocked() -> None:
    world = ClientWorld()
    world.mailbox.blocked_ids = ["A"]

    client_of(world).cover(ADELE, ["a"])

    assert SET_MAILBOX not in [call.cmdlet for call in world.exchange.calls]


@pytest.mark.parametrize("delay", [0, 3])
def test_the_level_is_set_without_a_question_and_read_back(delay: int) -> None:
    world = ClientWorld()
    world.tenant.replication_delay = timedelta(seconds=delay)

    assert client_of(world).set_default(BLOCK) is BLOCK

    [write] = [call for call in world.exchange.calls if call.cmdlet == SET_DEFAULT]
    assert write.parameters == {"DefaultAccessLevel": "Block", "Confirm": False}
    assert world.tenant.organization.default_access_level == "Block"


def test_a_level_that_does_not_show_yet_is_told_as_it_shows() -> None:
    world = ClientWorld()
    world.tenant.replication_delay = timedelta(seconds=60)

    assert client_of(world).set_default(BLOCK) is AccessLevel.ALLOW
    assert world.tenant.organization.default_access_level == "Block"
