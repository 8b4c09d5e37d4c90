"""What the simulated Exchange lets the app run decides which actions are refused up front."""

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import MODULE_FILE
from shared.devices.model import Action
from shared.errors import Misconfigured
from shared.exchange.admin import ExchangeAdmin
from shared.exchange.probe import Probe
from tests.contract.exchange_client import ClientWorld
from tests.contract.exchange_world import APP_ID, OBJECT_ID

READER, WRITER = "Device readers", "Device writers"


@pytest.fixture
def world() -> ClientWorld:
    """Let the app read recipients and settings, and write nothing."""
    world = ClientWorld()
    world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=OBJECT_ID, DisplayName="easgate")
    reads = ["View-Only Recipients", "View-Only Configuration"]
    world.done("New-RoleGroup", Name=READER, Roles=reads)
    world.done("New-RoleGroup", Name=WRITER, Roles=["Mail Recipients"])
    world.done("Add-RoleGroupMember", Identity=READER, Member=OBJECT_ID)
    world.bearer.claims = {"wids": None}
    return world


def admin_of(world: ClientWorld) -> ExchangeAdmin:
    probe = Probe(world.transport.exported_cmdlets, world.clock)
    return ExchangeAdmin(world.transport, probe, sleep=world.waited.append)


def test_what_is_missing_is_named_with_its_remedy_until_it_is_granted(world: ClientWorld) -> None:
    admin = admin_of(world)
    with pytest.raises(Misconfigured) as raised:
        admin.require(Action.WIPE_DEVICE)

    said = str(raised.value)
    assert said.startswith("wipe_device needs Clear-MobileDevice, which Exchange does not let")
    assert "management role Mail Recipients" in said
    assert "Get-MobileDevice," not in said  # which may be run

    world.done("Add-RoleGroupMember", Identity=WRITER, Member=OBJECT_ID)
    with pytest.raises(Misconfigured):
        admin.require(Action.WIPE_DEVICE)
    world.clock.advance(minutes=1)
    for action in Action:
        admin.require(action)


def test_what_cannot_be_read_stands_in_nobodys_way(world: ClientWorld) -> None:
    world.exchange.faults.inject(faults.forbidden_nul(), cmdlet=MODULE_FILE, times=None)

    admin_of(world).require(Action.WIPE_DEVICE)
