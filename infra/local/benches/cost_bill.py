"""What a month comes to in dollars, and which limit a growing tenant meets first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.benches import cost_prices as prices
from infra.local.benches.cost_month import GUESSED, SECONDS, Assumptions, Month
from infra.local.benches.cost_record import Record
from shared.limits import Limits

if TYPE_CHECKING:
    from infra.local.benches.cost_prices import Price

RULES = 5  # alert rules on logs
ENDPOINTS = 4  # blob, queue, table, vault
GB = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a bill."""

    what: str
    used: float
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that only so much a second goes through; `source` says whose word that is."""

    what: str
    a_second: float
    source: str


LIMITS = {
    "exchange": Limit(
        what="Exchange calls, one tenant (`calls_per_second`; learnt up and down from there)",
        a_second=Limits().calls_per_second,
        source="ours; Microsoft tells none for this API",
    ),
    "changes": Limit(
        what="changes in Exchange, one tenant (`destructive_per_second`)",
        a_second=Limits().destructive_per_second,
        source="ours",
    ),
    "tables": Limit(
        what="Table storage, one partition: one tenant's journal",
        a_second=2_000,
        source="Storage scalability targets, 1 KiB entities",
    ),
    "queues": Limit(
        what="Queue storage, one queue", a_second=2_000, source="Queue scalability targets"
    ),
    "account": Limit(
        what="the storage account", a_second=20_000, source="Storage scalability targets"
    ),
    "events": Limit(
        what="Event Grid custom topic, events", a_second=5_000, source="Event Grid quotas"
    ),
    "vault": Limit(
        what="Key Vault, RSA 3072 (4,000 for RSA 2048), in 10 s: 1,000",
        a_second=100,
        source="Key Vault service limits",
    ),
}


def bill(month: Month, a: Assumptions = GUESSED) -> list[Item]:
    """Return the lines of a month's bill, without private networking."""
    calls = month.calls
    gb_seconds = sum(month.billed.values()) * a.memory
    used: list[tuple[Price, float]] = [
        (prices.EXECUTIONS, sum(month.executions.values())),
        (prices.GB_SECONDS, gb_seconds),
        (prices.QUEUE, calls["queues"] + month.looks),
        (prices.TABLE, calls["tables"]),
        (prices.TABLE_DATA, month.kept / GB),
        (prices.EVENTS, calls["events"] * (1 + a.subscribers)),
        (prices.VAULT, calls["vault"]),
        (prices.RENEWALS, a.rotations),
        (prices.LOGS, month.logs / GB),
        (prices.HOURLY_RULES, RULES),
    ]
    return [Item(what=price.what, used=each, dollars=price.of(each)) for price, each in used]


def reached(record: Record, unit: str) -> dict[str, float]:
    """Return how many of a piece of work a second meet each limit; what it spares is left out."""
    figures = record.small[unit]
    needs = {**figures.calls, "account": figures.calls["queues"] + figures.calls["tables"]}
    if unit == "report, device blocked":
        needs["changes"] = 1.0
    return {
        name: LIMITS[name].a_second / needs[name] for name in LIMITS if needs.get(name, 0.0) > 0
    }


def first(limits: Mapping[str, float]) -> str:
    """Return which of them is met first."""
    return min(limits, key=lambda name: limits[name])


def rate(month: Month, unit: str) -> float:
    """Return how many of a piece of work there are in a second of a month."""
    return month.units[unit] / SECONDS


def hours_to_block(devices: float) -> float:
    """Return how long it takes to block every device, if nothing else were done."""
    return devices / LIMITS["changes"].a_second / 3600
