"""What decides over all devices is read with a fingerprint; wipes and syncs for some devices."""

import pytest
import stamina

from infra.local.simulators.exchange import faults
from shared.devices.model import AccessLevel, WipeState
from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from tests.contract.inventory_world import InventoryWorld, an_inventory, with_row

STATISTICS = "Get-MobileDeviceStatistics"


@pytest.fixture
def world() -> InventoryWorld:
    return an_inventory()


def test_policies_rules_and_default_are_read(world: InventoryWorld) -> None:
    world.client.done("New-MobileDeviceMailboxPolicy", Name="A strict one", Confirm=False)
    world.client.tenant.add_rule("DeviceModel", "Old", "Block")
    world.client.tenant.set_default_access_level("Quarantine")

    settings = world.inventory.settings()

    assert settings.policies == ("A strict one", "Default")
    assert [(rule.characteristic, rule.query) for rule in settings.rules] == [
        ("DeviceModel", "Old")
    ]
    assert settings.default is AccessLevel.QUARANTINE
    assert len(settings.fingerprint) == 8


def test_every_change_is_noticed(world: InventoryWorld) -> None:
    tenant = world.client.tenant
    prints = [world.inventory.settings().fingerprint]

    for change in (
        lambda: tenant.add_rule("DeviceModel", "Old", "Block"),
        lambda: tenant.add_rule("DeviceModel", "Old", "Quarantine"),
        lambda: tenant.add_rule("DeviceType", "Old", "Quarantine"),
        lambda: tenant.set_default_access_level("Block"),
        lambda: world.client.done("New-MobileDeviceMailboxPolicy", Name="B", Confirm=False),
    ):
        change()
        prints.append(world.inventory.settings().fingerprint)

    assert len(set(prints)) == len(prints)


def test_the_order_of_rules_does_not_count() -> None:
    one, another = an_inventory(), an_inventory()
    for query in ("A", "B", "C"):
        one.client.tenant.add_rule("DeviceModel", query, "Block")
    for query in ("C", "A", "B"):
        another.client.tenant.add_rule("DeviceModel", query, "Block")

    assert one.inventory.settings().fingerprint == another.inventory.settings().fingerprint


def test_syncs_and_wipes_are_read_ten_at_a_time(world: InventoryWorld) -> None:
    tenant = world.client.tenant
    devices = [tenant.add_device(world.client.mailbox, device_id=f"d{n}") for n in range(25)]
    world.client.done("Clear-MobileDevice", Identity=str(devices[3].guid), Confirm=False)
    guids = [str(device.guid) for device in devices]

    told = world.inventory.statistics(guids)

    assert list(told) == guids
    states = [state for state in told.values() if isinstance(state, WipeState)]
    assert [state.last_sync_at for state in states] == [world.client.clock()] * 25
    assert [bool(state.device.requested_at) for state in states].index(True) == 3


def test_one_that_fails_does_not_hide_the_others(world: InventoryWorld) -> None:
    tenant = world.client.tenant
    good, gone, shut, odd, blank = (
        tenant.add_device(tenant.add_mailbox(f"u{n}@contoso.com"), device_id="d") for n in range(5)
    )
    tenant.remove_device(gone)
    shut.mailbox.store_failure = "StorageTransientException"
    blank.has_sync_state = False
    never = with_row(0, LastSuccessSync="never")
    world.client.exchange.faults.inject(never, cmdlet=STATISTICS, identity=str(odd.guid))

    with stamina.set_testing(True):
        told = world.inventory.statistics(
            [str(each.guid) for each in (good, gone, shut, odd, blank)]
        )

    kinds: list[type[object]] = [type(answer) for answer in told.values()]
    assert kinds == [WipeState, NotFound, Retryable, Misconfigured, NotFound]


def test_nothing_asked_asks_nothing(world: InventoryWorld) -> None:
    assert world.inventory.statistics([]) == {}
    assert not world.client.exchange.calls


def test_an_empty_guid_would_stand_for_all_devices(world: InventoryWorld) -> None:
    with pytest.raises(Rejected):
        world.inventory.statistics([""])


def test_throttling_is_each_ones_failure(world: InventoryWorld) -> None:
    device = world.client.tenant.add_device(world.client.mailbox, device_id="d")
    world.client.exchange.faults.inject(faults.throttled("60"), times=None)

    [answer] = world.inventory.statistics([str(device.guid)]).values()

    assert isinstance(answer, Retryable)
