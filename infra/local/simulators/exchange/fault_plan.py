"""What goes wrong when: each fault for some commands, some times, with some probability."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Protocol

import httpx

from infra.local.simulators.exchange.tenant import Tenant

BATCH = "$batch"  # as a cmdlet's name: the batch itself, not what is in it
MODULE_FILE = "EXOModuleFile"

# Seconds. One tenant, one call each, measured from a container near the service.
MEASURED_LATENCY = {
    "Get-AcceptedDomain": 0.590,
    "Get-ActiveSyncDevice": 0.510,
    "Get-ActiveSyncDeviceAccessRule": 0.113,
    "Get-ActiveSyncDeviceClass": 0.122,
    "Get-ActiveSyncOrganizationSettings": 0.150,
    "Get-CASMailbox": 0.221,
    "Get-Mailbox": 0.484,
    "Get-ManagementRole": 0.683,
    "Get-ManagementRoleAssignment": 1.277,
    "Get-ManagementScope": 0.137,
    "Get-MobileDevice": 0.468,
    "Get-MobileDeviceMailboxPolicy": 0.116,
    "Get-MobileDeviceStatistics": 0.8,  # a guess: other cmdlets that open a mailbox
    "Get-OrganizationConfig": 0.417,
    "Get-Recipient": 0.486,
    "Get-RoleGroup": 0.472,
    "*": 0.5,  # a guess: nothing is published on writes
}


class Perform(Protocol):
    """A command that a fault may run, for good, or not."""

    @property
    def tenant(self) -> Tenant:
        """The tenant it runs in."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """The parameters as they were sent."""

    @property
    def is_continued(self) -> bool:
        """Whether it asks for a further page."""

    def __call__(self) -> httpx.Response:
        """Run it."""


Fault = Callable[[Perform], httpx.Response]


@dataclass(slots=True, kw_only=True)
class _Planned:
    fault: Fault
    cmdlet: str | None
    identity: str | None
    times: int | None
    probability: float

    def meets(self, cmdlet: str, parameters: Mapping[str, object]) -> bool:
        commands = cmdlet not in {BATCH, MODULE_FILE}
        named = commands if self.cmdlet is None else self.cmdlet == cmdlet
        if self.identity is None or not named:
            return named
        aims = {str(parameters.get(name)).casefold() for name in ("Identity", "Mailbox")}
        return self.identity.casefold() in aims


@dataclass(slots=True)
class Faults:
    """What goes wrong next. `down` and `latency` last until they are taken back."""

    down: bool = False
    latency: dict[str, float] = field(default_factory=dict)  # seconds by cmdlet; "*" is any
    _planned: list[_Planned] = field(default_factory=list)
    _random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - to be repeatable
    _lock: Lock = field(default_factory=Lock)

    def inject(
        self,
        fault: Fault,
        *,
        cmdlet: str | None = None,
        identity: str | None = None,
        times: int | None = 1,
        probability: float = 1.0,
    ) -> None:
        """
        Let the next *times* calls (None: all) of *cmdlet* (or of any) meet the fault.

        *identity* narrows it to calls with this Identity or Mailbox. Below a probability of
        1 each call takes its chance, and only those that lose count. The first one planned
        that meets a call is the one it gets.
        """
        planned = _Planned(
            fault=fault, cmdlet=cmdlet, identity=identity, times=times, probability=probability
        )
        with self._lock:
            self._planned.append(planned)

    def seed(self, seed: int) -> None:
        """Start the chances from here, to have the same ones again."""
        self._random.seed(seed)

    def take(self, cmdlet: str, parameters: Mapping[str, object]) -> Fault | None:
        """Return the fault this call meets, and count it."""
        with self._lock:
            for planned in self._planned:
                if not planned.meets(cmdlet, parameters):
                    continue
                if planned.probability < 1 and self._random.random() >= planned.probability:
                    continue
                if planned.times is not None:
                    planned.times -= 1
                    if not planned.times:
                        self._planned.remove(planned)
                return planned.fault
        return None

    def clear(self) -> None:
        """Behave again."""
        self.down = False
        self.latency.clear()
        with self._lock:
            self._planned.clear()

    def seconds(self, cmdlet: str) -> float:
        """Return how long this cmdlet takes; a batch takes as long as what is in it."""
        others = 0.0 if cmdlet in {BATCH, MODULE_FILE} else self.latency.get("*", 0.0)
        return self.latency.get(cmdlet, others)
