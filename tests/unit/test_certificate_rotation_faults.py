"""A rotation under faults: deaths, refusals, other workers and bad clocks, at every single call."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.credentials.rotation import Phase, Rotation
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from tests.unit.builders import TENANT
from tests.unit.rotation_world import (
    ORDER,
    Died,
    Scene,
    assert_rotated,
    assert_told_once,
    calls_without_fault,
)

FAULTS: dict[str, BaseException] = {
    "busy": Retryable("busy", after=timedelta(minutes=1)),
    "refused": Rejected("refused"),
    "denied": Misconfigured("denied"),
    "death": Died(),
}


def readable(scene: Scene) -> None:
    """Leave the tenant as it is."""
    scene.directory.propagation = timedelta(minutes=1)


def unreadable(scene: Scene) -> None:
    """Deny the app a look at its registration; the key id of its first key is known."""
    readable(scene)
    scene.directory.may_read = False


WORLDS = {"readable": readable, "unreadable": unreadable}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_death_at_any_call_leaves_no_trace(world: str, *, after_effect: bool) -> None:
    """Killed before or after each call takes effect, the rotation is taken up and done."""
    arrange = WORLDS[world]
    for number in range(1, calls_without_fault(arrange) + 1):
        scene = Scene(fault_at=number, fault=Died(), after_effect=after_effect)
        rotation = _rotated(scene, arrange)

        assert rotation.phase is Phase.DONE, number
        assert scene.pins.active(TENANT) == "v2"
        assert [each.version for each in scene.vault.held] == ["v1", "v2"], number
        assert scene.registered("v2") == 1, number
        assert not scene.vault.can_sign("v1")
        assert_told_once(scene, rotation)


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("world", WORLDS)
def test_after_any_fault_a_rotation_comes_to_a_good_end_or_says_why_not(
    world: str, fault: str, *, after_effect: bool
) -> None:
    """And whatever it was, the next rotation succeeds, and leaves one key that works."""
    arrange = WORLDS[world]
    for number in range(1, calls_without_fault(arrange) + 1):
        scene = Scene(fault_at=number, fault=FAULTS[fault], after_effect=after_effect)

        first = _rotated(scene, arrange)

        assert first.phase is Phase.DONE or first.why, number
        assert_told_once(scene, first)
        scene.directory.may_read = True
        scene.order("second")
        second = scene.deliver("second")
        assert_rotated(scene, second, version=second.successor.version)
        assert len(scene.directory.keys) == scene.registered(second.successor.version), number


def test_a_worker_beside_another_at_any_call_does_no_harm() -> None:
    """One message delivered twice: between any two calls of one worker the other does its all."""
    for number in range(1, calls_without_fault(readable) + 1):
        scene = Scene()

        def other(at: int, scene: Scene = scene, number: int = number) -> None:
            if at == number:
                scene.before_call = lambda _: None
                _once(scene)

        rotation = _rotated(scene, readable, before_call=other)

        assert_rotated(scene, rotation)
        assert scene.registered("v2") == 1, number
        assert [each.version for each in scene.vault.held] == ["v1", "v2"], number


def test_a_worker_that_was_asleep_for_long_undoes_nothing() -> None:
    """By the time it wakes, the other has finished, and even finished another rotation."""
    for number in range(1, calls_without_fault(readable) + 1):
        scene = Scene()

        def others(at: int, scene: Scene = scene, number: int = number) -> None:
            if at == number:
                scene.before_call = lambda _: None
                assert scene.deliver().phase is Phase.DONE
                scene.order("second")
                assert scene.deliver("second").phase is Phase.DONE

        rotation = _rotated(scene, readable, before_call=others)

        assert rotation.phase is Phase.DONE, number
        assert scene.pins.active(TENANT) == "v3", number


@pytest.mark.parametrize("hours", [-48, -1, 1, 48, 100])
def test_a_clock_that_jumps_at_any_call_does_no_harm(hours: int) -> None:
    """A jump may end a rotation, but never at the expense of the key in use."""
    for number in range(1, calls_without_fault(readable) + 1):
        scene = Scene()

        def jump(at: int, scene: Scene = scene, number: int = number) -> None:
            if at == number:
                scene.skew = timedelta(hours=hours)

        rotation = _rotated(scene, readable, before_call=jump)

        assert rotation.phase is Phase.DONE or rotation.why
        assert_told_once(scene, rotation)


@pytest.mark.parametrize("failure", [Retryable("busy"), Misconfigured("denied")])
def test_a_port_that_is_down_for_long_costs_time_only(failure: Failure) -> None:
    """Each port in turn fails for as many calls as an outage takes; the key in use stays."""
    for name in ("earns_token", "key_ids", "add_key", "remove_key", "answers", "disable"):
        scene = Scene()
        down = {"left": 20}

        def fail(
            at: int, scene: Scene = scene, name: str = name, down: dict[str, int] = down
        ) -> None:
            if scene.calls[at - 1] == name and down["left"]:
                down["left"] -= 1
                raise failure

        rotation = _rotated(scene, readable, before_call=fail)

        assert rotation.phase is Phase.DONE or rotation.why == "denied"
        scene.look()
        scene.before_call = lambda _: None
        scene.order("second")
        assert scene.deliver("second").phase is Phase.DONE


def _rotated(
    scene: Scene,
    arrange: Callable[[Scene], None],
    before_call: Callable[[int], None] = lambda _: None,
) -> Rotation:
    """Order a rotation and see it through; calls are counted from its first delivery on."""
    fault_at, scene.fault_at = scene.fault_at, 0
    arrange(scene)
    scene.order()
    scene.calls.clear()
    scene.fault_at, scene.before_call = fault_at, before_call
    return scene.deliver(ORDER)


def _once(scene: Scene) -> None:
    """Let another worker handle the message until it has to wait."""
    try:
        scene.step()
    except Retryable:
        return
