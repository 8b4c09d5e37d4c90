"""Applications, role groups and write scopes: who may do what to whom."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.simulators.exchange.cmdlets import CMDLETS
from tests.contract.exchange_world import (
    APP_ID,
    GLOBAL_READER,
    OBJECT_ID,
    TENANT_ID,
    World,
    a_token,
    amend,
    body_of,
)

FILTER = "CustomAttribute1 -eq 'EAS' -and Department -ne 'Board'"


def as_member(world: World, cmdlet: str, **parameters: object) -> httpx.Response:
    """Run a cmdlet with a token that brings no directory role."""
    token = a_token(world.clock(), {"wids": None})
    return world.invoke(cmdlet, parameters, headers={"Authorization": f"Bearer {token}"})


def a_world_with_scope() -> World:
    """Make lee one of those in scope, and the app a member of a scoped role group."""
    world = World()
    attributes = {"CustomAttribute1": "EAS", "Department": "Sales"}
    world.tenant.add_mailbox("lee@contoso.com", attributes=attributes)
    for owner in ("adele", "lee"):
        world.tenant.add_device(f"{owner}@contoso.com", device_id=owner.upper())
    world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=OBJECT_ID, DisplayName="easgate")
    world.done("New-ManagementScope", Name="EAS users", RecipientRestrictionFilter=FILTER)
    world.done(
        "New-RoleGroup",
        Name="EAS Managers",
        Roles=["Mail Recipients", "Organization Client Access"],
        CustomRecipientWriteScope="EAS users",
    )
    return world


def test_an_application_is_known_then_a_member_then_let_in() -> None:
    world = a_world_with_scope()
    assert as_member(world, "Get-MobileDevice").status_code == 403

    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)
    assert as_member(world, "Get-MobileDevice").status_code == 200
    assert as_member(world, "Get-OrganizationConfig").status_code == 403

    world.done("Remove-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID, Confirm=False)
    assert as_member(world, "Get-MobileDevice").status_code == 403


def test_the_object_id_of_something_else_lets_nobody_in() -> None:
    world = World()
    wrong = "99999999-52b0-4a0e-8a55-1b1f6f0d7a02"
    world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=wrong)
    world.done("New-RoleGroup", Name="All", Roles=["Mail Recipients"], Members=[wrong])

    assert as_member(world, "Get-MobileDevice").status_code == 403


def test_an_application_may_join_a_role_group_that_every_tenant_has() -> None:
    world = a_world_with_scope()
    names = [row["Name"] for row in world.rows("Get-RoleGroup")]

    world.done("Add-RoleGroupMember", Identity="Recipient Management", Member=OBJECT_ID)

    assert names[:2] == ["Organization Management", "Recipient Management"]
    aim = {"Identity": "adele@contoso.com", "ActiveSyncEnabled": False}
    assert as_member(world, "Set-CASMailbox", **aim).status_code == 200
    assert as_member(world, "New-MobileDeviceMailboxPolicy", Name="x").status_code == 403


def test_a_new_member_may_have_to_wait_until_the_news_has_spread() -> None:
    world = a_world_with_scope()
    world.tenant.administration.propagation = timedelta(minutes=10)

    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)

    assert as_member(world, "Get-MobileDevice").status_code == 403
    world.clock.advance(minutes=10)
    assert as_member(world, "Get-MobileDevice").status_code == 200


def test_a_member_is_added_once_and_removed_once() -> None:
    world = a_world_with_scope()
    order = {"Identity": "EAS Managers", "Member": OBJECT_ID}

    def refused(cmdlet: str) -> str:
        error = body_of(world.invoke(cmdlet, order))["error"]
        return str(error["details"][0]["message"])

    assert "isn't a member of the group" in refused("Remove-RoleGroupMember")
    world.done("Add-RoleGroupMember", **order)
    assert "is already a member of the group" in refused("Add-RoleGroupMember")


@pytest.mark.parametrize(
    ("cmdlet", "change"),
    [
        ("Set-CASMailbox", {"ActiveSyncBlockedDeviceIDs": amend(Add="X")}),
        ("Clear-MobileDevice", {"Confirm": False}),
        ("Remove-MobileDevice", {"Confirm": False}),
    ],
)
def test_recipients_outside_the_write_scope_are_read_and_not_changed(
    cmdlet: str, change: dict[str, object]
) -> None:
    world = a_world_with_scope()
    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)

    def aim(owner: str) -> str:
        [row] = world.rows("Get-MobileDevice", Mailbox=owner)
        return owner if cmdlet == "Set-CASMailbox" else str(row["Guid"])

    inside = as_member(world, cmdlet, Identity=aim("lee@contoso.com"), **change)
    outside = as_member(world, cmdlet, Identity=aim("adele@contoso.com"), **change)

    assert (inside.status_code, outside.status_code) == (200, 400)
    message = body_of(outside)["error"]["details"][0]["message"]
    assert message.endswith("isn't within your current write scopes. Can't perform save operation.")
    assert world.mailbox.blocked_ids == []
    assert len(world.mailbox.devices) == 1
    assert len(body_of(as_member(world, "Get-MobileDevice"))["value"]) >= 1


def test_a_scope_does_not_narrow_the_organization_and_a_directory_role_widens_it() -> None:
    world = a_world_with_scope()
    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)
    order = {"Identity": "adele@contoso.com", "ActiveSyncEnabled": False}

    settings = as_member(world, "Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Block")

    assert settings.status_code == 200
    assert world.invoke("Set-CASMailbox", order).status_code == 200


def test_a_group_that_may_only_read_everybody_widens_no_write_scope() -> None:
    world = a_world_with_scope()
    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)
    world.done("New-RoleGroup", Name="R", Roles=["View-Only Recipients"], Members=[OBJECT_ID])
    order = {"Identity": "adele@contoso.com", "ActiveSyncEnabled": False}

    assert as_member(world, "Set-CASMailbox", **order).status_code == 400


def test_role_groups_scopes_and_assignments_are_listed() -> None:
    world = a_world_with_scope()
    world.done("Add-RoleGroupMember", Identity="EAS Managers", Member=OBJECT_ID)

    *_, group = world.rows("Get-RoleGroup")
    [scope] = world.rows("Get-ManagementScope", Identity="EAS users")
    [principal] = world.rows("Get-ServicePrincipal")
    rows = world.rows("Get-ManagementRoleAssignment", RoleAssignee="EAS Managers")

    assert group["Roles"] == ["Mail Recipients", "Organization Client Access"]
    assert group["Members"] == [OBJECT_ID]
    assert scope["RecipientFilter"] == FILTER
    assert (principal["AppId"], principal["ObjectId"]) == (APP_ID, OBJECT_ID)
    assert [row["Role"] for row in rows] == group["Roles"]
    assert {row["CustomRecipientWriteScope"] for row in rows} == {"EAS users"}
    assert {row["RecipientWriteScope"] for row in rows} == {"CustomRecipientScope"}


def test_which_role_holds_a_cmdlet_and_its_parameters() -> None:
    world = World()

    def roles(**parameters: object) -> list[str]:
        return [row["Name"] for row in world.rows("Get-ManagementRole", **parameters)]

    assert roles(Cmdlet="Clear-MobileDevice") == ["Mail Recipients"]
    assert roles(Cmdlet="Set-CASMailbox", CmdletParameters=["EwsAllowList", "Confirm"]) == [
        "Mail Recipients",
        "User Options",
    ]
    assert roles(Cmdlet="Set-CASMailbox", CmdletParameters=["ResetAutoBlockedDevices"]) == []
    assert roles(Cmdlet="Get-Weather") == []
    assert "Role Management" in roles()


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("New-ServicePrincipal", {"AppId": APP_ID}),
        ("New-ServicePrincipal", {"AppId": "easgate", "ObjectId": OBJECT_ID}),
        ("New-ServicePrincipal", {"AppId": APP_ID, "ObjectId": OBJECT_ID}),
        ("New-ManagementScope", {"Name": "x"}),
        ("New-ManagementScope", {"Name": "x" * 65, "RecipientRestrictionFilter": FILTER}),
        ("New-ManagementScope", {"Name": "x", "RecipientRestrictionFilter": "Shoe -eq '9'"}),
        ("New-ManagementScope", {"Name": "EAS USERS", "RecipientRestrictionFilter": FILTER}),
        ("New-RoleGroup", {"Roles": ["Mail Recipients"]}),
        ("New-RoleGroup", {"Name": "eas managers"}),
        ("New-RoleGroup", {"Name": "x", "Roles": ["Gardener"]}),
        ("New-RoleGroup", {"Name": "x", "CustomRecipientWriteScope": "nowhere"}),
        ("Add-RoleGroupMember", {"Identity": "EAS Managers", "Member": APP_ID}),
        ("Add-RoleGroupMember", {"Identity": "nothing", "Member": OBJECT_ID}),
    ],
)
def test_what_does_not_fit_is_refused(cmdlet: str, parameters: dict[str, Any]) -> None:
    assert a_world_with_scope().invoke(cmdlet, parameters).status_code in {400, 404}


def test_no_application_access_policy_is_an_error_and_not_an_empty_list() -> None:
    error = body_of(World().invoke("Get-ApplicationAccessPolicy"))["error"]

    assert "\\*' couldn't be found on" in error["details"][0]["message"]


def test_an_application_access_policy_is_listed_and_keeps_nobody_from_anything() -> None:
    world = World()
    order = {"AppId": [APP_ID], "PolicyScopeGroupId": "adele@contoso.com"}
    assert world.invoke("New-ApplicationAccessPolicy", order).status_code == 400

    world.done("New-ApplicationAccessPolicy", AccessRight="DenyAccess", **order)

    [row] = world.rows("Get-ApplicationAccessPolicy")
    assert (row["AppId"], row["AccessRight"]) == (APP_ID, "DenyAccess")
    world.done("Set-CASMailbox", Identity="adele@contoso.com", ActiveSyncEnabled=False)


@pytest.mark.parametrize("wids", [[GLOBAL_READER], ["29232cdf-9323-42fd-ade2-1d097af3e4de"]])
def test_the_module_file_lists_exactly_what_does_not_answer_403(wids: list[str]) -> None:
    world = World()
    token = a_token(world.clock(), {"wids": wids})
    headers = {"Authorization": f"Bearer {token}", "CommandName": "*"}
    url = f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile?Version=3.7.0"

    [row] = body_of(world.client.get(url, headers=headers))["value"]

    headers = {"Authorization": f"Bearer {token}"}
    open_to_us = {
        name
        for name in CMDLETS
        if world.invoke(name, {"Identity": "x"}, headers=headers).status_code != 403
    }
    assert set(row["exportedCmdlets"].split(",")) == open_to_us
