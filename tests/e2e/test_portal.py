"""The operators' page, clicked through in a browser against the whole world."""

import csv
import json
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local.simulators.exchange import Device
from infra.local.world import World
from tests.e2e import browsing
from tests.e2e.asking import a_phone, get, post
from tests.e2e.asking import order as ordered_by_key
from tests.e2e.browsing import looking, settled, view
from tests.e2e.looking import done, until
from tests.e2e.managing import held, managed, reported

pytestmark = pytest.mark.skipif(not browsing.is_there(), reason=browsing.MISSING)

EVIL = "<img src=x onerror=alert(1)><b>Adele's</b> phone"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world with a few people and their devices, as it is in earnest."""
    world = World(embedded=True, guarded=True, wipe_settle=1.0)
    world.tenant.populate(mailboxes=40, devices_per_mailbox=1.5)
    world.phone.friendly_name = EVIL
    owner = world.tenant.add_mailbox("barred@contoso.com", blocked_ids=["BARRED"])
    world.tenant.add_device(owner, device_id="BARRED")
    with world:
        yield world


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def phones(world: World) -> dict[str, Device]:
    names = ("stolen", "found", "wiped")
    return {name: a_phone(world, name, friendly_name=f"The {name} one") for name in names}


@pytest.fixture(scope="module", autouse=True)
def inventory(world: World, client: httpx.Client, phones: dict[str, Device]) -> None:
    """Take the inventory that the page shows."""
    del phones
    order = {"scope": "full", "requested_by": "jo"}
    run_id = post(world, client, "inventory/sync", order).json()["operation_id"]
    until(lambda: done(world, client, run_id), "the inventory is taken")


def opened(page: Page, name: str) -> None:
    """Find a device by its name and look at it."""
    view(page, "Devices")
    page.get_by_label("Device or mailbox contains").fill(name)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=f"The {name} one", exact=True).click()
    expect(page.get_by_role("heading", level=1, name=f"The {name} one")).to_be_visible()


def ordered(page: Page, action: str, confirmation: str) -> None:
    """Order something for the device that is shown: reason, plan, confirmation."""
    page.get_by_role("button", name=f"{action} …", exact=True).click()
    question = page.get_by_role("dialog")
    question.get_by_label("Reason").fill("left in a taxi")
    for box in question.get_by_role("checkbox").all():
        box.check()
    question.get_by_role("button", name="Show what would be done").click()
    plan = page.get_by_role("dialog", name="This would be done")
    expect(plan.get_by_role("row").nth(1)).to_contain_text(action)
    plan.get_by_role("button", name=confirmation, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=action)).to_be_visible()


def test_nothing_is_seen_before_somebody_signs_in(browser: Browser, world: World) -> None:
    with looking(browser, world, None) as page:
        expect(page.get_by_role("navigation")).to_have_count(0)
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name="Vera Viewer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        expect(page.get_by_role("banner")).to_contain_text("Viewer")
        page.get_by_role("link", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_somebody_without_a_role_is_told_what_to_ask_for(browser: Browser, world: World) -> None:
    with looking(browser, world, "nobody") as page:
        view(page, "Devices")
        expect(page.get_by_role("alert")).to_contain_text("Viewer")
        expect(page.get_by_role("alert")).to_contain_text("Entra ID")


def test_the_certificate_is_shown_and_validated_stage_by_stage(
    browser: Browser, world: World
) -> None:
    with looking(browser, world, "operator", at="") as page:
        card = page.locator("section").filter(has=page.get_by_role("heading", name="Certificate"))
        expect(card).to_contain_text(re.compile(r"36[45] days left"))
        expect(card.get_by_role("img")).to_have_accessible_description(re.compile("36[45] days"))
        stages = card.get_by_role("list", name="Stages of the validation").get_by_role("listitem")
        answered: list[str] = []
        page.on("requestfinished", lambda request: answered.append(request.method))
        world.exchange.faults.latency["*"] = 1.0
        card.get_by_role("button", name="Validate").click()
        expect(stages.first).to_be_visible()
        assert "POST" not in answered  # it is seen while the others are still being tried
        world.exchange.faults.latency.clear()
        expect(card).to_contain_text("The whole chain: Pass")
        expect(card).not_to_contain_text("none yet")
        assert stages.count() > 5
        expect(stages.first).to_contain_text("Pass")


def test_how_hard_exchange_is_asked_is_shown(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer", at="") as page:
        card = page.locator("section").filter(has=page.get_by_role("heading", name="Exchange"))
        expect(card).to_contain_text(re.compile(r"\d calls a second"))
        expect(card).to_contain_text("Exchange bears it")


def test_devices_are_filtered_sorted_and_paged(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer") as page:
        view(page, "Devices")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(50)
        page.get_by_role("button", name="Model").click()
        header = page.get_by_role("columnheader", name="Model")
        expect(header).to_have_attribute("aria-sort", "ascending")
        models = rows.locator('[data-label="Model"]').all_inner_texts()
        assert models == sorted(models, key=str.casefold)
        page.get_by_role("button", name="Next page").click()
        expect(rows).to_have_count(15)
        more = rows.locator('[data-label="Model"]').all_inner_texts()
        assert [*models, *more] == sorted([*models, *more], key=str.casefold)
        page.get_by_role("link", name="Clear filters").click()
        expect(rows).to_have_count(50)
        page.get_by_label("Access", exact=True).select_option("Blocked")
        page.get_by_label("Device or mailbox contains").fill("barred")
        page.get_by_label("Device or mailbox contains").press("Enter")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Blocked")


def test_a_name_that_is_markup_is_shown_as_text(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer") as page:
        view(page, "Devices")
        page.get_by_role("link", name=EVIL, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(EVIL)
        assert page.locator("main img, main b").count() == 0
        assert EVIL in page.title()


def test_a_device_is_blocked_by_plan_and_confirmation_and_that_is_undone(
    browser: Browser, world: World, phones: dict[str, Device]
) -> None:
    phone = phones["stolen"]
    with looking(browser, world, "operator") as page:
        opened(page, "stolen")
        expect(page.get_by_text("Gets mail", exact=True)).to_be_visible()
        expect(page.get_by_text("Asked in Exchange's order")).to_be_visible()
        ordered(page, "Block", "Block")
        expect(page.locator(".timeline")).to_contain_text("left in a taxi")
        expect(page.locator(".timeline li").last).to_contain_text("Done")
        assert phone.access_state == "Blocked"

        page.get_by_role("button", name="Undo").click()
        page.get_by_role("dialog").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Block")
        expect(page.locator(".timeline li").last).to_contain_text("Done")
        assert phone.access_state == "Allowed"


def test_a_plan_that_no_longer_holds_is_not_carried_out(
    browser: Browser, world: World, phones: dict[str, Device]
) -> None:
    phone = phones["found"]
    with looking(browser, world, "operator") as page:
        opened(page, "found")
        page.get_by_role("button", name="Block …").click()
        page.get_by_label("Reason").fill("lost")
        page.get_by_role("button", name="Show what would be done").click()
        plan = page.get_by_role("dialog", name="This would be done")
        plan.wait_for()
        phone.mailbox.allowed_ids.append(phone.device_id)
        plan.get_by_role("button", name="Block").click()
        expect(plan.get_by_role("alert")).to_contain_text("Look again, then decide anew.")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Block …")).to_be_focused()
        assert phone.access_state == "Allowed"


def test_a_wipe_waits_until_another_person_approves_it(
    browser: Browser, world: World, phones: dict[str, Device]
) -> None:
    phone = phones["wiped"]
    with looking(browser, world, "approver") as page:
        opened(page, "wiped")
        ordered(page, "Wipe device", "Ask for approval: Wipe device")
        expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    assert phone.wipe.requested_at is None
    with looking(browser, world, "operator") as page:
        view(page, "Waiting")
        expect(page.get_by_role("article").filter(has_text="WIPED")).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    with looking(browser, world, "approver2") as page:
        view(page, "Waiting")
        card = page.get_by_role("article").filter(has_text="WIPED")
        expect(card).to_contain_text("left in a taxi")
        card.get_by_role("link").first.click()
        page.get_by_role("button", name="Approve").click()
        page.get_by_label("Note").fill("seen the police report")
        page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        expect(page.get_by_text("seen the police report").first).to_be_visible()
        expect(page.locator(".timeline li").last).to_contain_text("confirm the wipe")
    assert phone.wipe.requested_at is not None


def test_many_orders_held_for_one_reason_are_approved_at_once(
    browser: Browser, world: World, client: httpx.Client
) -> None:
    lost = [a_phone(world, name) for name in ("many1", "many2", "many3")]
    for phone in lost:
        ordered_by_key(world, client, phone, "wipe_device", even_if_personal=True)
    waiting = "operations?state=held&asked_by=helpdesk:jo"
    until(lambda: len(get(world, client, waiting).json()["operations"]) == 3, "they are held")
    with looking(browser, world, "approver") as page:
        view(page, "Waiting")
        page.get_by_role("button", name="Approve all by helpdesk:jo").click()
        page.get_by_role("button", name="Approve all", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("They are put on their way")
    until(lambda: all(phone.wipe.requested_at for phone in lost), "they are wiped")


def test_a_report_that_nobody_recognised_is_linked(
    browser: Browser, world: World, client: httpx.Client
) -> None:
    mine = managed(world, "unrecognised")
    reported(world, client, "simplemdm", "device.unenrolled", mine.phone)
    until(lambda: held(world, client, mine.phone), "it waits for a person")
    with looking(browser, world, "operator") as page:
        view(page, "Waiting")
        card = page.get_by_role("article").filter(has_text=mine.phone.serial)
        card.get_by_role("link").first.click()
        page.get_by_role("button", name="Say which device it is").click()
        page.get_by_role("dialog").get_by_role("checkbox").check()
        page.get_by_role("button", name="That is it").click()
        expect(page.locator(".timeline li").last).to_contain_text("Done")


def test_the_inventory_is_taken_anew_and_its_progress_shown(browser: Browser, world: World) -> None:
    with looking(browser, world, "operator", at="") as page:
        settled(page)
        card = page.locator("section").filter(has=page.get_by_role("heading", name="Inventory"))
        card.get_by_role("button", name="Sync now").click()
        expect(page.get_by_role("status")).to_have_text("The run of the inventory has ended")
        expect(card).to_contain_text("Done")


def test_a_report_is_charted_and_downloaded(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer") as page:
        view(page, "Reports")
        page.get_by_role("link", name="Access states", exact=True).click()
        expect(page.get_by_role("img")).to_have_accessible_description(re.compile("Allowed: "))
        with page.expect_download() as download:
            page.get_by_role("link", name="Download CSV").click()
        assert download.value.suggested_filename == "access_states.csv"
        with download.value.path().open(newline="") as file:
            header, *rows = csv.reader(file)
        assert header == ["access", "reason", "devices"]
        assert sum(int(row[2]) for row in rows) >= 60


def test_the_audit_is_exported(browser: Browser, world: World) -> None:
    with looking(browser, world, "operator") as page:
        view(page, "Reports")
        with page.expect_download() as download:
            page.get_by_role("button", name="Export as JSON Lines").click()
        lines = download.value.path().read_text("utf-8").splitlines()
        assert [record for line in lines if (record := json.loads(line))]
        expect(page.get_by_text(f"{len(lines)} records exported.")).to_be_visible()


def test_a_session_that_has_ended_is_told_and_begun_anew(browser: Browser, world: World) -> None:
    with looking(browser, world, "viewer") as page:
        page.context.clear_cookies()
        view(page, "Senders")
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
