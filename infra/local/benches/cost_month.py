"""A month of one tenant: how much of each piece of work, and what that adds up to."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from infra.local.benches.cost_meter import Figures
from infra.local.benches.cost_record import CHANGED, DEVICES, LARGE, SMALL, Record
from shared.devices import wipe

DAYS = 30
SECONDS = DAYS * 86_400.0
QUIET, BUSY = "changes run, nothing", "changes run, 1 %"
CHANGED_ROW = "changed row, found by a changes run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What nobody has measured. All of it is guessed, and meant to be replaced."""

    devices: float = 2.0  # of a mailbox
    reports: float = 2.0  # of a device and day
    new: float = 0.002  # of reports are the first on their device
    blocks: float = 0.005  # of reports block or allow a device
    wipes: float = 0.002  # of devices and month
    wipe_hours: float = 8.0  # until the phone connects and confirms
    churn: float = 0.02  # rows that change in Exchange, of all and a day
    changes_runs: float = 96.0  # a day, and asks of the MDMs likewise
    rotations: float = 30 / 335  # a month: certificates of a year, renewed a month ahead
    workers: float = 100.0  # that start in a day, each fetching tokens and secrets
    subscribers: float = 1.0  # that each event is delivered to
    # In Azure services are further away than here; a page of an inventory is read in seconds.
    call_seconds: float = 0.5  # of Exchange, Graph and Entra ID
    page_seconds: float = 5.0
    near_seconds: float = 0.01  # of storage, vault, topic
    memory: float = 2.0  # GB of an instance
    least: float = 1.0  # seconds that an instance is billed for once it has something to do
    at_once: float = 16.0  # executions of one function that an instance bears
    host_items: float = 3.0  # that the platform tells of an execution: a request, two log lines
    billed: float = 0.75  # of telemetry's JSON is billed
    row: float = 1_000.0  # bytes of a row of a diagnostic log


GUESSED = Assumptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month takes; `billed` are an instance's seconds, by function."""

    mailboxes: int
    units: Mapping[str, float]
    executions: Mapping[str, float]
    billed: Mapping[str, float]
    calls: Mapping[str, float]
    looks: float
    kept: float  # bytes that are there at its end and were not at its beginning
    logs: float  # bytes


def units(mailboxes: int, a: Assumptions = GUESSED) -> dict[str, float]:
    """Return how often each piece of work is done in a month."""
    devices = mailboxes * a.devices
    reports = devices * a.reports * DAYS
    wipes = devices * a.wipes
    return {
        "worker's first report": a.workers * DAYS,
        "report, the first": reports * a.new,
        "report, nothing new": reports * (1 - a.new - a.blocks),
        "report, device blocked": reports * a.blocks,
        "wipe, requested": wipes,
        "wipe, a look at it": wipes * looks(a.wipe_hours),
        "wipe, confirmed": wipes,
        "certificate watch": DAYS,
        "MDMs asked": a.changes_runs * DAYS,
        "certificate rotated": a.rotations,
        "full run, 1 %": DAYS,
        QUIET: a.changes_runs * DAYS,
        CHANGED_ROW: mailboxes * (1 + a.devices) * a.churn * DAYS,
    }


def month(mailboxes: int, record: Record, a: Assumptions = GUESSED) -> Month:
    """Add up a month of a tenant of so many mailboxes."""
    wanted = units(mailboxes, a)
    figures = {name: of_size(name, mailboxes, record) for name in wanted}
    executions = _sum((figures[name].executions, times) for name, times in wanted.items())
    calls = _sum((figures[name].calls, times) for name, times in wanted.items())
    seconds = _sum((_there(name, figures[name], a), times) for name, times in wanted.items())
    polled = record.queues * SECONDS / record.polling
    return Month(
        mailboxes=mailboxes,
        units=wanted,
        executions=executions,
        billed={name: _billed(executions[name], seconds[name], a) for name in executions},
        calls=calls,
        looks=polled,
        kept=sum(figures[name].kept * times for name, times in wanted.items() if "run" not in name),
        logs=_logs(record, figures, wanted, executions, a),
    )


