"""Chromium, looking at the operators' page as people do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypedDict, Unpack

import httpx
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from infra.local import places
from infra.local.people import signed_in
from infra.local.world import World

MISSING = "there is no Chromium here, and it could not be installed: the page is NOT TESTED"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000  # milliseconds
SCREENSHOTS = places.LOCAL / "screenshots"
AXE = places.AXE / "node_modules" / "axe-core" / "axe.min.js"
EXPECTED = "Failed to load resource"  # an answer that is an error, which the page shows


def is_there() -> bool:
    """Whether this machine has a browser for us."""
    return places.CHROMIUM.exists()


class Looks(TypedDict, total=False):
    """How somebody looks at a page."""

    color_scheme: Literal["light", "dark"]
    viewport: ViewportSize
    timezone_id: str
    locale: str
    bypass_csp: bool  # for what is brought in from outside


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser without a window, and with a profile that is thrown away."""
    expect.set_options(timeout=PATIENCE)
    program = places.CHROMIUM.resolve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS, headless=True)
        yield browser
        browser.close()


@contextmanager
def looking(
    browser: Browser, world: World, who: str | None, at: str = "reports", **looks: Unpack[Looks]
) -> Iterator[Page]:
    """
    Let somebody open one of the page's views, signed in unless *who* is None.

    Nothing may end in the console, neither an error nor something that the page's policy
    forbids, and no script may speak up.
    """
    complaints: list[str] = []
    context = browser.new_context(**looks)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: _silenced(dialog, complaints))
    if who is not None:
        name, value = _session(world, who)
        context.add_cookies([{"name": name, "value": value, "url": world.url}])
    page.goto(f"{world.url}/api/portal#/{at}")
    settled(page)
    yield page
    context.close()
    assert complaints == []


def view(page: Page, name: str) -> None:
    """Go to one of the views by the navigation."""
    link = page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name=name)
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is being loaded."""
    expect(page.locator(".loading")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands."""
    page.evaluate(f"{AXE.read_text('utf-8')}; null")
    found = page.evaluate("axe.run()")
    return [
        f"{page.url}: {each['id']}: {json.dumps(node['html'])} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def pictured(page: Page, name: str) -> None:
    """Keep a picture of the page, for people."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def _session(world: World, who: str) -> tuple[str, str]:
    with httpx.Client() as client:
        (cookie,) = signed_in(world.url, client, who).cookies.jar
    return cookie.name, str(cookie.value)


def _complaint(message: ConsoleMessage) -> list[str]:
    is_bad = message.type in {"error", "warning"} and not message.text.startswith(EXPECTED)
    return [message.text] if is_bad else []


def _silenced(dialog: Dialog, complaints: list[str]) -> None:
    complaints.append(f"a script says: {dialog.message}")
    dialog.dismiss()
