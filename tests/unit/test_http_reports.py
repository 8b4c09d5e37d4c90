"""Reports over HTTP: which there are, what they say, as JSON and as CSV."""

import csv
import io
from datetime import timedelta

import pytest

from functions import inventory, inventory_views
from shared.devices.model import AccessState
from shared.devices.readiness import REPORTS
from shared.errors import Retryable
from tests.unit.app_world import Answer, call, request
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX, NOW, TENANT
from tests.unit.inventory_app import InventoryApp, ask
from tests.unit.inventory_listing import a_mailbox, a_phone
from tests.unit.inventory_words import reported

BOB = a_mailbox(place="cn=bob", guid="mailbox-bob", address="bob@contoso.com")
HELD = a_phone(
    place="cn=bob",
    guid="held",
    device_id="HELD",
    model="=1+1",
    access=AccessState.QUARANTINED,
    first_sync_at=NOW - timedelta(days=3),
)


@pytest.fixture
def app() -> InventoryApp:
    """Return the app with one device in quarantine, and one that an MDM knows."""
    app = InventoryApp()
    app.take(a_mailbox(), a_phone(), BOB, HELD)
    reported(app.inventory)
    return app


def report(app: InventoryApp, name: str, accept: str = "*/*", **asked: str) -> Answer:
    """Ask for a report."""
    question = request(route={"name": name}, params=asked, headers={"Accept": accept})
    return call(app, inventory.get_report, question)


def test_reports_are_listed_with_what_they_say(app: InventoryApp) -> None:
    """Each can then be asked for by its name."""
    named = ask(app, inventory.get_reports)["reports"]
    assert [each["name"] for each in named] == list(REPORTS)
    for each in named:
        shown = ask(app, inventory.get_report, name=each["name"])
        assert (shown["says"], shown["columns"]) == (each["says"], each["columns"])
        assert shown["truncated"] is False
        assert shown["as_of"]
        assert all(len(row) == len(each["columns"]) for row in shown["rows"])


def test_report_is_made_from_the_inventory(app: InventoryApp) -> None:
    """Times are text, numbers are numbers."""
    shown = ask(app, inventory.get_report, name="quarantined_waiting")
    (row,) = [dict(zip(shown["columns"], each, strict=True)) for each in shown["rows"]]
    assert (row["mailbox"], row["device_id"], row["days"]) == ("bob@contoso.com", "HELD", 3)
    assert row["since"] == "2026-05-01T10:00:00Z"


def test_device_that_an_mdm_has_spoken_of_is_known_to_it(app: InventoryApp) -> None:
    """The other is not."""
    shown = ask(app, inventory.get_report, name="unknown_to_mdm")
    assert [row[shown["columns"].index("guid")] for row in shown["rows"]] == ["held"]


@pytest.mark.parametrize(
    ("accept", "asked", "is_csv"),
    [
        ("text/csv", {}, True),
        ("text/csv;q=0.9, */*;q=0.1", {}, True),
        ("application/json, text/csv", {}, False),
        ("*/*", {}, False),
        ("", {}, False),
        ("application/json", {"format": "csv"}, True),
        ("text/csv", {"format": "json"}, False),
    ],
)
def test_report_comes_as_it_is_asked_for(
    app: InventoryApp, accept: str, asked: dict[str, str], *, is_csv: bool
) -> None:
    """A word in the address counts more than the header."""
    answer = report(app, "rules", accept, **asked)
    assert answer.status_code == 200
    assert answer.mimetype == ("text/csv" if is_csv else "application/json")


def test_csv_is_one_file_with_all_rows(app: InventoryApp) -> None:
    """With its columns on top, and safe to open: a device chooses its own name."""
    answer = report(app, "quarantined_waiting", "text/csv")
    header, row = csv.reader(io.StringIO(answer.get_body().decode(), newline=""))
    shown = dict(zip(header, row, strict=True))
    assert (shown["device_id"], shown["model"], shown["days"]) == ("HELD", "'=1+1", "3")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="quarantined_waiting.csv"'
    )
    assert answer.headers["X-Truncated"] == "false"
    assert answer.headers["X-As-Of"]


@pytest.mark.parametrize(("at_most", "is_cut"), [(1, True), (2, False), (3, False)])
def test_report_that_is_cut_says_so(*, at_most: int, is_cut: bool) -> None:
    """In either form; one that just fits is not cut."""
    app = InventoryApp()
    app.take(a_mailbox(), a_phone(), BOB, HELD)
    reports = app.services.inventories.reports
    shown = inventory_views.table(reports.make(TENANT, "unknown_to_mdm"), at_most)
    text, is_text_cut = inventory_views.sheet(reports.make(TENANT, "unknown_to_mdm"), at_most)
    assert len(shown.rows) == len(text.splitlines()) - 1 == min(at_most, 2)
    assert (shown.truncated, is_text_cut) == (is_cut, is_cut)
    everything = inventory_views.table(reports.make(TENANT, "unknown_to_mdm"), 9)
    assert {row[:3] for row in everything.rows} == {
        (MAILBOX, DEVICE_ID, GUID),
        ("bob@contoso.com", "HELD", "held"),
    }


@pytest.mark.parametrize("name", ["x", "", "../rules", "RULES", "%00"])
def test_report_that_there_is_not_is_not_found(app: InventoryApp, name: str) -> None:
    """The answer says which there are."""
    answer = report(app, name)
    assert answer.status_code == 404
    assert b"quarantined_waiting" in answer.get_body()


def test_report_in_an_unknown_format_is_refused(app: InventoryApp) -> None:
    """Rather than made in another."""
    assert report(app, "rules", format="xlsx").status_code == 400


def test_exchange_is_asked_only_for_what_no_record_has(app: InventoryApp) -> None:
    """Only one report needs the policies' settings; it fails rather than leave them out."""
    app.policies_down = Retryable("Exchange is busy")
    found = {name: report(app, name).status_code for name in REPORTS}
    assert {name for name, status in found.items() if status != 200} == {"outlook"}
    assert found["outlook"] == 503
