"""Where links are refused, all is listed in slices by name, whatever the names are like."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.simulators.exchange import faults, filters
from infra.local.simulators.exchange.paging import TRUNCATED, Links
from shared.devices.inventory import MobileDevice, Part
from shared.devices.listed import SLICES
from shared.errors import Rejected
from shared.exchange import slices
from shared.exchange.inventory import Inventory
from shared.exchange.paging import LETTERS
from shared.exchange.slices import Levels
from tests.contract.inventory_world import PARTS, InventoryWorld, an_inventory

PAGE = 6
ODD = (
    *("0", "007", "9*9", "*", "o'brien", "o''", 'say "x"', "a b", " lead", "-dash", "_low", "~"),
    *(
        "Ärger",
        "ärger2",
        "éa",
        "日本",
        "日月",
        "ßa",
        "Юрий",
        "юрий",
        "İstanbul",
        "i\u0307x",
        "\u00a7§",
    ),
    *("a" * 100, "a" * 99 + "b", "back\\slash", "$true", "(x)", "[x]", "%", ",", "=", "tab\tx"),
)


@pytest.fixture(scope="module")
def world() -> InventoryWorld:
    world = an_inventory(mailboxes=2500, devices_each=1.0)
    for number, name in enumerate(ODD):
        owner = f"user{number:06}@contoso.com"
        world.client.tenant.add_device(owner, device_id=name)
    for number in range(1100):
        world.client.tenant.add_device("adele@contoso.com", device_id=f"日{number}")
    world.client.exchange.paging.links = Links.DEAD
    return world


@pytest.mark.parametrize("part", PARTS)
def test_slices_hold_everything(world: InventoryWorld, part: Part) -> None:
    """What begins with letters that are one to Exchange, such as i and a dotted I, comes twice."""
    found = world.guids(part, SLICES)

    assert sorted(set(found)) == world.true_guids(part)
    assert len(found) - len(set(found)) <= 2


def test_slices_follow_each_other_in_order(world: InventoryWorld) -> None:
    pages = [page for _, page in world.walk(Part.MAILBOXES, SLICES)]

    first = [min(row.place for row in page.rows) for page in pages if page.rows]
    assert all(one < another for one, another in pairwise(first))
    assert all(len(page.rows) <= 1000 for page in pages)
    assert all(page.cursor.startswith(SLICES) for page in pages[:-1])
    assert max(len(page.cursor) for page in pages) < 4000


def test_every_slice_can_be_the_first_of_another_worker(world: InventoryWorld) -> None:
    seen = list(world.walk(Part.MAILBOXES, SLICES))

    for number in (1, len(seen) // 2, len(seen) - 1):
        rest = sorted(row.guid for _, page in seen[number:] for row in page.rows)
        fresh = InventoryWorld(world.client, Inventory(world.client.transport))
        assert fresh.guids(Part.MAILBOXES, seen[number][0]) == rest


def test_what_fits_a_page_is_not_sliced() -> None:
    world = an_inventory(mailboxes=20, devices_each=5)

    [(_, page)] = world.walk(Part.DEVICES, SLICES)

    assert len(page.rows) == 100


def test_rows_held_back_without_a_link_are_found_as_well() -> None:
    """Exchange then shows nothing to cut a slice by, so all plain letters are tried."""
    world = an_inventory(mailboxes=20, devices_each=5)
    truncated = faults.with_warnings([TRUNCATED])
    world.client.exchange.faults.inject(truncated, cmdlet="Get-MobileDevice")

    pages = [page for _, page in world.walk(Part.DEVICES, SLICES)]

    assert not pages[0].rows
    assert len(pages) == 1 + len(LETTERS) + 1
    assert sorted(row.guid for page in pages for row in page.rows) == world.true_guids(Part.DEVICES)


def test_a_slice_that_nothing_tells_apart_is_no_whole() -> None:
    world = an_inventory()
    for number in range(1001):
        owner = world.client.tenant.add_mailbox(f"user{number}@contoso.com")
        world.client.tenant.add_device(owner, device_id="SAME")
    world.client.exchange.paging.links = Links.DEAD

    with pytest.raises(Rejected, match="links to further pages must work"):
        world.rows(Part.DEVICES, SLICES)


def test_a_device_that_comes_or_goes_meanwhile_harms_no_other() -> None:
    world = an_inventory(mailboxes=600, devices_each=3)
    before = set(world.true_guids(Part.DEVICES))
    found: list[MobileDevice] = []
    for number, (_, page) in enumerate(world.walk(Part.DEVICES, SLICES)):
        found += [row for row in page.rows if isinstance(row, MobileDevice)]
        owner = world.client.tenant.find_mailbox(f"user{number:06}@contoso.com")
        for device in list(owner.devices.values())[:1]:
            world.client.tenant.remove_device(device)
        world.client.tenant.add_device(owner, device_id=f"new{number}")

    told = [row.guid for row in found]
    assert len(told) == len(set(told))
    assert before & set(world.true_guids(Part.DEVICES)) <= set(told)


def read_all(names: Sequence[str], written: Callable[[Levels], str]) -> list[str]:
    """Return what a listing of pages of six finds, whose place is kept as a text each time."""
    levels, found = slices.WHOLE, []
    while levels:
        wanted = written(levels)
        test = filters.parse(wanted, {"Name"}) if wanted else lambda _: True
        there = [name for name in names if test({"Name": name})]
        if len(there) > PAGE:
            levels = slices.cut(levels, there[:PAGE])
        else:
            found += there
            levels = slices.after(levels)
        levels = msgspec.json.decode(msgspec.json.encode(levels), type=Levels)
    return found


@settings(max_examples=60, deadline=None)
@given(
    plain=st.sets(st.text("ab01é日Я .-", min_size=1, max_size=5), max_size=80),
    odd=st.sets(st.text("'*\\", min_size=1, max_size=2), max_size=3),
)
def test_any_names_are_found_once(plain: set[str], odd: set[str]) -> None:
    names = sorted(plain | odd)

    found = read_all(names, lambda levels: slices.written(levels, "Name"))

    assert sorted(found) == names
