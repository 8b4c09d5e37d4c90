"""A change of the default access level shuts nobody out, whatever fails and whenever."""

import httpx
import pytest

from infra.local.simulators.exchange import access
from shared.devices.coverage import Phase
from shared.errors import Contended, Retryable
from shared.exchange.transport import ATTEMPTS
from tests.unit.default_access_world import (
    ALLOW,
    BLOCK,
    FAULTS,
    SET_DEFAULT,
    Died,
    Records,
    Scene,
    an_order,
    answered,
    assert_consistent,
    requests_without_fault,
)


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("lasts", [1, ATTEMPTS + 1])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_at_any_request_shuts_nobody_out(
    kind: str, lasts: int, *, after_effect: bool
) -> None:
    """A longer fault outlasts the repeats on the wire, and reaches the story."""
    ends = set()
    for first in range(1, requests_without_fault() + 1):
        scene = Scene()
        scene.after_effect = after_effect
        scene.faults = dict.fromkeys(range(first, first + lasts), FAULTS[kind])

        change = scene.change()

        assert_consistent(scene, change)
        ends.add(change.phase)
    assert Phase.DONE in ends
    assert Phase.ROLLED_BACK in ends or lasts == 1


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("fault", [Retryable("storage is down"), Contended("lost"), Died()])
def test_a_fault_at_any_record_shuts_nobody_out(
    fault: BaseException, *, after_effect: bool
) -> None:
    healthy = Scene()
    healthy.change()
    for write in range(1, healthy.records.writes + 1):
        scene = Scene()
        scene.records = Records(fault_at=write, fault=fault, after_effect=after_effect)

        assert_consistent(scene, scene.change())


def test_a_rollback_that_fails_is_tried_before_anything_else() -> None:
    """Whatever resumes it asks for the level before, and for nothing else."""
    scene = Scene()
    switched = Scene()
    switched.change()
    first = switched.cmdlets.index(SET_DEFAULT) + 2
    scene.faults = dict.fromkeys(range(first, first + 30), answered(503))

    change = scene.change()

    assert change.phase is Phase.ROLLED_BACK
    assert "503" in change.why
    assert Phase.ROLLING_BACK in scene.records.phases
    assert scene.cmdlets[first - 1] == SET_DEFAULT  # the first that is answered again


def test_after_a_rollback_the_same_can_be_ordered_again() -> None:
    scene = Scene()
    scene.faults = {requests_without_fault(): answered(403)}  # while it watches
    first = scene.change()
    scene.faults = {}

    second = scene.change(again=True)

    assert (first.phase, second.phase) == (Phase.ROLLED_BACK, Phase.DONE)
    assert second.covered == 0


def test_a_device_that_comes_at_any_moment_shuts_nobody_out() -> None:
    """Only one that came after the last look is held, and no longer than until the next."""
    ends = []
    for moment in range(1, requests_without_fault() + 1):
        scene = Scene()

        def come(request: int, scene: Scene = scene, moment: int = moment) -> None:
            if request != moment:
                return
            scene.tenant.add_device("empty@contoso.com", device_id="NEW")
            if scene.default == ALLOW and scene.records.phases[-1:] == [Phase.SWITCHING]:
                scene.may_be_shut_out = {"NEW"}
            elif scene.default == ALLOW and scene.records.waiting == []:
                scene.may_be_shut_out = {"NEW"}  # while the last look is under way
            scene.clock.advance(seconds=1)

        scene.before_request = come
        change = scene.change()
        assert_consistent(scene, change)
        ends.append(change)
        [new] = scene.tenant.find_mailbox("empty@contoso.com").devices.values()
        if change.phase is Phase.ROLLED_BACK:
            assert "NEW" in change.why
        elif scene.may_be_shut_out or "NEW" in scene.records.covers.get("empty@contoso.com", ()):
            assert access.decide(new).state is access.AccessState.ALLOWED
    assert {change.phase for change in ends} == {Phase.DONE, Phase.ROLLED_BACK}


@pytest.mark.parametrize("lost", range(1, 3))
def test_a_cover_that_exchange_only_says_it_wrote_is_found(lost: int) -> None:
    scene = Scene()
    covers = []

    def pretend(request: httpx.Request) -> httpx.Response:
        if b"Set-CASMailbox" in request.content:
            covers.append(request)
            if len(covers) == lost:
                return answered(200, '{"value": []}')(request)
        return scene.world.exchange(request)

    scene.faults = dict.fromkeys(range(1, 99), pretend)

    assert scene.change().phase is Phase.DONE
    assert len(covers) == 3


def test_a_switch_that_lands_after_another_worker_rolled_back_is_taken_back() -> None:
    """Both had the same message; the record and the default end up saying the same."""
    scene = Scene()
    order = an_order(BLOCK, scene.clock())

    def overtake(_: int) -> None:
        if scene.records.phases[-1:] == [Phase.SWITCHING]:
            scene.before_request = lambda _: None
            assert scene.step(order).phase is Phase.ROLLED_BACK

    scene.before_request = overtake

    change = scene.change()

    assert change.phase is Phase.ROLLED_BACK
    assert_consistent(scene, change)
