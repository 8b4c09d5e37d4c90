"""The daily timer looks at what users' certificates rest on, after all that is our own."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from functions import timers
from shared.errors import Misconfigured, NotPermitted, Retryable
from tests.unit.app_world import Deployment, a_tenant
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import a_certificate
from tests.unit.trust_world import FakeTenant

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = NOW + timedelta(days=20)  # the lists have ended by then


@pytest.fixture
def app() -> Deployment:
    """Return a deployment with one tenant."""
    return Deployment()


@dataclass(frozen=True)
class Tick:
    """The timer fires."""

    past_due: bool = False


def tick(app: Deployment) -> None:
    """Let the timer fire."""
    on_schedule: Callable[[Tick], object] = timers.on_certificate_schedule
    with app.running():
        assert on_schedule(Tick()) is None


def watching(app: Deployment) -> None:
    """Let the tenant want it."""
    usual = a_tenant()
    limits = msgspec.structs.replace(usual.limits, watch_user_certificates=True)
    app.tenants[TENANT] = replace(usual, limits=limits)


def kinds(app: Deployment) -> list[str]:
    """Return the types of what was told."""
    return [event.type.removeprefix("easgate.trust.") for event in app.trust_events.sent]


def test_timer_tells_of_lists_where_somebody_wants_to_know(app: Deployment) -> None:
    app.world.clock.now = LATER
    tick(app)
    assert app.lists.asked == kinds(app) == []
    watching(app)
    tick(app)
    assert kinds(app) == ["crl_stale.v1"] * 2


@pytest.mark.parametrize("trouble", [Retryable("busy"), NotPermitted("a permission is missing")])
def test_trouble_with_it_does_not_silence_the_watch_over_our_own_certificate(
    app: Deployment, trouble: Retryable | Misconfigured
) -> None:
    """Only what an administrator can change is raised, at the end."""
    watching(app)
    app.trusted[TENANT] = FakeTenant(down={"authorities": trouble, "classic_authorities": trouble})
    app.world.clock.now = a_certificate().expires_at
    if isinstance(trouble, Misconfigured):
        with pytest.raises(Misconfigured):
            tick(app)
    else:
        tick(app)
    assert app.world.events.types == ["certificate.expired"]
