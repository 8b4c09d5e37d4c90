"""The Exchange client: rows and requests a second, memory, and time per action."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median

import httpx

from infra.local.benches.exchange_listing import CONNECTIONS, a_transport, bare, least, ours
from infra.local.benches.exchange_service import PAGE, RECORDED, SPENT
from infra.local.places import CHECKOUT
from shared.devices.model import Action, Decision, Device
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.probe import Probe

_RUNS = 15  # of each, in turns
_MODULES = "infra.local.benches"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is measured against, and where it answers."""

    token: str
    owners: list[str]
    service: str
    whole: str  # ten recorded pages, all properties
    chosen: str  # the same with those that the inventory keeps
    large: str


def main(argv: list[str]) -> int:
    """Measure and print; takes no options."""
    del argv
    with _service() as service:
        for in_flight in (1, 8):
            _listing("all properties", service.whole, service.token, in_flight)
            _listing("chosen ones", service.chosen, service.token, in_flight)
        _memory(service)
        _actions(service)
    return 0


@contextmanager
def _service() -> Iterator[Service]:
    child = subprocess.Popen(
        [sys.executable, "-m", f"{_MODULES}.exchange_service"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:  # closes its input, which ends it, and waits
        if child.stdout is None:
            raise RuntimeError("the service has no output to read its addresses from")
        yield Service(**json.loads(child.stdout.readline()))


def _listing(name: str, address: str, token: str, in_flight: int) -> None:
    """Compare listings that run one after the other, so that all see one machine."""
    client = httpx.Client(limits=CONNECTIONS)
    works = (
        partial(bare, client, address, token, RECORDED),
        partial(least, client, address, token, RECORDED),
        partial(ours, a_transport(address, token)),
    )
    runs = [tuple(_seconds(work, in_flight) for work in works) for _ in range(_RUNS)]
    pages = RECORDED * in_flight
    loop, client_ = median(run[0] for run in runs), median(run[2] for run in runs)
    to_bare, to_least = (median(run[each] / run[2] for run in runs) for each in (0, 1))
    print(
        f"listing {name:14} {in_flight} in flight: ours {pages * PAGE / client_:9,.0f} rows/s "
        f"{pages / client_:6.1f} requests/s | bare loop {pages * PAGE / loop:9,.0f} rows/s "
        f"{pages / loop:6.1f} requests/s | ratio {to_bare:.2f}, "
        f"and {to_least:.2f} of a bare loop that decodes the rows"
    )


def _seconds(work: Callable[[], int], in_flight: int) -> float:
    with ThreadPoolExecutor(in_flight) as pool:
        started = time.perf_counter()
        done = [pool.submit(work) for _ in range(in_flight)]
        for each in done:
            each.result()
        return time.perf_counter() - started


def _memory(service: Service) -> None:
    for address in (service.whole, service.large):
        told = subprocess.run(
            [sys.executable, "-m", f"{_MODULES}.exchange_listing", address, service.token],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        rows, growth = map(int, told.stdout.split())
        print(f"memory, {rows:7,} devices: peak grew by {growth / _MEGABYTE:.1f} MB after page one")


def _actions(service: Service) -> None:
    """Time what the app does to one device, without the time that the simulator took for it."""
    spent: list[float] = []

    def note(response: httpx.Response) -> None:
        spent.append(float(response.headers[SPENT]))

    client = httpx.Client(limits=CONNECTIONS, event_hooks={"response": [note]})
    transport = a_transport(service.service, service.token, client)
    admin = ExchangeAdmin(transport, Probe(transport.exported_cmdlets, _now))
    took: dict[str, list[tuple[float, float, int]]] = {}
    for number, owner in enumerate(service.owners):
        device_id = f"ApplBENCH{number:03}"
        device = admin.find(owner, device_id)
        for name, act in _acts(admin, device).items():
            spent.clear()
            started = time.perf_counter()
            act()
            whole = time.perf_counter() - started
            took.setdefault(name, []).append((whole - sum(spent), whole, len(spent)))
    for name, runs in took.items():
        own, whole = median(run[0] for run in runs), median(run[1] for run in runs)
        print(
            f"{name:16} {own * 1000:5.2f} ms of {whole * 1000:5.2f} ms are not the simulator's "
            f"({runs[0][2]} requests)"
        )


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


def _acts(admin: ExchangeAdmin, device: Device) -> dict[str, Callable[[], object]]:
    """Return what is done to one device, in this order."""

    def applied(action: Action) -> Callable[[], object]:
        return partial(admin.apply, Decision(device=device, action=action, reason="bench"))

    wipe = Decision(device=device, action=Action.WIPE_ACCOUNT, reason="bench")
    return {
        "find": partial(admin.find, device.mailbox, device.device_id),
        "access policy": admin.access_policy,
        "allow": applied(Action.ALLOW),
        "block": applied(Action.BLOCK),
        "clear": applied(Action.CLEAR),
        "wipe": partial(admin.wipe, wipe),
        "wipe read-back": partial(admin.wipe_state, device),
        "remove": applied(Action.REMOVE),
    }
