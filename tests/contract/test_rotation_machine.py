"""
Rotations under everything that can happen to them, in any order.

Orders and timers, deliveries and deaths, two workers at once, outages of every service, a vault
that renews by itself, a policy against it, leave to read that comes and goes, clocks that jump:
there is always at least one registered, valid, usable key, and the tenant signs with it.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from infra.local.simulators.graph import Moment, Restriction
from shared.credentials.rotation import Phase, Rotation
from shared.flows import certificate_rotation
from tests.contract import entra_world
from tests.contract.rotation_world import NAME, Scene, quietly
from tests.unit.rotation_world import assert_told_once

TOO_SHORT = Restriction(kind="asymmetricKeyLifetime", max_lifetime="P30D")
VERSIONS = 5  # making one takes time
Happening = Callable[[Scene], object]


def graph_fails(call: str, moment: Moment) -> Happening:
    """Let Graph break off, having done what it was told or not."""
    return lambda scene: scene.graph.drop_next(on=call, moment=moment)


def graph_is_busy(call: str) -> Happening:
    """Let Graph put us off."""
    return lambda scene: scene.graph.fail_next(429, on=call)


def vault_fails(status: int, on: str) -> Happening:
    """Let the vault be busy, or deny us something for once."""
    return lambda scene: scene.vault_faults.append((status, on))


def vault_renews(scene: Scene) -> None:
    """Let the certificate's own policy make a version."""
    if len(scene.vault.certificate_versions(NAME)) < VERSIONS:
        scene.vault.create_certificate(NAME)


def message_is_abandoned(scene: Scene) -> None:
    """Let the message end in the poison queue."""
    last = scene.last()
    certificate_rotation.give_up(last, "abandoned", ports=scene.ports)


CALLS = ("addKey", "removeKey", "getApplication")
TROUBLES: list[Happening] = [
    *(graph_fails(call, moment) for call in CALLS for moment in Moment),
    *(graph_is_busy(call) for call in CALLS),
    *(vault_fails(503, on) for on in ("/sign", "/certificates/")),
    vault_fails(403, "/sign"),
    lambda scene: setattr(scene, "busy_logins", 2),
]
CHANGES: list[Happening] = [
    vault_renews,
    vault_renews,
    message_is_abandoned,
    lambda scene: scene.graph.policies.restrict(TOO_SHORT),
    lambda scene: scene.graph.policies.restrict(),
    lambda scene: scene.with_reading(allowed=False),
    lambda scene: scene.with_reading(allowed=True),
    lambda scene: scene.clock.advance(timedelta(minutes=-5)),
    lambda scene: scene.clock.advance(timedelta(hours=30)),
]


class RotationMachine(RuleBasedStateMachine):
    """One tenant, with a rule for everything that may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.asleep: Rotation | None = None  # what a worker read before it fell asleep

    @initialize(may_read=st.booleans())
    def begin(self, *, may_read: bool) -> None:
        """Know the object id, as who may not read has to, and order a rotation."""
        self.scene.knows_its_object_id()
        self.scene.with_reading(allowed=may_read)
        self.scene.order(str(uuid.uuid4()))

    @rule(is_by_hand=st.booleans())
    def another(self, *, is_by_hand: bool) -> None:
        """Let somebody order a rotation, or the timer look."""
        begin = self.scene.order if is_by_hand else self.scene.tick
        if len(self.scene.vault.certificate_versions(NAME)) < VERSIONS:
            quietly(lambda: begin(str(uuid.uuid4())))

    @rule(times=st.integers(1, 6), learns=st.booleans())
    def deliver(self, times: int, *, learns: bool) -> None:
        """Deliver the message, each time when it asked to be."""
        for _ in range(times):
            if learns:
                self.scene.learn()
            self.scene.deliver()

    @rule(deeds=st.integers(1, 6))
    def deliver_and_die(self, deeds: int) -> None:
        """Deliver it, to a worker that dies after so many deeds; replicas have learnt."""
        self.scene.learn()
        self.scene.dies_after = deeds
        self.deliver(2, learns=False)
        self.scene.dies_after = 0

    @rule(times=st.integers(1, 4))
    def deliver_beside_a_sleeper(self, times: int) -> None:
        """Deliver it, while another worker sleeps over what it has read, and then goes on."""
        asleep = self.scene.last()
        self.deliver(times, learns=True)
        quietly(lambda: certificate_rotation.go_on(asleep, ports=self.scene.ports))

    @rule(trouble=st.sampled_from(TROUBLES), times=st.integers(1, 4))
    def deliver_in_trouble(self, trouble: Happening, times: int) -> None:
        """Deliver it, while something out there fails."""
        trouble(self.scene)
        self.deliver(times, learns=True)

    @precondition(lambda self: self.scene.last().phase is Phase.OVERLAP)
    @rule()
    def deliver_what_was_tampered_with(self) -> None:
        """Deliver it, after somebody has taken the key in use off the app."""
        self.scene.tamper()
        self.deliver(2, learns=True)

    @rule(change=st.sampled_from(CHANGES))
    def change(self, change: Happening) -> None:
        """Let somebody change something."""
        quietly(lambda: change(self.scene))

    @invariant()
    def there_is_a_key_that_works(self) -> None:
        """Look whether the version that the tenant signs with is one, unless somebody broke it."""
        self.scene.look()

    @invariant()
    def what_has_ended_is_told_once(self) -> None:
        """Look whether it is, and rightly."""
        last = self.scene.rotations.last(self.scene.app.tenant_id)
        if last is not None and last.told_at is not None:
            assert_told_once(self.scene, last)
            assert last.phase is Phase.DONE or (last.why and last.remedy)

    def teardown(self) -> None:
        """Once everything works again, a rotation is done, and leaves one certificate."""
        scene = self.scene
        scene.busy_logins = 0
        scene.vault_faults.clear()
        scene.clock.now = max(scene.clock.now, entra_world.utc_now())
        scene.graph.policies.restrict()
        scene.with_reading(allowed=True)
        scene.dies_after = 0
        for _ in range(10):
            quietly(lambda: scene.order(str(uuid.uuid4())))
            if scene.rotations.last(scene.app.tenant_id) is None:
                continue
            rotation = scene.closed()
            only = [scene.vault.certificate_der(NAME, scene.pinned)]
            if rotation.phase is Phase.DONE and scene.registered() == only:
                return
        raise AssertionError(f"does not come right: {scene.last()}")


TestRotationMachine = RotationMachine.TestCase
TestRotationMachine.settings = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=20,
    stateful_step_count=20,
    phases=[Stage.generate],  # to shrink a failure takes minutes, and it is short as it is
    suppress_health_check=list(HealthCheck),
)