def of_size(name: str, mailboxes: int, record: Record) -> Figures:
    """Return what a piece of work takes: of a run, on the line through the two sizes measured."""
    if name == CHANGED_ROW:
        return _changed_row(record)
    if name in record.small:
        return record.small[name]
    small, large = record.runs[name]
    share = (mailboxes - SMALL) / (LARGE - SMALL)
    return Figures(
        executions=_line(small.executions, large.executions, share),
        seconds=_line(small.seconds, large.seconds, share),
        calls=_line(small.calls, large.calls, share),
        processor=_at(small.processor, large.processor, share),
        looks=0.0,
        items=_at(small.items, large.items, share),
        told=_at(small.told, large.told, share),
        kept=_at(small.kept, large.kept, share),
    )


def looks(hours: float, settle: timedelta = timedelta(minutes=2)) -> int:
    """Return how often a wipe is looked at until its phone answers after so long."""
    requested = now = datetime(2026, 1, 1, tzinfo=UTC)
    count = 0
    while now - requested < timedelta(hours=hours):
        now += wipe.next_look(requested, now, settle)
        count += 1
    return count


def busy(rate: float, seconds: float) -> float:
    """
    Return the share of time in which something is under way.

    Work begins at random, so often a second, and lasts so long; what overlaps counts once.
    """
    return 1 - math.exp(-rate * seconds)


def _billed(executions: float, seconds: float, a: Assumptions) -> float:
    """Return the seconds that instances are billed for one function in a month."""
    if not executions:
        return 0.0
    each = seconds / executions
    rate = executions / SECONDS
    instances = max(1, math.ceil(rate * each / a.at_once))
    return instances * SECONDS * busy(rate / instances, max(each, a.least))


def _there(name: str, figures: Figures, a: Assumptions) -> dict[str, float]:
    """Return the seconds in Azure: what calls take longer there counts for the longest part."""
    away = sum(figures.calls.get(each, 0.0) for each in ("exchange", "graph", "entra"))
    near = sum(figures.calls.get(each, 0.0) for each in ("tables", "queues", "vault", "events"))
    slow = a.page_seconds if "run" in name else a.call_seconds
    longest = max(figures.seconds, key=lambda each: figures.seconds[each])
    extra = away * slow + near * a.near_seconds
    return {
        each: took + (extra if each == longest else 0.0) for each, took in figures.seconds.items()
    }


def _logs(
    record: Record,
    figures: Mapping[str, Figures],
    wanted: Mapping[str, float],
    executions: Mapping[str, float],
    a: Assumptions,
) -> float:
    """Return the bytes that Log Analytics is billed for."""
    items = sum(figures[name].items * times for name, times in wanted.items())
    told = sum(figures[name].told * times for name, times in wanted.items())
    each = told / items if items else a.row
    runs = sum(executions.values())
    minutes = min(runs, SECONDS / 60)
    measured = told + (runs * a.host_items + minutes * record.series) * each
    # Rows of diagnostic logs: messages put on queues, and whatever the vault did.
    messages = sum(count for name, count in executions.items() if name != "http")
    audited = sum(figures[name].calls.get("vault", 0.0) * times for name, times in wanted.items())
    return measured * a.billed + (messages + audited) * a.row


def _changed_row(record: Record) -> Figures:
    """Return what one changed row adds to a run of few: many are handled together, for less."""
    (quiet, _), (busy_run, _) = record.runs[QUIET], record.runs[BUSY]
    rows = SMALL * (1 + DEVICES) * CHANGED
    return Figures(
        executions={},
        seconds=_more(quiet.seconds, busy_run.seconds),
        calls=_more(quiet.calls, busy_run.calls),
        items=max(busy_run.items - quiet.items, 0.0),
        told=max(busy_run.told - quiet.told, 0.0),
    ).each(rows)


def _more(less: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    return {name: max(count - less.get(name, 0.0), 0.0) for name, count in more.items()}


def _sum(parts: Iterable[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for counts, times in parts:
        for name, count in counts.items():
            found[name] = found.get(name, 0.0) + count * times
    return found


def _line(small: Mapping[str, float], large: Mapping[str, float], share: float) -> dict[str, float]:
    names = sorted(small.keys() | large.keys())
    return {name: _at(small.get(name, 0.0), large.get(name, 0.0), share) for name in names}


def _at(small: float, large: float, share: float) -> float:
    return max(small + (large - small) * share, 0.0)
