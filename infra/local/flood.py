"""A flood: somebody with a stolen webhook secret reports a whole fleet as no longer managed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from infra.local.host.launch import FunctionHost
from infra.local.places import CHECKOUT
from infra.local.simulators.exchange import Device
from infra.local.world import World

IN_FLIGHT = 16
PER_MAILBOX = 50  # devices


@contextmanager
def more_workers(world: World, count: int) -> Iterator[None]:
    """Run so many hosts beside the world's own, which take from the same queues."""
    with ExitStack() as running, TemporaryDirectory() as folder:
        for number in range(count):
            running.enter_context(
                FunctionHost.start(
                    CHECKOUT,
                    world.settings,
                    log=Path(folder) / f"host{number}.log",
                    function_key=world.function_key,
                    master_key=world.master_key,
                    embedded=True,
                )
            )
        yield


def a_fleet(world: World, size: int) -> list[Device]:
    """Let so many devices connect, which are allowed by default."""
    fleet: list[Device] = []
    while len(fleet) < size:
        number = len(fleet)
        mailbox = world.tenant.add_mailbox(f"fleet{number}@contoso.com")
        some = range(number, min(number + PER_MAILBOX, size))
        fleet += [world.tenant.add_device(mailbox, device_id=f"FLEET{each:05d}") for each in some]
    return fleet


def report_all(world: World, fleet: Sequence[Device]) -> list[str]:
    """Send one properly signed report for each device; return the operations' ids."""
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    with httpx.Client(limits=limits, timeout=60.0) as client:
        mdm = world.mdm(client)

        def sent(phone: Device) -> str:
            body = mdm.payload(
                "device.retired", mailbox=phone.mailbox.address, device_id=phone.device_id
            )
            answer = mdm.send(body)
            answer.raise_for_status()
            return str(answer.json()["operation_id"])

        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            return list(pool.map(sent, fleet))


def blocked(fleet: Sequence[Device]) -> int:
    """Return how many devices of a fleet are blocked."""
    return sum(phone.access_state == "Blocked" for phone in fleet)
