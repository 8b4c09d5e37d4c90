"""What the inventory bench prints: ratios, with the aims beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from shared.devices.inventory import Scope

MEGABYTE = 1_000_000
SLOWER, FEWER, GROWTH = 1.5, 20, 50 * MEGABYTE  # the aims


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the simulator was asked, and how long that took it."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A bare loop's work."""

    seconds: float
    calls: int
    bytes: int
    mailboxes: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run of ours, in a process of its own."""

    exchange: Spent
    seconds: float
    processor: float  # seconds that this process alone took of one
    executions: int
    rows: int
    changed: int
    gone: int
    growth: int  # bytes that memory peaked above where it stood before
    requests: int  # to storage: on the bill, one is one transaction
    sent: int  # bytes
    received: int

    @property
    def storage(self) -> str:
        """Its traffic with storage."""
        return (
            f"{self.requests} storage transactions, {self.sent / MEGABYTE:.1f} MB there, "
            f"{self.received / MEGABYTE:.1f} MB back"
        )


Turn = tuple[Baseline, Measured]


def first_runs(mailboxes: int, turns: Sequence[Turn]) -> None:
    """Compare first full runs with the bare loop: a first run writes every row."""
    bare, full = turns[-1]
    loop, took = (median(turn[place].seconds for turn in turns) for place in (0, 1))
    ratio = median(mine.seconds / base.seconds for base, mine in turns)
    ours = (took - loop) / bare.calls
    print(
        f"{mailboxes:,} mailboxes, {full.rows:,} rows, {len(turns)} times\n"
        f"  bare loop      {loop:7.2f} s, {bare.calls} calls, {bare.bytes / MEGABYTE:.1f} MB\n"
        f"  first full run {took:7.2f} s = {ratio:.2f} x the bare loop (aim {SLOWER}), "
        f"{full.exchange.requests} calls, {_thousand(took, full.rows)}, of it "
        f"{_thousand(full.processor, full.rows)} our processor; {full.storage}; "
        f"{_memory(full)}\n"
        f"                 that is {ours * 1000:.0f} ms for each page, and so {SLOWER} x where "
        f"Exchange takes {ours / (SLOWER - 1) * 1000:.0f} ms for one (here: "
        f"{loop / bare.calls * 1000:.0f})",
        flush=True,
    )


def one_by_one(turn: Turn, sample: Baseline) -> None:
    """Compare a full run with a call for each mailbox, of which only some are made."""
    bare, full = turn
    times = bare.mailboxes / sample.mailboxes
    calls = bare.mailboxes + sample.calls - sample.mailboxes
    print(
        f"  per mailbox    {sample.seconds * times:7.2f} s, {calls:,} calls = "
        f"{calls / full.exchange.requests:.0f} x ours (aim {FEWER}); measured on "
        f"{sample.mailboxes} mailboxes, times {times:.1f}",
        flush=True,
    )


def further(scope: Scope, changed: Mapping[str, int], run: Measured, turns: Sequence[Turn]) -> None:
    """Tell what a run took after one row of each hundred had changed."""
    loop = median(base.seconds for base, _ in turns)
    different = ", ".join(f"{count:,} {what}" for what, count in changed.items())
    print(
        f"  after a change of 1 % ({different}): scope {scope} {run.seconds:.2f} s = "
        f"{run.seconds / loop:.2f} x the bare loop ({run.exchange.seconds:.2f} s are Exchange's), "
        f"{run.exchange.requests} calls; {run.changed + run.gone:,} rows written "
        f"({run.gone:,} gone) of {run.rows:,} read; {run.storage}; {_memory(run)}",
        flush=True,
    )


def paced(bare: Baseline, full: Measured) -> None:
    """Compare them where pages take as long as Exchange is known to take at least."""
    print(
        f"  with pages that take as long as five rows of Exchange's: bare loop "
        f"{bare.seconds:.1f} s, first full run {full.seconds:.1f} s = "
        f"{full.seconds / bare.seconds:.2f} x (aim {SLOWER})",
        flush=True,
    )


def growing(runs: Mapping[int, tuple[Measured, Measured]]) -> None:
    """Compare the companies' first full runs and later ones, and tell what they cost on paper."""
    small, large = min(runs), max(runs)
    for place, name in enumerate(("first full run", "full run after a change of 1 %")):
        growth = runs[large][place].growth - runs[small][place].growth
        times = (f"{_each(run[place])} at {size:,}" for size, run in runs.items())
        print(
            f"{name}, from {small:,} to {large:,} mailboxes: peak memory grows by "
            f"{growth / MEGABYTE:.1f} MB (aim below {GROWTH / MEGABYTE:.0f}); {', '.join(times)}\n"
            f"  for each 1000 of {large:,} mailboxes: {_constants(runs[large][place], large)}",
            flush=True,
        )


def _constants(run: Measured, mailboxes: int) -> str:
    thousands = mailboxes / 1000
    return (
        f"{run.executions / thousands:.2f} executions, "
        f"{run.exchange.requests / thousands:.1f} calls, "
        f"{run.requests / thousands:.1f} storage transactions, "
        f"{run.sent / thousands / 1000:.0f} KB to storage and "
        f"{run.received / thousands / 1000:.0f} KB from it, "
        f"{run.processor / thousands * 1000:.0f} ms of a processor"
    )


def _each(run: Measured) -> str:
    """Its time by the size of what it read: the same at every size if time is linear."""
    return _thousand(run.seconds, run.rows)


def _thousand(seconds: float, rows: int) -> str:
    return f"{seconds / rows * 1_000_000:.1f} ms per 1000 rows"


def _memory(run: Measured) -> str:
    return f"memory grew by {run.growth / MEGABYTE:.1f} MB"
