"""The pieces of work that a month is made of, each done in a local world and measured."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient
from azure.storage.queue import QueueServiceClient

from infra.local import contoso
from infra.local.benches.cost_meter import Figures, Meter, executed
from infra.local.benches.inventory_service import changed
from infra.local.simulators.exchange import Device
from infra.local.simulators.mdm import Posture
from infra.local.story import observed
from infra.local.world import World

TIMES = 10  # that each small piece is done
SETTLE = 40.0  # seconds: the first look at a wipe comes after a quarter of this, the next at 3/4
LONG = 120.0  # seconds that a run of the inventory may take
QUEUES = ("device-signals", "device-commands", "inventory-pages")
FINISHED = {"done", "abandoned"}
CARRIES_OUT = "on_device_command"


@dataclass(slots=True)
class Working:
    """A world at work, and who drives it."""

    world: World
    meter: Meter
    client: httpx.Client
    operations: list[str] = field(default_factory=list)
    phones: Iterator[Device] = field(init=False)

    def __post_init__(self) -> None:
        self.phones = self._phones()

    def each(self, times: int, work: Callable[[], None]) -> Figures:
        """Return what one piece of work takes; one without a phone to wait for."""

        def done() -> None:
            for _ in range(times):
                work()
            self.until_quiet()

        return self.meter.of(self.world, done).each(times)

    def report(self, phone: Device, posture: Posture) -> None:
        """Let the MDM report on a phone."""
        mdm = self.world.mdm(self.client)
        said = mdm.payload(posture, mailbox=phone.mailbox.address, device_id=phone.device_id)
        answer = mdm.send(said).raise_for_status()
        self.operations.append(str(answer.json()["operation_id"]))

    def order(self, path: str, body: object) -> None:
        """Call one of the app's functions that begins an operation."""
        answer = self._post(f"api/{path}", body, self.world.function_key)
        self.operations.append(str(answer.json()["operation_id"]))

    def tick(self, function: str) -> None:
        """Run a timer's function now, and wait until it has run."""
        before = self.runs_of(function)
        self._post(f"admin/functions/{function}", {"input": ""}, self.world.master_key)
        observed(f"{function} has run", lambda: self.runs_of(function) > before)

    def runs_of(self, function: str) -> int:
        """Return how often a function has come to an end."""
        executions, _ = executed(self.world.log_text())
        return round(executions.get(function, 0))

    def until_quiet(self) -> None:
        """Wait until all operations are at their ends, and no message is left."""
        deadline = time.monotonic() + LONG
        while not (self._is_finished() and self._is_empty()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not finished in time: {self.operations}")
            time.sleep(0.2)
        self.operations.clear()

    def _post(self, path: str, body: object, key: str) -> httpx.Response:
        headers = {"x-functions-key": key}
        answer = self.client.post(f"{self.world.url}/{path}", json=body, headers=headers)
        return answer.raise_for_status()

    def _is_finished(self) -> bool:
        """Ask the journal itself: asking the app would be counted."""
        with TableClient.from_connection_string(self.world.connection_string, "journal") as table:
            try:
                return all(
                    table.get_entity(contoso.TENANT_ID, each)["state"] in FINISHED
                    for each in self.operations
                )
            except ResourceNotFoundError:
                return False

    def _is_empty(self) -> bool:
        with QueueServiceClient.from_connection_string(self.world.connection_string) as service:
            known = {queue.name for queue in service.list_queues()}
            return not any(
                service.get_queue_client(name).get_queue_properties().approximate_message_count
                for name in known.intersection(QUEUES)
            )

    def _phones(self) -> Iterator[Device]:
        """Yield phones that nobody has spoken of, each with a mailbox of its own."""
        while True:
            name = uuid.uuid4().hex[:8]
            mailbox = self.world.tenant.add_mailbox(f"{name}@contoso.com")
            yield self.world.tenant.add_device(mailbox, device_id=f"APPL{name.upper()}")


def small(working: Working) -> dict[str, Figures]:
    """Do each small piece of work, and return what one of it takes."""
    known = [next(working.phones) for _ in range(TIMES)]
    new, first, again = working.phones, iter(known), iter(known)
    allow, block = Posture.COMPLIANT, Posture.NONCOMPLIANT
    return {
        "worker's first report": working.each(1, lambda: working.report(next(new), block)),
        "report, the first": working.each(TIMES, lambda: working.report(next(first), allow)),
        "report, nothing new": working.each(TIMES, lambda: working.report(next(again), allow)),
        "report, device blocked": working.each(TIMES, lambda: working.report(next(new), block)),
        **_wipes(working),
        "certificate watch": working.each(3, lambda: working.tick("on_certificate_schedule")),
        "MDMs asked": working.each(3, lambda: working.tick("on_mdm_schedule")),
        "certificate rotated": working.each(
            1, lambda: working.order("certificate/rotate", {"requested_by": "bench"})
        ),
    }


def runs(working: Working) -> dict[str, Figures]:
    """Take the inventory again and again; one row of a hundred changes before some runs."""

    def run(scope: str) -> Figures:
        asked = {"scope": scope, "requested_by": "bench"}
        return working.each(1, lambda: working.order("inventory/sync", asked))

    working.each(1, lambda: working.report(next(working.phones), Posture.NONCOMPLIANT))
    found = {"first full run": run("full"), "changes run, nothing": run("changes")}
    changed(working.world.tenant, 1)
    found["changes run, 1 %"] = run("changes")
    changed(working.world.tenant, 2)
    return found | {"full run, 1 %": run("full")}


def _wipes(working: Working) -> dict[str, Figures]:
    """Measure wipes in three parts: until they are requested, while they wait, and at the end."""
    phones = [next(working.phones) for _ in range(TIMES)]

    def requested() -> None:
        for phone in phones:
            working.order("commands", _wipe(phone))
        looked_at(1)

    def looked_at(times: int) -> None:
        """Wait until the function has been at each wipe so often."""
        observed("all are looked at", lambda: working.runs_of(CARRIES_OUT) >= TIMES * times)

    def confirmed() -> None:
        for phone in phones * 2:
            working.world.tenant.contact(phone)
        working.until_quiet()

    return {
        "wipe, requested": working.meter.of(working.world, requested).each(TIMES),
        "wipe, a look at it": working.meter.of(working.world, lambda: looked_at(2)).each(TIMES),
        "wipe, confirmed": working.meter.of(working.world, confirmed).each(TIMES),
    }


def _wipe(phone: Device) -> dict[str, object]:
    return {
        "schema": "easgate.command.v1",
        "command_id": str(uuid.uuid4()),
        "tenant_id": contoso.TENANT_ID,
        "action": "wipe_account",
        "mailbox": phone.mailbox.address,
        "device_id": phone.device_id,
        "reason": "lost",
        "requested_by": "bench",
    }
