"""The arithmetic of costs, by numbers worked out by hand; and the page says what it computes."""

import math
from datetime import timedelta

import pytest

from infra.local.benches import cost, cost_bill, cost_prices, cost_record, cost_report
from infra.local.benches.cost_meter import Figures, executed
from infra.local.benches.cost_month import Assumptions, busy, looks, month, of_size, units
from infra.local.benches.cost_record import LARGE, SMALL, Record

SIMPLE = Assumptions(
    devices=2,
    reports=1,
    new=0,
    blocks=0.1,
    wipes=0,
    wipe_hours=0,
    churn=0.48,  # of rows and day
    changes_runs=96,
    rotations=0,
    workers=0,
    call_seconds=0.5,
    near_seconds=0,
    billed=1,
    host_items=0,
)


def figures(
    *, executions: float = 1, seconds: float = 0.1, tables: float = 0, **calls: float
) -> Figures:
    """Return figures of one function, with storage named for what it is asked."""
    return Figures(
        executions={"on_work": executions},
        seconds={"on_work": seconds},
        calls={"queues": 3, "tables": tables, "events": 0, "vault": 0, "exchange": 0} | calls,
    )


def a_record() -> Record:
    """Return a record in which every piece of work is one execution, but for two."""
    small = dict.fromkeys((*units(0), "changes run, 1 %"), figures())
    small["report, device blocked"] = figures(exchange=5, events=1, tables=10)
    runs = {
        name: (figures(tables=100, exchange=4), figures(tables=400, exchange=10))
        for name in small
        if "run" in name
    }
    return Record(
        measured_on="2026-01-01",
        queues=8,
        polling=10,
        series=0,
        small={name: each for name, each in small.items() if name not in runs},
        runs=runs,
    )


def test_units_of_a_month_follow_from_devices() -> None:
    """1,000 mailboxes with 2 devices and a report a day are 60,000 reports, a tenth blocks."""
    found = units(1_000, SIMPLE)
    assert found["report, device blocked"] == pytest.approx(6_000)
    assert found["report, nothing new"] == pytest.approx(54_000)
    assert found["full run, 1 %"] == 30
    assert found["changes run, nothing"] == 96 * 30
    # Of 3,000 rows 48 % a day: a mailbox is a row, and so is each of its devices.
    assert found["changed row, found by a changes run"] == pytest.approx(43_200)


def test_calls_are_added_up_over_all_units() -> None:
    """6,000 blocks make 30,000 calls of Exchange; 2,910 runs make four each."""
    found = month(1_000, a_record(), SIMPLE)
    assert found.calls["exchange"] == pytest.approx(6_000 * 5 + 2_910 * 4)
    assert found.calls["events"] == pytest.approx(6_000)
    # 60,000 reports, 2,910 runs, a watch a day, and the MDMs asked each quarter of an hour.
    assert sum(found.executions.values()) == pytest.approx(60_000 + 2_910 + 30 + 2_880)


def test_a_run_lies_on_the_line_through_the_sizes_measured() -> None:
    """Up to any size: a hundred for each thousand mailboxes here, and never below nothing."""
    record = a_record()
    found = [of_size("full run, 1 %", size, record).calls for size in (SMALL, LARGE, 100_000, 0)]
    assert [each["tables"] for each in found] == [100, 400, 10_000, 0]
    assert [each["exchange"] for each in found] == [4, 10, 202, 2]


def test_a_changed_row_takes_what_a_run_takes_more_with_it() -> None:
    """Ten more transactions for thirty rows are a third of one; the run itself is not in it."""
    record = a_record()
    record.runs["changes run, 1 %"] = (figures(tables=110, seconds=0.4), figures())
    found = of_size("changed row, found by a changes run", 50_000, record)
    assert found.calls["tables"] == pytest.approx(1 / 3)
    assert found.seconds["on_work"] == pytest.approx(0.01)
    assert found.executions == {}


def test_work_that_overlaps_is_billed_once() -> None:
    """One a second for a second leaves 1/e of the time idle; a rare one counts in full."""
    assert busy(1, 1) == pytest.approx(1 - 1 / math.e)
    assert busy(0.001, 1) == pytest.approx(0.001, rel=1e-3)


