"""Stale devices of the simulated Exchange are planned and removed by the real client."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import Fault
from shared.devices.operation import State
from shared.devices.stale import Removal
from shared.errors import Conflict
from tests.contract.exchange_world import TENANT_ID
from tests.contract.stale_tenant import OWNER, StaleTenant, stale_tenant

STATISTICS, REMOVE = "Get-MobileDeviceStatistics", "Remove-MobileDevice"


@pytest.fixture
def tenant(storage: str) -> Iterator[StaleTenant]:
    """Two devices that nobody has used for 100 days, one that is in use, and a new one."""
    with stale_tenant(storage) as made:
        made.add("OLD1", "OLD2", "USED")
        made.client.clock.advance(days=100)
        made.sync("USED")
        made.add("NEW")
        yield made


def planned(tenant: StaleTenant) -> list[Removal]:
    plan = tenant.plans.last(TENANT_ID)
    assert plan is not None
    return list(tenant.plans.removals(plan, 0, 100))


def test_what_the_plan_shows_is_removed_and_nothing_else(tenant: StaleTenant) -> None:
    plan = tenant.plan()
    assert (plan["counts"]["removals"], plan["counts"]["kept_in_use"]) == (2, 2)
    assert tenant.asked_for(STATISTICS) == 3  # a new device is not asked for
    assert {each.device_id for each in planned(tenant)} == {"OLD1", "OLD2"}
    assert tenant.left() == {"OLD1", "OLD2", "USED", "NEW"}

    assert tenant.remove(plan) == {"removed": 2}

    assert tenant.left() == {"USED", "NEW"}
    assert tenant.events.types == ["device.gone"] * 2
    assert {event.data["asked_by"] for event in tenant.events.sent} == {"helpdesk:jo"}


def test_a_device_that_syncs_after_the_plan_stays(tenant: StaleTenant) -> None:
    plan = tenant.plan()
    tenant.client.clock.advance(hours=1)
    tenant.sync("OLD1")

    assert tenant.remove(plan) == {"removed": 1, "synced_since": 1}

    assert tenant.left() == {"OLD1", "USED", "NEW"}


def test_a_plan_of_yesterday_is_refused(tenant: StaleTenant) -> None:
    plan = tenant.plan()
    tenant.client.clock.advance(hours=25)
    named = {name: plan[name] for name in ("plan_id", "plan_hash")}
    with pytest.raises(Conflict, match="older than"):
        tenant.order("remove_stale", **named)
    assert tenant.left() == {"OLD1", "OLD2", "USED", "NEW"}


def test_a_device_whose_mailbox_cannot_be_opened_stays_and_holds_up_nobody(storage: str) -> None:
    with stale_tenant(storage) as tenant:
        tenant.client.tenant.add_mailbox("bob@contoso.com")
        tenant.add("OLD")
        tenant.add("BOBS", owner="bob@contoso.com")
        tenant.client.clock.advance(days=100)
        tenant.client.mailbox.store_failure = "StorageTransientException"

        counts = tenant.plan()["counts"]

        assert (counts["removals"], counts["kept_statistics_unknown"]) == (1, 1)


def test_list_entries_are_dropped_if_the_plan_says_so(tenant: StaleTenant) -> None:
    tenant.client.mailbox.allowed_ids = ["old1", "USED"]
    tenant.client.mailbox.blocked_ids = ["OLD2"]

    assert tenant.remove(tenant.plan(list_entries="drop")) == {"removed": 2}

    assert tenant.client.mailbox.allowed_ids == ["USED"]
    assert tenant.client.mailbox.blocked_ids == []


def test_list_entries_stay_by_default(tenant: StaleTenant) -> None:
    tenant.client.mailbox.allowed_ids = ["OLD1"]
    tenant.remove(tenant.plan())
    assert tenant.client.mailbox.allowed_ids == ["OLD1"]


@pytest.mark.parametrize(
    "fault",
    [faults.dropped_after_effect(), faults.throttled("30"), faults.gateway_timeout()],
    ids=["done, and no answer", "throttled", "timed out"],
)
def test_a_removal_whose_answer_is_lost_is_made_good(tenant: StaleTenant, fault: Fault) -> None:
    plan = tenant.plan()
    tenant.client.exchange.faults.inject(fault, cmdlet=REMOVE)

    assert tenant.remove(plan) == {"removed": 2}

    assert tenant.left() == {"USED", "NEW"}
    assert len({event.id for event in tenant.events.sent}) == len(tenant.events.sent) == 2


def test_a_role_that_is_missing_is_waited_for(tenant: StaleTenant) -> None:
    plan = tenant.plan()
    tenant.client.exchange.faults.inject(faults.forbidden_nul(), cmdlet=REMOVE)
    assert tenant.remove(plan) == {"removed": 2}


def test_many_devices_take_many_workers_and_each_is_asked_once(tenant: StaleTenant) -> None:
    """A handling that has no time at all still makes progress."""
    tenant.add(*(f"MANY{number}" for number in range(230)))
    tenant.client.clock.advance(days=100)
    tenant.lasts *= 0
    before = tenant.asked_for(STATISTICS)

    plan = tenant.plan(protect={"device_ids": [f"many{number}" for number in range(220)]})

    assert tenant.asked_for(STATISTICS) - before == 234
    assert plan["counts"]["kept_protected_device"] == 220
    assert tenant.remove(plan) == {"removed": 14}
    assert tenant.asked_for(REMOVE) == 14


def test_the_operation_of_each_device_tells_of_it(tenant: StaleTenant) -> None:
    tenant.remove(tenant.plan())
    [event, _] = tenant.events.sent
    operation = tenant.journal.find(TENANT_ID, str(event.data["operation_id"]))
    assert operation is not None
    assert (operation.state, operation.mailbox) == (State.DONE, OWNER)
    assert "stale: no sync since 2026-03-02" in operation.history[0].note
