"""
A flood of rogue reports against four workers: that it stops at the budget, and what that takes.

`--reports N` sends another number than 10,000, of which a machine with two cores handles some
20 a second, all four workers and everything simulated together.
"""

import argparse
import time

from infra.local.flood import a_fleet, blocked, more_workers, report_all
from infra.local.world import World

BUDGET = 100
OTHER_WORKERS = 3
PAUSE = 2.0  # seconds between two looks
STANDSTILL = 120.0  # seconds without any progress, after which something is wrong


def main(argv: list[str]) -> int:
    """Flood, wait, and tell; 1 if it did not stop exactly at the budget."""
    parser = argparse.ArgumentParser(prog="bench brake")
    parser.add_argument("--reports", type=int, default=10_000, metavar="N")
    count = parser.parse_args(argv).reports
    limits = {"fleet_share": 1, "blocks_per_hour": BUDGET}
    with World(embedded=True, guarded=True, limits=limits) as world:
        fleet = a_fleet(world, count)
        with more_workers(world, OTHER_WORKERS):
            started = time.monotonic()
            report_all(world, fleet)
            sent = time.monotonic() - started
            while _held(world) < count - BUDGET and _goes_on(world):
                pass
        took, held, through = time.monotonic() - started, _held(world), blocked(fleet)
    print(f"{count} signed reports taken in {sent:.0f} s, all handled after {took:.0f} s")
    print(f"{through} devices blocked, budget {BUDGET}; {held} operations held")
    return 0 if (through, held) == (min(BUDGET, count), max(count - BUDGET, 0)) else 1


def _goes_on(world: World) -> bool:
    """Wait until more is held; False after a standstill."""
    before, deadline = _held(world), time.monotonic() + STANDSTILL
    while time.monotonic() < deadline:
        time.sleep(PAUSE)
        if _held(world) > before:
            return True
    return False


def _held(world: World) -> int:
    held = (each for each in world.topic.events if each["type"] == "easgate.operation.held.v1")
    return len({str(each["id"]) for each in held})
