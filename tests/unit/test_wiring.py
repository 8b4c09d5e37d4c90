"""The seam between triggers and ports."""

import pytest

from shared import wiring
from shared.errors import Misconfigured, Rejected
from tests.unit.app_world import Deployment
from tests.unit.builders import TENANT
from tests.unit.world import SETTLE


def test_stand_in_is_used_inside_its_block_only() -> None:
    """Also one within another, and also when the block fails."""
    outer, inner = Deployment().services, Deployment().services

    def failing_block() -> None:
        with wiring.using(inner):
            assert wiring.services() is inner
            raise ZeroDivisionError

    with wiring.using(outer):
        with pytest.raises(ZeroDivisionError):
            failing_block()
        assert wiring.services() is outer


def test_nothing_is_kept_of_a_failed_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the settings are right, the next message finds them."""
    monkeypatch.delenv("TENANTS", raising=False)
    for _ in range(2):
        with pytest.raises(Misconfigured, match="TENANTS is missing"):
            wiring.services()
    with wiring.using(stand_in := Deployment().services):
        assert wiring.services() is stand_in


def test_clock_knows_its_zone() -> None:
    """A naive time could not be compared with Exchange's."""
    assert wiring.utc_now().tzinfo is not None


def test_steps_are_the_tenants_own() -> None:
    """With its Exchange and its limits; a tenant that is not served has none."""
    app = Deployment()
    steps = app.services.steps(TENANT)
    assert (steps.exchange, steps.settle) == (app.world.exchange, SETTLE)
    with pytest.raises(Rejected, match="is not served here"):
        app.services.steps("other")
