"""The story of a rotation: good ends, and bad ones that say why."""

from datetime import timedelta

import pytest

from shared.credentials.rotation import NEEDED, Phase
from shared.errors import Rejected, Unfinished
from tests.unit.builders import TENANT
from tests.unit.rotation_services import LIFE, NAME
from tests.unit.rotation_world import OVERLAP, Scene, assert_rotated, assert_told_once

APART = timedelta(seconds=20)


def test_a_rotation_ends_with_the_new_key_alone() -> None:
    """Every phase in its order, the new key tried several times, then the overlap."""
    scene = Scene()
    scene.directory.propagation = timedelta(minutes=2)
    begun = scene.clock()
    scene.order()

    rotation = scene.deliver()

    assert_rotated(scene, rotation)
    assert [step.phase for step in rotation.history] == [
        *(Phase.CREATING, Phase.REGISTERING, Phase.PROPAGATING, Phase.SWITCHING),
        *(Phase.OVERLAP, Phase.RETIRING, Phase.DONE),
    ]
    assert rotation.switched_at is not None
    assert rotation.switched_at - begun >= timedelta(minutes=2) + (NEEDED - 1) * APART
    assert scene.clock() - rotation.switched_at >= OVERLAP
    assert scene.calls.count("add_key") == scene.calls.count("remove_key") == 1


def test_the_old_key_works_all_through_the_overlap() -> None:
    """Whoever still signs with it, or has a token of it, is not cut off."""
    scene = Scene()
    scene.order()

    rotation = scene.until(Phase.OVERLAP)

    assert scene.pins.active(TENANT) == "v2"
    assert scene.registered("v1") == 1
    assert scene.vault.can_sign("v1")
    scene.clock.advance(OVERLAP - timedelta(minutes=1))
    with pytest.raises(Unfinished) as waits:
        scene.step()
    assert waits.value.after == timedelta(minutes=1)
    assert rotation.told_at is None


def test_replicas_that_differ_delay_the_switch() -> None:
    """One token proves nothing: the next request may meet a replica that is behind."""
    scene = Scene()
    scene.directory.behind = [False, False, True, False, True, False, False, False, False]
    scene.order()

    rotation = scene.until(Phase.OVERLAP)

    assert scene.directory.behind == []
    assert rotation.successes == NEEDED


def test_a_key_that_stops_working_before_the_switch_is_tried_anew() -> None:
    """The last trial comes right before the switch."""
    scene = Scene()
    scene.order()
    scene.until(Phase.PROPAGATING)
    scene.directory.behind = [False, False, True]

    assert_rotated(scene, scene.deliver())

    phases = [step.phase for step in scene.deliver().history]
    assert phases.count(Phase.SWITCHING) == 2


def test_a_trial_too_soon_after_the_last_is_put_off() -> None:
    """Duplicate messages must not make three trials of one moment."""
    scene = Scene()
    scene.order()
    scene.until(Phase.PROPAGATING)
    trials = scene.calls.count("earns_token")

    for _ in range(5):
        with pytest.raises(Unfinished) as early:
            scene.step()

    assert scene.calls.count("earns_token") == trials
    assert early.value.after == APART


def test_a_key_that_never_becomes_known_is_given_up_and_taken_up_again() -> None:
    """The old certificate stays in use; the next rotation adopts what is registered."""
    scene = Scene()
    scene.directory.propagation = timedelta(hours=1)
    scene.order()

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert "does not know" in failed.why
    assert "later" in failed.remedy
    assert_told_once(scene, failed)
    assert scene.pins.active(TENANT) == "v1"
    scene.clock.advance(timedelta(days=1))
    assert scene.tick("second") is not None
    assert_rotated(scene, scene.deliver("second"))
    assert scene.registered("v2") == 1


def test_a_tenant_that_refuses_the_lifetime_is_told_so() -> None:
    """Who orders again after mending the policy gets another version than the refused one."""
    scene = Scene()
    scene.directory.refusal = Rejected("the tenant's app management policy limits the lifetime")
    scene.order()

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert failed.why == str(scene.directory.refusal)
    assert_told_once(scene, failed)
    scene.directory.refusal = None
    scene.order("second")
    assert_rotated(scene, scene.deliver("second"), version="v3")


def test_a_refused_version_that_was_registered_by_hand_is_taken() -> None:
    """It works by now: there is no need for another."""
    scene = Scene()
    scene.directory.refusal = Rejected("the policy limits the lifetime")
    scene.order()
    scene.deliver()
    scene.directory.register(scene.vault.certificate(NAME, "v2"))

    scene.order("second")

    assert_rotated(scene, scene.deliver("second"))
    assert "create_version" not in scene.calls[scene.calls.index("certificate_rotation_failed") :]


def test_a_version_the_vault_made_by_itself_is_adopted() -> None:
    """Auto-renewal moves the vault's latest version; none is made beside it."""
    scene = Scene()
    scene.vault.make()

    assert scene.tick() is not None

    assert_rotated(scene, scene.deliver())
    assert "create_version" not in scene.calls


def test_a_new_key_that_is_registered_already_is_not_registered_again() -> None:
    """Somebody may have done it by hand, with or without our being able to read it."""
    scene = Scene()
    scene.directory.may_read = False
    scene.directory.register(scene.vault.make())
    scene.tick()

    rotation = scene.until(Phase.OVERLAP)

    assert rotation.successor.version == "v2"
    assert "add_key" not in scene.calls


def test_a_vault_that_takes_its_time_is_waited_for() -> None:
    """Other issuers than the vault itself take longer."""
    scene = Scene()
    scene.vault.issuing = timedelta(hours=2)
    scene.order()

    assert_rotated(scene, scene.deliver())
    assert [each.version for each in scene.vault.held] == ["v1", "v2"]


def test_a_vault_that_makes_no_version_ends_the_rotation() -> None:
    """What the vault says is passed on."""
    scene = Scene()
    scene.vault.refusal = Rejected("the vault made no new version: the issuer said no")
    scene.order()

    failed = scene.deliver()

    assert (failed.phase, failed.why) == (Phase.FAILED, str(scene.vault.refusal))


def test_an_expired_certificate_needs_a_person() -> None:
    """It cannot vouch for its successor; once that is registered by hand, the rest goes on."""
    scene = Scene()
    scene.looks = False
    scene.clock.advance(LIFE)
    assert scene.tick() is not None

    failed = scene.deliver()

    made = scene.vault.held[-1]
    assert failed.phase is Phase.FAILED
    assert "by hand" in failed.why
    assert made.version in failed.why
    assert made.thumbprint in failed.why
    scene.directory.register(made)
    scene.order("second")
    assert_rotated(scene, scene.deliver("second"))
