"""Our client for the switch of modern authentication, in front of the simulated Exchange."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import stamina

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import Fault
from shared.errors import NotPermitted, Retryable
from shared.exchange.organization import GET, SET, SWITCH, Organization
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import APP_ID, OBJECT_ID


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Try again at once."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture
def world() -> ClientWorld:
    """Return a tenant of its own, where the switch is on."""
    return ClientWorld()


def organization(world: ClientWorld) -> Organization:
    """Return our side of it; its waits pass at once."""
    return Organization(world.transport, lambda seconds: world.clock.advance(seconds=seconds))


def test_switch_is_read_as_it_stands(world: ClientWorld) -> None:
    """A tenant of today has it on."""
    assert organization(world).modern_authentication() is True
    world.done(SET, **{SWITCH: False})
    assert organization(world).modern_authentication() is False


def test_switch_is_set_however_often(world: ClientWorld) -> None:
    for enabled in (False, False, True, True):
        organization(world).set_modern_authentication(enabled=enabled)
        assert organization(world).modern_authentication() is enabled


def test_change_that_takes_its_time_is_waited_for(world: ClientWorld) -> None:
    world.tenant.replication_delay = timedelta(seconds=2)
    organization(world).set_modern_authentication(enabled=False)
    assert organization(world).modern_authentication() is False


def test_change_that_is_not_shown_is_repeated_later(world: ClientWorld) -> None:
    world.tenant.replication_delay = timedelta(minutes=5)
    with pytest.raises(Retryable, match="does not show it yet"):
        organization(world).set_modern_authentication(enabled=False)
    world.clock.advance(minutes=5)
    organization(world).set_modern_authentication(enabled=False)
    assert organization(world).modern_authentication() is False


@pytest.mark.parametrize(
    "fault", [faults.dropped_before_effect, faults.dropped_after_effect], ids=["before", "after"]
)
def test_cut_connection_loses_nothing(world: ClientWorld, fault: Callable[[], Fault]) -> None:
    """The cmdlet may run twice: it sets what it is told."""
    world.exchange.faults.inject(fault(), cmdlet=SET)
    organization(world).set_modern_authentication(enabled=False)
    assert organization(world).modern_authentication() is False


@pytest.mark.parametrize("cmdlet", [GET, SET])
def test_wait_that_exchange_asks_for_is_kept(world: ClientWorld, cmdlet: str) -> None:
    world.exchange.faults.inject(faults.throttled("60"), cmdlet=cmdlet)
    with pytest.raises(Retryable) as failure:
        organization(world).set_modern_authentication(enabled=False)
    assert failure.value.after == timedelta(minutes=1)


@pytest.mark.parametrize("cmdlet", [GET, SET])
def test_exchange_that_is_down_is_asked_again_later(world: ClientWorld, cmdlet: str) -> None:
    world.exchange.faults.inject(faults.unavailable("60"), cmdlet=cmdlet, times=None)
    with pytest.raises(Retryable):
        organization(world).set_modern_authentication(enabled=False)


def test_answer_without_a_value_is_none_that_says_off(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.without_value(), cmdlet=GET, times=None)
    with pytest.raises(Retryable):
        organization(world).modern_authentication()


def test_roles_that_the_refusals_name_are_those_that_help(world: ClientWorld) -> None:
    """First to read, then to set."""
    world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=OBJECT_ID, DisplayName="easgate")
    for group, role in (
        ("recipients", "View-Only Recipients"),
        ("readers", "View-Only Configuration"),
        ("writers", "Organization Configuration"),
    ):
        world.done("New-RoleGroup", Name=group, Roles=[role])

    def join(group: str) -> None:
        world.done("Add-RoleGroupMember", Identity=group, Member=OBJECT_ID)

    join("recipients")
    world.bearer.claims = {"wids": None}
    ours = organization(world)
    with pytest.raises(NotPermitted, match="management role View-Only Configuration"):
        ours.modern_authentication()
    join("readers")
    assert ours.modern_authentication() is True
    with pytest.raises(NotPermitted, match="management role Organization Configuration"):
        ours.set_modern_authentication(enabled=False)
    join("writers")
    ours.set_modern_authentication(enabled=False)
    assert ours.modern_authentication() is False