def test_an_instance_is_billed_for_a_second_at_least() -> None:
    """All that is so rare that it never overlaps costs a second of its instance each."""
    rare = month(1, a_record(), Assumptions(workers=0, wipes=0, near_seconds=0, page_seconds=0))
    assert rare.billed["on_work"] == pytest.approx(sum(rare.executions.values()), rel=1e-2)


def test_a_wipe_is_looked_at_less_and_less_often() -> None:
    """After 30 s, then each minute until a quarter of its age is more: 4, 5, 6.25 minutes..."""
    minute = 1 / 60
    assert [looks(hours) for hours in (0.4 * minute, 1.4 * minute, 4.4 * minute)] == [1, 2, 5]
    assert looks(24) - looks(23) == 1
    assert looks(1, settle=timedelta(seconds=4)) > looks(1)


def test_a_price_is_for_what_is_not_free() -> None:
    """A million and a quarter of executions: a million to pay for."""
    assert cost_prices.EXECUTIONS.of(1_250_000) == pytest.approx(0.40)
    assert cost_prices.EXECUTIONS.of(10) == 0
    assert cost_prices.QUEUE.of(5_000_000) == pytest.approx(2.00)


def test_a_bill_has_every_meter_once() -> None:
    """Queues: three operations of each piece of work, and the looks: 8 every 10 s for 30 days."""
    lines = {line.what: line for line in cost_bill.bill(month(1_000, a_record(), SIMPLE), SIMPLE)}
    queue = lines[cost_prices.QUEUE.what]
    assert queue.used == pytest.approx(3 * 65_820 + 2_073_600)
    assert queue.dollars == pytest.approx(0.9084, abs=1e-4)
    assert lines[cost_prices.EVENTS.what].used == pytest.approx(12_000)
    assert len(lines) == len(cost_prices.ALL) - 1  # private endpoints are no part of it


def test_the_limit_that_is_met_first_is_found() -> None:
    """Five calls each at 20 a second are 4 blocks a second; changes end at 2."""
    reached = cost_bill.reached(a_record(), "report, device blocked")
    assert reached["exchange"] == pytest.approx(4)
    assert reached["changes"] == pytest.approx(2)
    assert reached["tables"] == pytest.approx(200)
    assert reached["account"] == pytest.approx(20_000 / 13)
    assert cost_bill.first(reached) == "changes"


def test_executions_are_read_off_the_log() -> None:
    """HTTP functions count as one group; what has not ended does not count."""
    one, two = "0" * 8 + "-0000-0000-0000-" + "0" * 12, "1" * 8 + "-0000-0000-0000-" + "1" * 12
    log = "\n".join(
        (
            f"2026-01-01T00:00:00.000Z INFO on_webhook {one} Executing",
            f"2026-01-01T00:00:00.100Z INFO on_webhook {one} something was said",
            f"2026-01-01T00:00:00.250Z INFO on_webhook {one} Executed (Succeeded)",
            f"2026-01-01T00:00:01.000Z INFO on_device_signal {two} Executing",
        )
    )
    executions, seconds = executed(log)
    assert executions == {"http": 1}
    assert seconds["http"] == pytest.approx(0.25)


def test_the_page_says_what_is_computed_from_the_record() -> None:
    """Whoever changes figures, prices, assumptions or arithmetic renews the page as well."""
    page = cost.PAGE.read_text("utf-8")
    assert cost_report.written(page) == cost_report.tables(cost_record.read()), cost.__doc__


def test_renewing_a_page_changes_its_tables_only() -> None:
    """Words around a table stay; a second time nothing changes."""
    page = "before\n<!-- table: prices -->\nold\n<!-- end -->\nafter\n"
    once = cost_report.renewed(page, a_record())
    assert once.startswith("before\n<!-- table: prices -->\n| meter |")
    assert once.endswith("|\n<!-- end -->\nafter\n")
    assert cost_report.renewed(once, a_record()) == once


def test_an_option_that_is_none_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error must not take minutes."""
    assert cost.main(["--papre"]) == 2
    assert "--paper" in capsys.readouterr().err
