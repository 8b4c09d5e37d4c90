"""The end of a rotation: what goes wrong after the switch, what is left over, how it is closed."""

from datetime import timedelta

import pytest

from shared.credentials.rotation import Phase
from shared.errors import Misconfigured, Retryable
from shared.flows import certificate_rotation
from tests.unit.builders import TENANT
from tests.unit.rotation_world import OVERLAP, Scene, assert_rotated, assert_told_once


def test_a_new_key_that_fails_after_the_switch_gives_way_to_the_old_one() -> None:
    """Nothing is removed, and whoever looks into it is told why."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.looks = False  # somebody else breaks it
    scene.directory.keys = {"key-1": scene.directory.keys["key-1"]}

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert "stopped working" in failed.why
    assert scene.pins.active(TENANT) == "v1"
    scene.look()
    assert "remove_key" not in scene.calls
    assert_told_once(scene, failed)


def test_a_new_version_disabled_after_the_switch_gives_way_to_the_old_one() -> None:
    """The vault is asked before anything is removed."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.looks = False
    scene.vault.change("v2", is_enabled=False)

    assert scene.deliver().phase is Phase.FAILED
    assert scene.pins.active(TENANT) == "v1"
    scene.look()


def test_nothing_is_removed_while_the_tenant_signs_with_the_old_key_again() -> None:
    """The token provider falls back by itself: the rotation sees it, and stops."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.pins.pin(TENANT, "v1")

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert "v1 again" in failed.why
    assert "remove_key" not in scene.calls
    assert scene.vault.can_sign("v1")


def test_nothing_is_removed_while_neither_key_works() -> None:
    """Both are left for a person to look at."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.looks = False
    scene.directory.keys.clear()

    failed = scene.deliver()

    assert "neither" in failed.why
    assert scene.pins.active(TENANT) == "v2"
    assert "disable" not in scene.calls


def test_without_leave_to_read_the_first_rotation_says_what_it_left() -> None:
    """Its own record knows the key id by the next time."""
    scene = Scene()
    scene.directory.may_read = False
    scene.order()

    first = scene.deliver()

    assert first.phase is Phase.DONE
    assert first.old.thumbprint in first.why
    assert "app registration" in first.remedy
    assert not scene.vault.can_sign("v1")
    assert scene.registered("v1") == 1
    scene.order("second")
    second = scene.deliver("second")
    assert not scene.registered("v2")
    assert second.successor.version == "v3"


def test_what_an_earlier_rotation_left_is_removed_by_a_later_one() -> None:
    """Leave to read may come later."""
    scene = Scene()
    scene.directory.may_read = False
    scene.order()
    scene.deliver()
    scene.directory.may_read = True
    scene.order("second")

    assert_rotated(scene, scene.deliver("second"), version="v3")
    assert len(scene.directory.keys) == 1


def test_an_old_key_that_may_not_be_removed_is_at_least_disabled() -> None:
    """The tenant signs with the new one: the rotation is done, and says what is left to do."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.directory.remove_key = _denied  # type: ignore[method-assign]  # this very tenant's

    rotation = scene.deliver()

    assert rotation.phase is Phase.DONE
    assert "denied" in rotation.why
    assert not scene.vault.can_sign("v1")
    assert_told_once(scene, rotation)


def test_an_old_version_that_cannot_be_disabled_is_named() -> None:
    """It is off the registration, so it opens nothing."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.vault.disable = _denied  # type: ignore[method-assign]  # this very vault's

    rotation = scene.deliver()

    assert rotation.phase is Phase.DONE
    assert "v1 may still be enabled" in rotation.why
    assert not scene.registered("v1")


def test_an_old_version_that_left_the_vault_is_no_obstacle() -> None:
    """Its key id is in the record."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.vault.held = [each for each in scene.vault.held if each.version != "v1"]

    assert scene.deliver().phase is Phase.DONE


@pytest.mark.parametrize("phase", [Phase.CREATING, Phase.PROPAGATING, Phase.OVERLAP])
def test_a_rotation_given_up_touches_no_key(phase: Phase) -> None:
    """Its message was abandoned: that is told, and the tenant is free for another."""
    scene = Scene()
    scene.vault.issuing = timedelta(minutes=5)
    scene.order()
    begun = scene.until(phase)
    keys, pinned = dict(scene.directory.keys), scene.pins.active(TENANT)

    given_up = certificate_rotation.give_up(begun, "a week has passed", ports=scene.ports)

    assert (given_up.phase, given_up.why) == (Phase.FAILED, "a week has passed")
    assert (scene.directory.keys, scene.pins.active(TENANT)) == (keys, pinned)
    assert_told_once(scene, given_up)
    assert certificate_rotation.give_up(begun, "again", ports=scene.ports) == given_up
    scene.order("second")
    assert scene.deliver("second").phase is Phase.DONE


def test_trouble_that_lasts_ends_the_rotation() -> None:
    """A person has to look, and is told so."""
    scene = Scene()
    scene.order()
    scene.until(Phase.PROPAGATING)
    scene.directory.earns_token = _down  # type: ignore[method-assign]  # this very tenant's

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert failed.why == "for 3 days: Entra ID is busy"
    assert_told_once(scene, failed)


def test_a_rotation_counts_as_closed_once_it_is_told() -> None:
    """Until then it is repeated; the tenant is free for another all the same."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    scene.clock.advance(OVERLAP)

    def deaf(_: int) -> None:
        if scene.calls[-1] == "certificate_rotated":
            raise Retryable("the event topic is busy")

    scene.before_call = deaf
    with pytest.raises(Retryable):
        scene.step()

    assert scene.order("second").rotation_id == "second"
    scene.before_call = lambda _: None
    assert_told_once(scene, scene.step())


def _denied(*_: object, **__: object) -> None:
    raise Misconfigured("denied")


def _down(*_: object, **__: object) -> bool:
    raise Retryable("Entra ID is busy", after=timedelta(hours=1))
