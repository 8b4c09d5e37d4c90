"""The operators' page for every eye, ear and hand: by axe, on a phone, in the dark, by keyboard."""

from collections.abc import Iterator
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.local import contoso
from infra.local.world import World
from tests.e2e import browsing
from tests.e2e.asking import a_phone, carried_out, order, post
from tests.e2e.browsing import Looks, looking, pictured, settled, view, violations
from tests.e2e.looking import done, until
from tests.e2e.managing import held, managed, reported

pytestmark = pytest.mark.skipif(not browsing.is_there(), reason=browsing.MISSING)

LONG_NAME = "Adele's iPhone, with_a_name_that_nobody_would_break_anywhere" * 3
VIEWS = ("Overview", "Devices", "Waiting", "Operations", "Reports", "Senders")
# Axe is brought in from outside, which the page's own policy rightly forbids.
LOOKS: dict[str, Looks] = {
    "desk": {
        "color_scheme": "light",
        "viewport": {"width": 1280, "height": 900},
        "bypass_csp": True,
    },
    "phone": {
        "color_scheme": "dark",
        "viewport": {"width": 360, "height": 740},
        "bypass_csp": True,
    },
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world with something in every view."""
    pace = {"calls_per_second": 20.0, "destructive_per_second": 2.0}  # shown, and as in earnest
    world = World(embedded=True, guarded=True, wipe_settle=1.0, limits=pace)
    world.tenant.populate(mailboxes=4, devices_per_mailbox=1.5)
    world.phone.friendly_name = LONG_NAME
    with world:
        yield world


@pytest.fixture(scope="module", autouse=True)
def life(world: World, client: httpx.Client) -> None:
    """Let something have happened, and something wait."""
    carried_out(world, client, a_phone(world, "lost"), "block")
    order(world, client, a_phone(world, "gone"), "wipe_device", even_if_personal=True)
    mine = managed(world, "unrecognised")
    reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    until(lambda: held(world, client, mine.phone), "it waits for a person")
    pki, root = world.graph.trust.pki(contoso.TENANT_ID), world.authorities.root("contoso-root")
    world.graph.trust.add(pki, root.der, name=root.name, crl_url=root.crl_url)
    world.graph.domains.federate(contoso.TENANT_ID, contoso.DOMAIN)
    wanted = {"scope": "full", "requested_by": "jo"}
    run_id = post(world, client, "inventory/sync", wanted).json()["operation_id"]
    until(lambda: done(world, client, run_id), "the inventory is taken")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


def followed(page: Page, link: Locator, heading: str) -> None:
    """Follow a link until what it leads to is there."""
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    settled(page)


def each_view(page: Page) -> Iterator[str]:
    """Go through all views, one device, one operation, one report, a check and dialogs."""
    for name in VIEWS:
        view(page, name)
        yield name
    yield from of_certificates(page)
    view(page, "Operations")
    followed(page, page.get_by_role("link", name="Block").first, "Block")
    yield "Operation"
    view(page, "Reports")
    link = page.get_by_role("link", name="Access states", exact=True)
    followed(page, link, "Access states")
    yield "Report"
    view(page, "Devices")
    followed(page, page.get_by_role("link", name=LONG_NAME, exact=True), LONG_NAME)
    yield "Device"
    page.get_by_role("button", name="Lost or stolen …").click()
    yield "Lost"
    page.get_by_label("Reason").fill("left in a taxi")
    page.get_by_label("User").fill(contoso.MAILBOX)
    page.get_by_role("button", name="Show what would be done").click()
    page.get_by_role("dialog", name="This would be done").wait_for()
    yield "Lost-plan"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Wipe device …").click()
    page.get_by_label("Reason").fill("lost")
    page.get_by_label("Even if the device is personal").check()
    yield "Order"
    page.get_by_role("button", name="Show what would be done").click()
    page.get_by_role("dialog", name="This would be done").wait_for()
    yield "Plan"


def of_certificates(page: Page) -> Iterator[str]:
    """Go through what is to be seen of users' certificates: standing, check, an order."""
    view(page, "User certificates")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("details")).to_have_count(13)
    yield "User-certificates"
    page.get_by_role("button", name="Trust an authority …").click()
    page.get_by_label("Store").select_option("classic")
    yield "Authority"
    page.keyboard.press("Escape")


@pytest.mark.parametrize("look", LOOKS)
def test_every_view_is_accessible_and_fits(browser: Browser, world: World, look: str) -> None:
    with looking(browser, world, "approver", **LOOKS[look]) as page:
        wrong = []
        for name in each_view(page):
            pictured(page, f"{look}-{name.lower()}")
            wrong += violations(page)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{name} is {wide} px too wide"] if wide > 0 else []
        assert wrong == []


def test_light_and_dark_are_as_the_reader_likes(browser: Browser, world: World) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    grounds = {}
    for scheme in schemes:
        with looking(browser, world, "viewer", color_scheme=scheme) as page:
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            grounds[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
    assert grounds["light"] > 600
    assert grounds["dark"] < 150


def test_the_page_is_used_without_a_mouse(browser: Browser, world: World) -> None:
    with looking(browser, world, "operator") as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        devices = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Devices")
        devices.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        expect(page.get_by_role("status")).to_have_text("Devices is shown")
        sort = page.get_by_role("button", name="Model")
        sort.press("Space")
        expect(page.get_by_role("status")).to_have_text("Sorted by Model")
        expect(sort).to_be_focused()


def test_an_order_is_left_by_escape_and_the_focus_comes_back(
    browser: Browser, world: World
) -> None:
    with looking(browser, world, "operator") as page:
        view(page, "Devices")
        page.get_by_role("link", name="Adele's iPhone").first.click()
        button = page.get_by_role("button", name="Block …")
        button.press("Enter")
        expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(button).to_be_focused()


def test_times_are_local_and_utc_is_at_hand(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer", timezone_id="Asia/Tokyo", locale="en-GB") as page:
        view(page, "Operations")
        shown = page.locator("time").first
        at = str(shown.get_attribute("datetime"))
        assert str(shown.get_attribute("title")) == f"{at[:10]} {at[11:19]} UTC"
        hour = (int(at[11:13]) + 9) % 24
        expect(shown).to_contain_text(f"{hour:02}:{at[14:16]}")
