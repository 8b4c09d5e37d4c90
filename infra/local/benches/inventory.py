"""
The inventory's runs beside a bare loop over the same pages, and beside a call for each mailbox.

Exchange, storage and each measurement are processes of their own. `--quick` leaves out the
largest company.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from infra.local.azurite import Azurite
from infra.local.benches import inventory_report as report
from infra.local.benches.inventory_report import Baseline, Measured, Spent
from infra.local.places import CHECKOUT
from shared.devices.inventory import Scope

_MODULES = "infra.local.benches"
ROUNDS = {1_000: 5, 10_000: 3, 100_000: 1}  # of the bare loop and a first run, in turns
QUICK = 10_000
PACED = 10_000  # the one company that is also read at Exchange's own pace


@dataclass(frozen=True, slots=True)
class Service:
    """Exchange with so many mailboxes, in its process."""

    address: str
    token: str
    orders: IO[str]
    told: IO[str]

    def change(self) -> dict[str, int]:
        """Change one row of each hundred."""
        return self._ask("change")

    def keep_pace(self) -> None:
        """Take as long for a page from now on as Exchange takes at least."""
        self._ask("pace")

    def spent(self) -> Spent:
        """Return what it was asked since the last time."""
        return Spent(**self._ask("spent"))

    def _ask(self, order: str) -> dict[str, Any]:
        print(order, file=self.orders, flush=True)
        told: dict[str, Any] = json.loads(self.told.readline())
        return told


@dataclass(frozen=True, slots=True)
class Bench:
    """What the measurements of one company need."""

    service: Service
    storage: str

    def bare(self) -> Baseline:
        """Fetch the inventory's pages and keep nothing."""
        return self._baseline("pages")

    def one_by_one(self) -> Baseline:
        """Ask for the statistics of some mailboxes."""
        return self._baseline("statistics")

    def sync(self, tenant_id: str, scope: Scope) -> Measured:
        """Let a run of our own read the company into the records of this tenant."""
        self.service.spent()
        told = _child(
            "inventory_sync",
            self.service.address,
            self.service.token,
            self.storage,
            tenant_id,
            scope,
        )
        return Measured(exchange=self.service.spent(), **told)

    def _baseline(self, work: str) -> Baseline:
        told = _child("inventory_baselines", work, self.service.address, self.service.token)
        return Baseline(**told)


def main(argv: list[str]) -> int:
    """Measure and print; the code is 0 whatever the figures are, and 2 for an unknown option."""
    if unknown := set(argv) - {"--quick"}:
        print(f"no such option: {', '.join(sorted(unknown))}; there is --quick", file=sys.stderr)
        return 2
    sizes = [size for size in ROUNDS if not argv or size <= QUICK]
    report.growing({size: _company(size) for size in sizes})
    return 0


def _company(mailboxes: int) -> tuple[Measured, Measured]:
    """Measure a company of this size; return its first full run, and the one after changes."""
    with _service(mailboxes) as service, Azurite() as azurite:
        bench = Bench(service, azurite.connection_string)
        turns = [
            (bench.bare(), bench.sync(f"tenant{turn}", Scope.FULL))
            for turn in range(ROUNDS[mailboxes])
        ]
        report.first_runs(mailboxes, turns)
        report.one_by_one(turns[-1], bench.one_by_one())
        last = f"tenant{len(turns) - 1}"
        for scope in (Scope.CHANGES, Scope.FULL):
            changed = service.change()
            later = bench.sync(last, scope)
            report.further(scope, changed, later, turns)
        if mailboxes == PACED:
            service.keep_pace()
            report.paced(bench.bare(), bench.sync("paced", Scope.FULL))
    return turns[-1][1], later


@contextmanager
def _service(mailboxes: int) -> Iterator[Service]:
    child = subprocess.Popen(
        [sys.executable, "-m", f"{_MODULES}.inventory_service", str(mailboxes)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:  # closes its input, which ends it, and waits
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the service cannot be spoken to")
        yield Service(**json.loads(child.stdout.readline()), orders=child.stdin, told=child.stdout)


def _child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in a process of its own, because peaks of memory do not go back."""
    done = subprocess.run(
        [sys.executable, "-m", f"{_MODULES}.{module}", *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
