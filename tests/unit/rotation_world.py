"""
A tenant whose certificate is rotated, with faults and deaths at any call.

After every single call the truth is looked at: the version that the tenant signs with is
registered, known to Entra ID, enabled and in its dates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, cast

from shared.credentials.rotation import Phase, Rotation
from shared.errors import Misconfigured, Rejected, Retryable
from shared.events import rotations
from shared.flows import certificate_rotation, rotation_beginning
from shared.flows.rotation_ports import RotationPorts
from shared.records.certificates import Certificates
from shared.records.rotations import Rotations
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import an_app
from tests.unit.rotation_services import NAME, Directory, Told, Vault
from tests.unit.stand_ins import FakeClock, FakeTable

OVERLAP = timedelta(hours=24)
AHEAD = timedelta(days=30)
ORDER = "5b2c1d0e-0000-4000-8000-00000000000e"
T = TypeVar("T")


class Died(BaseException):
    """Our process ended."""


class Telling(Protocol):
    """A scene in which something was told."""

    told: Told


class _Port:
    """A port whose calls are counted, fail, and kill; the truth is looked at after each."""

    def __init__(self, target: object, scene: "Scene") -> None:
        self._target = target
        self._scene = scene

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._target, name)

        def call(*args: object, **named: object) -> object:
            return self._scene.call(name, lambda: method(*args, **named))

        return call


@dataclass
class Scene:
    """The tenant, and workers that come and go."""

    clock: FakeClock = field(default_factory=FakeClock)
    told: Told = field(default_factory=Told)
    calls: list[str] = field(default_factory=list)
    fault_at: int = 0
    fault: BaseException | None = None
    after_effect: bool = False
    before_call: Callable[[int], None] = lambda _: None
    looks: bool = True
    skew: timedelta = timedelta()  # of the workers' clock

    def __post_init__(self) -> None:
        self.vault = Vault(self.clock)
        self.directory = Directory(self.clock, self.vault)
        self.pins = Certificates(FakeTable())
        self.rotations = Rotations(FakeTable())
        first = self.vault.held[0]
        self.directory.register(first)
        self.pins.pin(TENANT, first.version)

    def call(self, name: str, act: Callable[[], object]) -> object:
        """Make one call of a port."""
        self.calls.append(name)
        number = len(self.calls)
        self.before_call(number)
        fault = self.fault if number == self.fault_at else None
        try:
            if fault and not self.after_effect:
                raise fault
            result = act()
            if fault:
                raise fault
            return result
        finally:
            if self.looks:
                self.look()

    def look(self) -> None:
        """Fail unless the tenant can sign in with the version that it would sign with."""
        version = self.pins.active(TENANT)
        assert version is not None
        assert self.vault.can_sign(version), (version, self.calls)
        assert self.directory.knows(self.vault.certificate(NAME, version)), (version, self.calls)

    @property
    def ports(self) -> RotationPorts:
        """What a worker reaches the tenant through."""
        return RotationPorts(
            vault=self._port(self.vault),
            versions=self._port(self.vault),
            registrations=self._port(self.directory),
            entra=self._port(self.directory),
            exchange=self._port(self.directory),
            pins=self._port(self.pins),
            rotations=self._port(self.rotations),
            events=self._port(self.told),
            clock=lambda: self.clock() + self.skew,
            overlap=OVERLAP,
            apart=timedelta(seconds=20),
            ahead=AHEAD,
        )

    def _port(self, target: T) -> T:
        return cast("T", _Port(target, self))

    def order(self, rotation_id: str = ORDER) -> Rotation:
        """Order a rotation by hand."""
        return rotation_beginning.order(
            an_app(), rotation_id=rotation_id, asked_by="helpdesk:jo", ports=self.ports
        )

    def tick(self, rotation_id: str = ORDER) -> Rotation | None:
        """Let the timer look."""
        return rotation_beginning.begin_if_due(
            an_app(), rotation_id=rotation_id, asked_by="timer", ports=self.ports
        )

    def step(self, rotation_id: str = ORDER) -> Rotation:
        """Deliver the rotation's message once."""
        found = self.rotations.find(TENANT, rotation_id)
        assert found is not None
        return self.go_on(found)

    def go_on(self, rotation: Rotation) -> Rotation:
        """Let a worker go on from what it has read."""
        return certificate_rotation.go_on(rotation, ports=self.ports)

    def give_up(self, why: str, rotation_id: str = ORDER) -> Rotation:
        """Let the poison queue's handler deal with the message."""
        found = self.rotations.find(TENANT, rotation_id)
        assert found is not None
        return certificate_rotation.give_up(found, why, ports=self.ports)

    def deliver(self, rotation_id: str = ORDER) -> Rotation:
        """Deliver the message, as the queue does, until the rotation is closed."""
        for _ in range(400):
            try:
                return self.step(rotation_id)
            except Retryable as failure:
                self.clock.advance(failure.after or timedelta(seconds=30))
            except (Misconfigured, Died):
                self.clock.advance(timedelta(minutes=5))
            except Rejected as refusal:
                self.give_up(str(refusal), rotation_id)
        raise AssertionError(f"comes to no end: {self.rotations.find(TENANT, rotation_id)}")

    def until(self, phase: Phase, rotation_id: str = ORDER) -> Rotation:
        """Deliver the message until the rotation is in this phase, and waits there."""
        for _ in range(400):
            try:
                self.step(rotation_id)
            except Retryable as failure:
                found = self.rotations.find(TENANT, rotation_id)
                assert found is not None
                if found.phase is phase:
                    return found
                self.clock.advance(failure.after or timedelta(seconds=30))
        raise AssertionError(f"never came to {phase}")

    def registered(self, version: str) -> int:
        """Return how often a version is on the app."""
        der = self.vault.certificate(NAME, version).der
        return sum(each == der for each in self.directory.keys.values())


def assert_rotated(scene: Scene, rotation: Rotation, *, version: str = "v2") -> None:
    """Fail unless the tenant signs with the new version, and the old one is gone for good."""
    assert (rotation.phase, rotation.why) == (Phase.DONE, ""), rotation
    assert scene.pins.active(TENANT) == version
    assert scene.registered(version) >= 1
    assert not scene.registered(rotation.old.version)
    assert not scene.vault.certificate(NAME, rotation.old.version).is_enabled
    assert_told_once(scene, rotation)


def assert_told_once(scene: Telling, rotation: Rotation) -> None:
    """Fail unless consumers are left with one event of this rotation, the right one."""
    of_this = {
        (event.id, event.type)
        for event in scene.told.sent
        if event.data["rotation_id"] == rotation.rotation_id
    }
    kind = rotations.ROTATED if rotation.phase is Phase.DONE else rotations.ROTATION_FAILED
    assert [each for _, each in of_this] == [kind]
    assert rotation.told_at is not None


def calls_without_fault(arrange: Callable[[Scene], None] = lambda _: None) -> int:
    """Return how many calls an undisturbed rotation takes, from its order to its end."""
    scene = Scene()
    arrange(scene)
    scene.order()
    scene.calls.clear()
    assert scene.deliver().phase is Phase.DONE
    return len(scene.calls)


def a_time(**later: float) -> datetime:
    """Return a time after the tests' own present."""
    return NOW + timedelta(**later)
