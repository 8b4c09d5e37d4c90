"""What others do while a rotation runs: people, the token provider, workers that slept."""

from datetime import timedelta

import pytest

from shared.credentials.certificate import App, Certificate
from shared.credentials.rotation import PAUSE, Phase
from shared.errors import Contended
from tests.unit.builders import TENANT
from tests.unit.rotation_services import NAME
from tests.unit.rotation_world import OVERLAP, Died, Scene, assert_rotated


def test_a_version_pinned_by_somebody_else_is_left_pinned() -> None:
    """It is neither the old one nor the new one: whoever did that knows why."""
    scene = Scene()
    scene.order()
    scene.until(Phase.PROPAGATING)
    third = scene.vault.make()
    scene.directory.register(third)
    scene.pins.pin(TENANT, third.version)

    failed = scene.deliver()

    assert failed.phase is Phase.FAILED
    assert third.version in failed.why
    assert scene.pins.active(TENANT) == third.version


def test_a_switch_that_the_token_provider_has_made_is_not_made_again() -> None:
    """It fell back to the new version, which had earned a token, before we came to it."""
    scene = Scene()
    scene.order()
    scene.until(Phase.PROPAGATING)
    scene.pins.pin(TENANT, "v2")

    assert_rotated(scene, scene.deliver())
    assert "move" not in scene.calls


@pytest.mark.parametrize(
    ("at", "phase"), [("answers", Phase.SWITCHING), ("active", Phase.RETIRING)]
)
def test_a_rotation_given_up_meanwhile_is_not_gone_on_with(at: str, phase: Phase) -> None:
    """A worker that slept over it finds the record moved, before it acts."""
    scene = Scene()
    scene.order()
    if phase is Phase.RETIRING:
        scene.until(Phase.OVERLAP)
        scene.clock.advance(OVERLAP)
    pinned = {Phase.SWITCHING: "v1", Phase.RETIRING: "v2"}[phase]

    def meanwhile(_: int) -> None:
        found = scene.rotations.last(TENANT)
        if scene.calls[-1] == at and found is not None and found.phase is phase:
            scene.before_call = lambda _: None
            scene.give_up("abandoned")

    scene.before_call = meanwhile
    rotation = scene.deliver()

    assert (rotation.phase, rotation.why) == (Phase.FAILED, "abandoned")
    assert scene.pins.active(TENANT) == pinned
    assert "remove_key" not in scene.calls
    assert scene.registered("v1") == 1


def test_a_worker_that_goes_on_from_an_old_reading_is_stopped() -> None:
    """Its record is not the newest."""
    scene = Scene()
    begun = scene.order()
    scene.until(Phase.OVERLAP)

    with pytest.raises(Contended):
        scene.go_on(begun)

    assert scene.registered("v2") == 1


def test_an_attempt_of_unknown_outcome_is_watched_before_it_is_repeated() -> None:
    """Who may not read the registration can only wait whether the key turns out to work."""
    scene = Scene()
    scene.directory.may_read = False
    scene.directory.propagation = timedelta(minutes=9)
    scene.order()

    def dies(_: int) -> None:
        if scene.calls[-1] == "add_key":
            scene.before_call = lambda _: None
            scene.directory.register(scene.vault.certificate(NAME, "v2"))
            raise Died

    scene.before_call = dies

    assert scene.deliver().phase is Phase.DONE
    assert scene.registered("v2") == 1


def test_a_key_that_somebody_took_off_again_is_registered_anew() -> None:
    """Its id on record proves nothing once it has failed to become known."""
    scene = Scene()
    scene.directory.may_read = False
    scene.directory.propagation = timedelta(days=9)
    scene.order()
    assert scene.deliver().phase is Phase.FAILED
    del scene.directory.keys["key-2"]
    scene.directory.propagation = timedelta()
    scene.clock.advance(PAUSE)

    assert scene.tick("second") is not None

    assert scene.deliver("second").phase is Phase.DONE
    assert scene.pins.active(TENANT) == "v2"


def test_the_old_key_stays_while_the_registration_does_not_show_the_new_one() -> None:
    """A replica of the directory may be behind; two witnesses are better than one."""
    scene = Scene()
    scene.order()
    scene.until(Phase.OVERLAP)
    look = scene.directory.key_ids

    def behind(app: App, certificate: Certificate, *, signed_by: Certificate) -> tuple[str, ...]:
        assert scene.registered("v1") == 1
        if scene.calls.count("key_ids") < 4:
            return ()
        return look(app, certificate, signed_by=signed_by)

    scene.directory.key_ids = behind  # type: ignore[method-assign]  # this very directory's

    assert_rotated(scene, scene.deliver())


def test_a_clock_that_is_behind_makes_one_version() -> None:
    """By it, what the vault has just made is not valid yet; that is no reason for another."""
    scene = Scene(skew=-timedelta(hours=2))
    scene.order()

    def dies(_: int) -> None:
        if scene.calls[-2:] == ["create_version", "certificate"]:
            scene.before_call = lambda _: None
            raise Died

    scene.before_call = dies

    assert scene.deliver().phase is Phase.FAILED
    assert [each.version for each in scene.vault.held] == ["v1", "v2"]
