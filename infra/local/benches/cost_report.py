"""What the cost bench prints: the tables of infra/azure/COST.md, as Markdown."""

import re
from collections.abc import Sequence
from dataclasses import fields

from infra.local.benches import cost_bill, cost_prices
from infra.local.benches.cost_meter import Figures
from infra.local.benches.cost_month import GUESSED, SECONDS, Month, looks, month, of_size
from infra.local.benches.cost_record import LARGE, SMALL, Record

SIZES = (1_000, 10_000, 100_000)
SERVICES = ("queues", "tables", "exchange", "graph", "entra", "vault", "events")
WHOLE = 10  # from here on, fractions say nothing
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def tables(record: Record) -> dict[str, str]:
    """Return every table of the page, by name."""
    months = [month(size, record) for size in SIZES]
    return {
        "measured": _measured(record),
        "assumed": _assumed(),
        "months": _months(months),
        "bills": _bills(months),
        "limits": _limits(record, months),
        "prices": _prices(),
    }


def renewed(page: str, record: Record) -> str:
    """Return the page with its tables as they are now."""
    found = tables(record)
    return _TABLE.sub(lambda part: f"{part[1]}{found[part[2]]}\n{part[3]}", page)


def written(page: str) -> dict[str, str]:
    """Return the tables that stand on a page."""
    return {
        part[2]: part[0].removeprefix(part[1]).removesuffix(part[3]).rstrip("\n")
        for part in _TABLE.finditer(page)
    }


def _measured(record: Record) -> str:
    runs = [
        (f"{name}, {size:,} mailboxes", of_size(name, size, record))
        for name in record.runs
        for size in (SMALL, LARGE)
    ]
    head = ("one", "executions", *SERVICES, "wall ms", "processor ms", "telemetry items", "bytes")
    return _table(head, [_row(name, each) for name, each in [*record.small.items(), *runs]])


def _row(name: str, took: Figures) -> list[str]:
    calls = [_number(took.calls.get(service, 0.0)) for service in SERVICES]
    times = [sum(took.seconds.values()) * 1000, took.processor * 1000]
    return [
        name,
        _number(sum(took.executions.values())),
        *calls,
        *(f"{each:.0f}" for each in times),
        _number(took.items),
        f"{took.told:.0f}",
    ]


def _assumed() -> str:
    values = [[each.name, f"{getattr(GUESSED, each.name):.4g}"] for each in fields(GUESSED)]
    told = ["looks at a wipe, from `wipe_hours`", str(looks(GUESSED.wipe_hours))]
    return _table(("assumption", "value"), [*values, told])


def _months(months: Sequence[Month]) -> str:
    rows = [[name, *(_whole(each.units[name]) for each in months)] for name in months[0].units]
    more = {
        "executions": [sum(each.executions.values()) for each in months],
        "instances' seconds": [sum(each.billed.values()) for each in months],
        "Exchange calls": [each.calls["exchange"] for each in months],
        "storage transactions": [each.calls["queues"] + each.calls["tables"] for each in months],
        "looks at empty queues": [each.looks for each in months],
        "MB of logs": [each.logs / 1e6 for each in months],
        "MB that records grow by": [each.kept / 1e6 for each in months],
        "Exchange calls a second, on average": [
            each.calls["exchange"] / SECONDS for each in months
        ],
        "hours to block every device at once": [
            cost_bill.hours_to_block(each.mailboxes * GUESSED.devices) for each in months
        ],
    }
    rows += [[f"**{name}**", *map(_whole, counts)] for name, counts in more.items()]
    return _table(("a month of", *(f"{size:,} mailboxes" for size in SIZES)), rows)


def _bills(months: Sequence[Month]) -> str:
    bills = [cost_bill.bill(each) for each in months]
    rows = [
        [lines[0].what, *(f"{line.dollars:,.2f}" for line in lines)]
        for lines in zip(*bills, strict=True)
    ]
    sums = [sum(line.dollars for line in lines) for lines in bills]
    rows.append(["**all**", *(f"**{each:,.2f}**" for each in sums)])
    thousands = [each / size * 1000 for each, size in zip(sums, SIZES, strict=True)]
    rows.append(["for each 1,000 mailboxes", *(f"{each:,.2f}" for each in thousands)])
    return _table(("dollars a month", *(f"{size:,} mailboxes" for size in SIZES)), rows)


def _limits(record: Record, months: Sequence[Month]) -> str:
    units = ("report, nothing new", "report, device blocked")
    met = [cost_bill.reached(record, unit) for unit in units]
    rows = [
        [
            limit.what,
            f"{limit.a_second:,.0f}",
            *(f"{each[name]:,.1f}" if name in each else "-" for each in met),
            limit.source,
        ]
        for name, limit in cost_bill.LIMITS.items()
    ]
    firsts = [cost_bill.LIMITS[cost_bill.first(each)].what for each in met]
    rows.append(["**met first**", "", *firsts, ""])
    rates = [f"{cost_bill.rate(months[-1], unit):,.3f}" for unit in units]
    rows.append([f"on average, {SIZES[-1]:,} mailboxes", "", *rates, "the month above"])
    head = ("limit", "a second", *(f"{unit}: a second" for unit in units), "whose word")
    return _table(head, rows)


def _prices() -> str:
    rows = [
        [
            price.what,
            f"{price.dollars:g}",
            f"{price.units:,.0f}",
            f"{price.free:,.0f}",
            price.source,
        ]
        for price in cost_prices.ALL
    ]
    return _table(("meter", "dollars", "for", "free each month", "source"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.2g}"
