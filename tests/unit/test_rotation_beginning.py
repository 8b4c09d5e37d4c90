"""When a rotation begins, and that there is never a second one beside it."""

from datetime import timedelta

import pytest

from shared.credentials.certificate import Credential
from shared.credentials.rotation import PAUSE, Phase
from shared.errors import Rejected
from shared.flows.rotation_beginning import begin_if_due, order
from shared.records.certificates import Certificates
from tests.unit.builders import TENANT
from tests.unit.certificates import an_app
from tests.unit.rotation_services import LIFE, NAME
from tests.unit.rotation_world import AHEAD, ORDER, Scene, assert_rotated
from tests.unit.stand_ins import FakeTable


def test_an_order_begins_a_rotation_though_none_is_due() -> None:
    """Whoever orders knows why."""
    scene = Scene()

    begun = scene.order()

    assert (begun.phase, begun.asked_by) == (Phase.CREATING, "helpdesk:jo")
    assert begun.old.version == "v1"


def test_the_timer_begins_none_before_its_time() -> None:
    """A certificate with much life left is left alone."""
    scene = Scene()

    assert scene.tick() is None
    scene.clock.advance(LIFE - AHEAD - timedelta(seconds=1))
    assert scene.tick() is None
    scene.clock.advance(timedelta(seconds=1))
    assert scene.tick() is not None


def test_a_second_order_returns_the_rotation_that_runs() -> None:
    """From wherever it comes."""
    scene = Scene()
    first = scene.order()

    assert scene.order("second") == first
    assert scene.tick("third") == first
    scene.until(Phase.OVERLAP)
    assert scene.order("second").rotation_id == ORDER


def test_a_repeated_order_does_not_rotate_again() -> None:
    """The same id means the same rotation, finished or not."""
    scene = Scene()
    scene.order()
    done = scene.deliver()

    assert scene.order() == done
    scene.order("second")
    scene.deliver("second")
    assert scene.order() == done
    assert len(scene.vault.held) == 3


def test_two_orders_at_one_moment_begin_one_rotation() -> None:
    """Whichever call of one the other comes between."""
    for number in range(1, 12):
        scene = Scene()

        def other(at: int, scene: Scene = scene, number: int = number) -> None:
            if at == number:
                scene.before_call = lambda _: None
                scene.order("second")

        scene.before_call = other
        first = scene.order()
        scene.before_call = lambda _: None

        last = scene.rotations.last(TENANT)
        assert last is not None
        assert first.rotation_id == scene.order("third").rotation_id == last.rotation_id


def test_a_failure_is_followed_by_another_rotation_a_day_later() -> None:
    """Unless a person orders one at once."""
    scene = Scene()
    scene.clock.advance(LIFE - AHEAD)
    scene.vault.refusal = Rejected("no")
    scene.tick()
    assert scene.deliver().phase is Phase.FAILED
    scene.vault.refusal = None

    assert scene.tick("second") is None
    scene.clock.advance(PAUSE)
    assert scene.tick("second") is not None
    assert_rotated(scene, scene.deliver("second"))


def test_a_tenant_that_has_never_signed_in_has_nothing_to_rotate() -> None:
    """Only a version that has earned a token can vouch for another."""
    scene = Scene()
    scene.looks = False
    scene.pins = Certificates(FakeTable())

    assert scene.tick() is None
    with pytest.raises(Rejected, match="validate"):
        scene.order()


def test_an_app_that_signs_in_without_a_certificate_has_nothing_to_rotate() -> None:
    """A managed identity takes care of itself."""
    scene = Scene()
    app = an_app(credential=Credential.MANAGED_IDENTITY)

    assert begin_if_due(app, rotation_id=ORDER, asked_by="timer", ports=scene.ports) is None
    with pytest.raises(Rejected, match="nothing to rotate"):
        order(app, rotation_id=ORDER, asked_by="helpdesk:jo", ports=scene.ports)
    assert scene.calls == []


def test_a_disabled_newer_version_is_not_adopted() -> None:
    """Whoever disabled it had a reason."""
    scene = Scene()
    made = scene.vault.make()
    scene.vault.change(made.version, is_enabled=False)

    assert scene.tick() is None
    scene.order()
    assert_rotated(scene, scene.deliver(), version="v3")
    assert not scene.vault.certificate(NAME, "v2").is_enabled
