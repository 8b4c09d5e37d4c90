"""An order for another default access level is given up, whatever has become of it so far."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.devices.coverage import DefaultAccessChange, Phase
from shared.errors import Retryable
from shared.flows import default_access
from shared.records.default_access import DefaultAccessChanges
from tests.unit.default_access_world import ALLOW, BLOCK, QUARANTINE, Scene, an_order
from tests.unit.stand_ins import FakeTable


def a_scene() -> tuple[Scene, DefaultAccessChanges]:
    scene = Scene()
    record = DefaultAccessChanges(FakeTable())
    scene.changes = record
    return scene, record


def give_up(scene: Scene, order: DefaultAccessChange) -> DefaultAccessChange:
    assert scene.changes
    return default_access.give_up(
        order, "abandoned", exchange=scene.exchange, changes=scene.changes, clock=scene.clock
    )


def test_an_order_that_waits_is_given_up_at_once_and_never_begins() -> None:
    """The change it waits for goes on, and reaches its end."""
    scene, _ = a_scene()
    first = an_order(BLOCK, scene.clock())
    second = replace(first, change_id="second", wanted=QUARANTINE)
    with pytest.raises(Retryable):
        scene.step(first)
    with pytest.raises(Retryable, match=first.change_id):
        scene.step(second)

    refused = give_up(scene, second)

    assert (refused.phase, refused.why) == (Phase.REFUSED, "abandoned")
    assert scene.step(second) == refused
    assert scene.change().phase is Phase.DONE
    assert scene.default == BLOCK


def test_an_order_given_up_leaves_the_place_to_the_next() -> None:
    scene, _ = a_scene()
    stopped = replace(an_order(QUARANTINE, scene.clock()), change_id="stopped")
    with pytest.raises(Retryable):
        scene.step(stopped)

    assert give_up(scene, stopped).phase is Phase.REFUSED
    assert scene.change().phase is Phase.DONE


def test_what_took_the_orders_id_goes_on() -> None:
    scene, record = a_scene()
    begun = an_order(BLOCK, scene.clock())
    with pytest.raises(Retryable):
        scene.step(begun)

    refused = give_up(scene, replace(begun, wanted=QUARANTINE))

    assert refused.phase is Phase.REFUSED
    kept = record.find(begun.tenant_id, begun.change_id)
    assert kept
    assert (kept.wanted, kept.phase) == (BLOCK, Phase.COVERING)
    assert scene.change().phase is Phase.DONE


def test_what_has_ended_stays_as_it_ended() -> None:
    scene, _ = a_scene()
    done = scene.change()

    assert give_up(scene, an_order(BLOCK, scene.clock())) == done
    assert scene.default == BLOCK


def test_a_loosening_that_nobody_has_seen_is_taken_back() -> None:
    """Else the record would say that nothing was done, while everyone is let in."""
    scene, _ = a_scene()
    scene.tenant.set_default_access_level(BLOCK)
    scene.may_be_shut_out = {"A1", "a2", "B1"}
    scene.clock.advance(hours=1)
    scene.tenant.replication_delay = timedelta(seconds=100)
    order = an_order(ALLOW, scene.clock())
    with pytest.raises(Retryable):
        scene.step(order)
    assert scene.default == ALLOW
    scene.looks = False  # who was held is let in by what is asked for
    scene.tenant.replication_delay = timedelta(0)

    assert give_up(scene, order).phase is Phase.ROLLED_BACK
    assert scene.default == BLOCK
