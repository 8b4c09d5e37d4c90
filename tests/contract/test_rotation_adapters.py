"""A rotation through the real clients, and what the simulators have become by its end."""

from datetime import timedelta
from itertools import count

import pytest

from infra.local.simulators.graph import Moment, Restriction
from shared.credentials.rotation import PAUSE, Phase, Rotation
from tests.contract.rotation_world import NAME, Scene
from tests.unit.rotation_world import assert_told_once


@pytest.fixture
def scene() -> Scene:
    return Scene()


def assert_rotated(scene: Scene, rotation: Rotation) -> None:
    """Fail unless the tenant signs with the new certificate, and nothing else is registered."""
    assert (rotation.phase, rotation.why) == (Phase.DONE, ""), rotation
    assert scene.pinned == rotation.successor.version
    assert scene.registered() == [scene.vault.certificate_der(NAME, scene.pinned)]
    assert not scene.is_enabled(rotation.old.version)


def test_a_rotation_leaves_the_new_certificate_alone(scene: Scene) -> None:
    """Registered, known, in use; the old one is off the app and disabled."""
    (old,) = scene.vault.certificate_versions(NAME)
    scene.order("r1")

    rotation = scene.closed()

    assert_rotated(scene, rotation)
    assert rotation.old.version == old
    assert scene.graph.count("addKey") == scene.graph.count("removeKey") == 1
    (told,) = scene.told.sent
    assert told.type == "easgate.certificate.rotated.v1"


def test_an_app_without_any_permission_rotates_with_its_object_id(scene: Scene) -> None:
    """Nothing but proofs of possession; the second time, the old key's id is on record."""
    scene.with_reading(allowed=False)
    scene.order("r1")
    assert "application_object_id" in scene.closed().why

    scene.knows_its_object_id()
    scene.order("r2")
    rotation = scene.closed()
    assert rotation.phase is Phase.DONE
    assert "may still be registered" in rotation.why
    scene.order("r3")
    rotation = scene.closed()

    assert rotation.phase is Phase.DONE
    assert scene.vault.certificate_der(NAME, rotation.old.version) not in scene.registered()


def test_a_key_that_entra_never_learns_of_is_not_switched_to(scene: Scene) -> None:
    """It is taken up again when it is known at last."""
    scene.order("r1")
    while not scene.last().is_finished:
        scene.deliver()

    assert scene.last().phase is Phase.FAILED
    scene.learn()
    scene.clock.advance(PAUSE)
    assert scene.tick("r2") is not None
    assert_rotated(scene, scene.closed())
    assert scene.graph.count("addKey") == 1


def test_a_key_taken_off_the_app_after_the_switch_gives_way_to_the_old_one(scene: Scene) -> None:
    """Nothing is removed or disabled; what is left works, and is signed with."""
    scene.order("r1")
    while scene.last().phase is not Phase.OVERLAP:
        scene.learn()
        scene.deliver()
    scene.tamper()

    failed = scene.closed()

    assert failed.phase is Phase.FAILED
    assert "stopped working" in failed.why
    assert scene.pinned == failed.old.version
    assert scene.works(scene.pinned)


def test_replicas_that_disagree_delay_the_switch(scene: Scene) -> None:
    """Every second one is behind: three tokens running cannot be had."""
    scene.directory.propagation, scene.directory.disagreement = timedelta(), timedelta(days=1)
    scene.order("r1")
    for _ in range(12):
        scene.deliver()
    assert scene.last().phase is Phase.PROPAGATING
    assert scene.pinned == scene.last().old.version

    scene.directory.disagreement = timedelta()
    assert_rotated(scene, scene.closed())


def test_a_policy_against_the_lifetime_is_told_and_can_be_mended(scene: Scene) -> None:
    """The event says what the tenant's policy limits."""
    scene.graph.policies.restrict(Restriction(kind="asymmetricKeyLifetime", max_lifetime="P30D"))
    scene.order("r1")

    failed = scene.closed()

    assert failed.phase is Phase.FAILED
    assert "policy limits the certificate's lifetime" in failed.why
    assert scene.told.sent[0].data["reason"] == failed.why
    scene.graph.policies.restrict()
    scene.order("r2")
    assert_rotated(scene, scene.closed())


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("call", ["addKey", "removeKey"])
def test_an_answer_that_is_lost_changes_nothing_in_the_end(
    scene: Scene, call: str, moment: Moment
) -> None:
    """Whether or not the key was added or removed before the connection broke."""
    scene.graph.drop_next(on=call, moment=moment)
    scene.order("r1")

    assert_rotated(scene, scene.closed())
    assert scene.graph.count(call) == (1 if moment is Moment.AFTER else 2)


def test_a_vault_that_takes_its_time_makes_one_version(scene: Scene) -> None:
    """Each delivery looks again, and none begins another."""
    scene.vault.delay_issuing(timedelta(days=1))
    scene.order("r1")
    for _ in range(5):
        scene.deliver()

    assert scene.last().phase is Phase.CREATING
    assert len(scene.vault.certificate_versions(NAME)) == 1
    assert sum(each.path.endswith("/create") for each in scene.vault.operations) == 1


def test_an_expired_certificate_is_replaced_with_a_person_s_help() -> None:
    """It neither earns a token nor vouches for another; its successor waits in the vault."""
    scene = Scene(not_after=-timedelta(minutes=1))
    scene.looks = False
    assert scene.tick("r1") is not None

    failed = scene.closed()

    assert failed.phase is Phase.FAILED
    assert failed.successor.thumbprint in failed.why
    scene.directory.propagation = timedelta()
    scene.directory.add_certificate(
        scene.app.client_id, scene.vault.certificate_der(NAME, failed.successor.version)
    )
    scene.order("r2")
    assert_rotated(scene, scene.closed())


def test_a_worker_that_dies_after_any_deed_is_followed_by_one_that_ends_it() -> None:
    """Every call that changes anything, through the real clients."""
    for number in count(1):
        scene = Scene()
        scene.order("r1")
        scene.dies_after = number

        rotation = scene.closed()

        assert_rotated(scene, rotation)
        assert len(scene.vault.certificate_versions(NAME)) == 2
        assert_told_once(scene, rotation)
        if scene.dies_after > 0:
            assert number > 15
            break
