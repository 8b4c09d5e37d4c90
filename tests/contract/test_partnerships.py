"""The partnerships that a device may be are found, all of them, in as few requests as can be."""

from collections.abc import Iterable
from datetime import UTC

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.devices import Device
from infra.local.simulators.exchange.mailboxes import Mailbox
from infra.local.simulators.exchange.paging import Links
from shared.devices.subject import Partnership
from shared.errors import CutShort
from shared.exchange.partnerships import Partnerships
from tests.contract.exchange_client import ClientWorld

ADELE, ALIAS, SIGN_IN = "adele@contoso.com", "Adele.Old@contoso.com", "avance@fabrikam.com"
IMEI = "356938035643809"


class Known(ClientWorld):
    """Adele and Bob, and what was sent to find their devices."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.bob = self.tenant.add_mailbox("bob@contoso.com", aliases=[ALIAS], sign_in_name=SIGN_IN)
        self.client.event_hooks["request"] = [lambda asked: self.sent.append(asked.url.path)]
        self.partnerships = Partnerships(self.transport)

    def pair(self, mailbox: Mailbox, device_id: str, *, imei: str = "") -> Device:
        """Add a device."""
        return self.tenant.add_device(mailbox, device_id=device_id, imei=imei)


@pytest.fixture
def world() -> Known:
    return Known()


def ids(found: Iterable[Partnership]) -> list[tuple[str, str]]:
    return sorted((each.mailbox, each.device_id) for each in found)


def test_a_partnership_says_all_that_is_known_of_the_device(world: Known) -> None:
    device = world.tenant.add_device(
        world.bob, device_id="A1", imei=IMEI, friendly_name="Bob's", user_agent="Apple-iPhone15C2/1"
    )

    [found] = world.partnerships.of_owner(SIGN_IN)

    assert found == Partnership(
        mailbox="bob@contoso.com",
        addresses=frozenset({"bob@contoso.com", ALIAS.lower(), SIGN_IN}),
        device_id="A1",
        guid=str(device.guid),
        device_type=device.device_type,
        model=device.model,
        os=device.os,
        imei=IMEI,
        user_agent="Apple-iPhone15C2/1",
        client_type="EAS",
        name="Bob's",
        first_sync_at=device.first_sync,
    )
    assert found.first_sync_at is not None
    assert found.first_sync_at.tzinfo is UTC


def test_an_owners_devices_of_every_client_are_found_in_one_request(world: Known) -> None:
    kinds = ["EAS", "MOWA", "REST", "Outlook", "UniversalOutlook"]
    for kind in kinds:
        world.tenant.add_device(world.mailbox, device_id=f"id{kind}", client_type=kind)
    world.pair(world.bob, "B2")

    found = world.partnerships.of_owner(ADELE)

    assert sorted(each.client_type for each in found) == sorted(kinds)
    assert {each.mailbox for each in found} == {ADELE}
    assert len(world.sent) == 1


@pytest.mark.parametrize(
    "owner", ["bob@contoso.com", SIGN_IN, ALIAS, f" {SIGN_IN.upper()}\n", ALIAS.lower()]
)
def test_an_owner_goes_by_sign_in_name_and_every_address(world: Known, owner: str) -> None:
    world.pair(world.bob, "B2")

    assert ids(world.partnerships.of_owner(owner)) == [("bob@contoso.com", "B2")]


def test_an_owner_without_a_mailbox_has_nothing(world: Known) -> None:
    assert world.partnerships.of_owner("nobody@contoso.com") == ()
    assert len(world.sent) == 1


@pytest.mark.parametrize("owner", ["", " ", "Shared iPad", "adele", "a b@contoso.com", "\0@x.com"])
def test_what_is_no_address_has_nothing_and_is_not_asked_for(world: Known, owner: str) -> None:
    world.pair(world.mailbox, "A1")

    assert world.partnerships.of_owner(owner) == ()
    assert world.sent == []


def test_one_id_in_two_mailboxes_is_found_in_both(world: Known) -> None:
    world.pair(world.mailbox, "SAME1")
    world.pair(world.bob, "same1")
    world.pair(world.bob, "SAME10")

    found = world.partnerships.with_device_id(" Same1 ")

    assert ids(found) == [(ADELE, "SAME1"), ("bob@contoso.com", "same1")]
    assert {each.mailbox: SIGN_IN in each.addresses for each in found} == {
        ADELE: False,
        "bob@contoso.com": True,
    }
    assert len(world.sent) == 2


def test_an_id_that_nobody_has_takes_one_request(world: Known) -> None:
    world.pair(world.mailbox, "A1")

    assert world.partnerships.with_device_id("B2") == ()
    assert len(world.sent) == 1


def test_each_ten_mailboxes_take_one_request_more(world: Known) -> None:
    for number in range(21):
        world.pair(world.tenant.add_mailbox(f"m{number}@contoso.com"), "SAME1")

    assert len(world.partnerships.with_device_id("SAME1")) == 21
    assert len(world.sent) == 1 + 3


def test_each_further_page_takes_one_request_more(world: Known) -> None:
    for _ in range(1001):
        world.pair(world.bob, "SAME1")

    assert len(world.partnerships.with_device_id("SAME1")) == 1001
    assert len(world.sent) == 2 + 1


def test_a_part_of_a_listing_is_no_answer(world: Known) -> None:
    for _ in range(1001):
        world.pair(world.bob, "SAME1")
    world.exchange.paging.links = Links.DEAD

    with pytest.raises(CutShort):
        world.partnerships.with_device_id("SAME1")


def test_a_listing_that_was_cut_short_is_read_once_more(world: Known) -> None:
    world.pair(world.bob, "SAME1")
    world.exchange.faults.inject(faults.dead_link(), cmdlet="Get-MobileDevice")

    assert len(world.partnerships.with_device_id("SAME1")) == 1


@pytest.mark.parametrize(
    "asked", [IMEI, IMEI[:14], "35-693803-564380-9", "35 693803 564380 9", "3569380356438017"]
)
@pytest.mark.parametrize("told", [IMEI, IMEI[:14], "3569380356438023"])
def test_an_imei_is_found_with_and_without_its_last_digits(
    world: Known, told: str, asked: str
) -> None:
    world.pair(world.mailbox, "A1", imei=told)
    world.pair(world.bob, "B2", imei="356938035643817")
    world.pair(world.bob, "B3")

    assert ids(world.partnerships.with_imei(asked)) == [(ADELE, "A1")]
    assert len(world.sent) == 2


def test_one_imei_in_two_mailboxes_is_found_in_both(world: Known) -> None:
    world.pair(world.mailbox, "A1", imei=IMEI)
    world.pair(world.bob, "B2", imei=IMEI)

    assert ids(world.partnerships.with_imei(IMEI)) == [(ADELE, "A1"), ("bob@contoso.com", "B2")]
