"""
What a month costs: units of work measured in the local world, times assumptions, times prices.

Without options it measures and prints. `--record` also renews infra/azure/cost.json and the
tables in infra/azure/COST.md; `--paper` measures nothing, but computes from what the file holds.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from infra.local.benches import cost_record, cost_report, cost_units
from infra.local.benches.cost_meter import Figures, Meter
from infra.local.benches.cost_record import DEVICES, LARGE, SMALL, Record
from infra.local.benches.cost_units import Working
from infra.local.places import CHECKOUT
from infra.local.world import World

PAGE = CHECKOUT / "infra" / "azure" / "COST.md"


def main(argv: list[str]) -> int:
    """Measure, unless there is only to be printed; 2 for an unknown option."""
    if unknown := set(argv) - {"--paper", "--record"}:
        told = f"no such option: {', '.join(sorted(unknown))}; there are --paper and --record"
        print(told, file=sys.stderr)
        return 2
    record = cost_record.read() if "--paper" in argv else measured()
    if "--record" in argv:
        cost_record.write(record)
        record = cost_record.read()  # as the page will be checked: with rounded figures
        PAGE.write_text(cost_report.renewed(PAGE.read_text("utf-8"), record), "utf-8")
    print("\n".join(f"{name}\n{table}\n" for name, table in cost_report.tables(record).items()))
    return 0


def measured() -> Record:
    """Measure everything; that takes a few minutes, most of it waiting for telemetry."""
    with _working(0) as working:
        small = cost_units.small(working)
        queues, series = _queues(working), _series(working)
    at_small, at_large = _runs(SMALL), _runs(LARGE)
    return Record(
        measured_on=f"{datetime.fromtimestamp(time.time(), tz=UTC):%Y-%m-%d}",
        queues=queues,
        polling=_polling(),
        series=series,
        small=small,
        runs={name: (figures, at_large[name]) for name, figures in at_small.items()},
    )


@contextmanager
def _working(mailboxes: int) -> Iterator[Working]:
    meter = Meter()
    world = World(watch=meter.watch, wipe_settle=cost_units.SETTLE, embedded=True)
    if mailboxes:
        world.tenant.populate(mailboxes=mailboxes, devices_per_mailbox=DEVICES, seed=1)
    with world, httpx.Client(timeout=60.0) as client:
        yield Working(world, meter, client)


def _runs(mailboxes: int) -> dict[str, Figures]:
    with _working(mailboxes) as working:
        return cost_units.runs(working)


def _queues(working: Working) -> int:
    """Return how many queues the host listens to."""
    told = working.client.get(
        f"{working.world.url}/admin/functions",
        headers={"x-functions-key": working.world.master_key},
    )
    functions = told.raise_for_status().json()
    return sum("queueName" in each for of in functions for each in of["config"]["bindings"])


def _series(working: Working) -> int:
    """Return how many series of metrics have arrived."""
    found = set()
    for item in working.world.insights.items("MetricData"):
        told = json.loads(json.dumps(item))["data"]["baseData"]
        found.add((told["metrics"][0]["name"], str(told.get("properties"))))
    return len(found)


def _polling() -> float:
    """Return the seconds between the host's looks at an empty queue, at most."""
    hostfile = json.loads((CHECKOUT / "host.json").read_text("utf-8"))
    hours, minutes, seconds = hostfile["extensions"]["queues"]["maxPollingInterval"].split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0 + float(seconds)
