"""Role groups, write scopes and applications that may not be taken away, and orders that fail."""

from typing import Any

import pytest

from infra.local.simulators.exchange.answers import ErrorStyle, Prefix
from tests.contract.exchange_world import OBJECT_ID, World
from tests.contract.test_exchange_simulator_removals import GROUP, NAME, SCOPE, a_world, names, said

OTHER_APP = "9d1f3f0e-0a75-4d9b-8e35-6f8a3f6cb111"
OTHER_OBJECT = "1f2a0b57-1c7e-4c54-9b83-ab1d7f0e2222"
REMOVALS = ("Remove-RoleGroup", "Remove-ManagementScope", "Remove-ServicePrincipal")


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("remove", REMOVALS)
def test_what_is_not_there_is_not_found_by_name_of_the_exception(remove: str, status: int) -> None:
    world = World()
    world.exchange.error_style = ErrorStyle(prefix=Prefix.TYPED, not_found_status=status)

    response = world.invoke(remove, {"Identity": OBJECT_ID, "Confirm": False})

    assert response.status_code == status
    assert "|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|" in (
        message := said(response)
    )
    assert f"object '{OBJECT_ID}' couldn't be found on" in message


@pytest.mark.parametrize(
    "name", ["Organization Management", "recipient management", "View-Only Organization Management"]
)
def test_a_role_group_that_every_tenant_has_stays(name: str) -> None:
    world = World()
    before = names(world, "Get-RoleGroup")

    order = {"Identity": name, "Force": True, "BypassSecurityGroupManagerCheck": True}
    response = world.invoke("Remove-RoleGroup", order)

    assert (response.status_code, "can't be removed" in said(response)) == (400, True)
    assert names(world, "Get-RoleGroup") == before


def test_a_scope_stays_while_a_role_assignment_uses_it() -> None:
    world = a_world()
    order = {"Identity": SCOPE, "Confirm": False, "Force": True}

    response = world.invoke("Remove-ManagementScope", order)

    assert (response.status_code, GROUP in said(response)) == (400, True)
    assert names(world, "Get-ManagementScope") == [SCOPE]
    world.done("Remove-RoleGroup", Identity=GROUP, Confirm=False)
    world.done("Remove-ManagementScope", **order)


def test_a_display_name_of_two_applications_names_neither() -> None:
    world = a_world()
    world.done("New-ServicePrincipal", AppId=OTHER_APP, ObjectId=OTHER_OBJECT, DisplayName=NAME)

    response = world.invoke("Remove-ServicePrincipal", {"Identity": NAME, "Confirm": False})

    assert (response.status_code, "matches multiple entries" in said(response)) == (400, True)
    assert names(world, "Get-ServicePrincipal") == [OBJECT_ID, OTHER_OBJECT]


@pytest.mark.parametrize(
    ("cmdlet", "member"),
    [
        ("Remove-RoleGroup", {}),
        ("Remove-RoleGroupMember", {"Member": OBJECT_ID}),
        ("Add-RoleGroupMember", {"Member": OTHER_OBJECT}),
    ],
)
def test_a_group_that_others_manage_is_changed_only_past_that_check(
    cmdlet: str, member: dict[str, object]
) -> None:
    world = a_world()
    world.done("New-ServicePrincipal", AppId=OTHER_APP, ObjectId=OTHER_OBJECT)
    group = world.tenant.role_groups[-1]
    group.managed_by_others = True
    order = {"Identity": GROUP, **member}

    refused = world.invoke(cmdlet, order)

    assert (refused.status_code, "aren't a manager" in said(refused)) == (400, True)
    [row] = world.rows("Get-RoleGroup", Identity=GROUP)
    assert row["ManagedBy"] == ["Somebody Else"]
    assert (world.tenant.role_groups[-1], group.members) == (group, {OBJECT_ID})
    world.done(cmdlet, **order, BypassSecurityGroupManagerCheck=True)


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        *((cmdlet, {}) for cmdlet in REMOVALS),
        *((cmdlet, {"Identity": ""}) for cmdlet in REMOVALS),
        *((cmdlet, {"Identity": None}) for cmdlet in REMOVALS),
        *((cmdlet, {"Identity": [GROUP]}) for cmdlet in REMOVALS),
        *((cmdlet, {"Identity": NAME, "DomainController": "dc"}) for cmdlet in REMOVALS),
        ("Remove-ServicePrincipal", {"Identity": NAME, "Force": True}),
        ("Remove-ManagementScope", {"Identity": SCOPE, "BypassSecurityGroupManagerCheck": True}),
        ("Remove-RoleGroup", {"Identity": GROUP, "Member": OBJECT_ID}),
        ("Remove-RoleGroup", {"Identity": GROUP, "Force": "true"}),
        ("Remove-RoleGroupMember", {"Identity": GROUP, "Member": OBJECT_ID, "Force": True}),
    ],
)
def test_what_these_cmdlets_do_not_take_removes_nothing(
    cmdlet: str, parameters: dict[str, Any]
) -> None:
    world = a_world(roles=())

    assert world.invoke(cmdlet, parameters).status_code == 400

    for get in ("Get-ManagementScope", "Get-ServicePrincipal"):
        assert len(names(world, get)) == 1
    assert [row["Members"] for row in world.rows("Get-RoleGroup", Identity=GROUP)] == [[OBJECT_ID]]
