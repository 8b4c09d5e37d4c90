"""
The Exchange that the inventory bench reads, in a process of its own so that it costs ours nothing.

Its argument is a number of mailboxes. Prints one line of JSON when it serves, and one for each
line it is sent: `change` changes one mailbox and one device of each hundred, `pace` lets pages
take as long as they are known to take at least, `spent` tells requests and seconds since it was
last asked. It ends with its input.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import httpx
from joserfc.jwk import KeySet, RSAKey

from infra.local.benches.exchange_service import TENANT_ID, a_token
from infra.local.serve import Server
from infra.local.simulators.exchange import Exchange
from infra.local.simulators.exchange.tenant import Tenant

DEVICES = 2.5  # of a mailbox
ONE_OF = 100  # rows that change
ONE_LEAVES_OF = 10  # changed devices; another one comes
# Seconds that five rows took in a survey of one real tenant; a whole page is sure to take longer.
PACE = {"Get-CASMailbox": 0.221, "Get-MobileDevice": 0.468}
_AGE = timedelta(days=2)  # of everything that nobody has changed: no listing of changes has it


@dataclass(slots=True)
class Clock:
    """The time, or a time that lies back."""

    behind: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return it."""
        return datetime.fromtimestamp(time.time(), tz=UTC) - self.behind


@dataclass(slots=True)
class Metered:
    """A simulator that counts its requests, and the seconds they take it."""

    exchange: Exchange
    requests: int = 0
    seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer, and count."""
        started = time.perf_counter()
        response = self.exchange(request)
        with self._lock:
            self.requests += 1
            self.seconds += time.perf_counter() - started
        return response

    def spent(self) -> dict[str, float]:
        """Return what it took since it was last asked."""
        with self._lock:
            told = {"requests": self.requests, "seconds": self.seconds}
            self.requests, self.seconds = 0, 0.0
        self.exchange.calls.clear()  # its log would grow by every request there is
        return told


def main(argv: list[str]) -> None:
    """Serve until standard input ends."""
    [mailboxes] = map(int, argv)
    clock = Clock(behind=_AGE)
    key = RSAKey.generate_key(2048, {"kid": "bench", "use": "sig", "alg": "RS256"})
    keys: dict[str, Any] = dict(KeySet([key]).as_dict(private=False))
    exchange = Exchange(jwks=lambda: keys, clock=clock)
    tenant = exchange.add_tenant(TENANT_ID)
    tenant.finds_devices_by_change = True  # so that a listing of changes has the whole one per cent
    tenant.populate(mailboxes=mailboxes, devices_per_mailbox=DEVICES, seed=1)
    clock.behind = timedelta(0)
    metered = Metered(exchange)
    with Server(None) as server:
        address = server.mount(metered, name="exchange", tls=False)
        _tell({"address": address, "token": a_token(key)})
        for turn, order in enumerate(sys.stdin):
            match order.strip():
                case "change":
                    _tell(changed(tenant, turn))
                case "pace":
                    exchange.faults.latency.update(PACE)
                    _tell(PACE)
                case _:
                    _tell(metered.spent())


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


def changed(tenant: Tenant, turn: int) -> dict[str, int]:
    """Change others in each turn; return how many rows are new, different or gone."""
    directory, now = tenant.directory, tenant.directory.clock()
    owners = [box for box in directory.mailboxes.values() if box.devices][turn % ONE_OF :: ONE_OF]
    devices = [each for box in directory.mailboxes.values() for each in box.devices.values()]
    devices = devices[turn % ONE_OF :: ONE_OF]
    for mailbox in owners:
        mailbox.allowed_ids = [*mailbox.allowed_ids, f"ApplBENCH{turn:03}"]
        mailbox.changed = now
    for device in devices:
        device.os, device.last_attempt = f"{device.os} {turn}", now
    for number, device in enumerate(devices[::ONE_LEAVES_OF]):
        tenant.remove_device(device)
        tenant.add_device(device.mailbox, device_id=f"ApplBENCH{turn:03}{number:04}")
    leave = len(devices[::ONE_LEAVES_OF])
    return {"different": len(owners) + len(devices) - leave, "new": leave, "gone": leave}


if __name__ == "__main__":
    main(sys.argv[1:])
