"""Role groups, write scopes and applications are taken away again."""

import httpx
import pytest

from tests.contract.exchange_world import (
    APP_ID,
    GLOBAL_READER,
    OBJECT_ID,
    TENANT_ID,
    World,
    a_token,
    body_of,
)

GROUP, SCOPE, NAME = "EAS Managers", "EAS users", "easgate"
THINGS = (
    ("Remove-RoleGroup", "Get-RoleGroup"),
    ("Remove-ManagementScope", "Get-ManagementScope"),
    ("Remove-ServicePrincipal", "Get-ServicePrincipal"),
)


def a_world(roles: tuple[str, ...] = ("Mail Recipients",)) -> World:
    """Make the app a member of a scoped role group."""
    world = World()
    world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=OBJECT_ID, DisplayName=NAME)
    world.done("New-ManagementScope", Name=SCOPE, RecipientRestrictionFilter="Department -eq 'X'")
    world.done("New-RoleGroup", Name=GROUP, Roles=[*roles], CustomRecipientWriteScope=SCOPE)
    world.done("Add-RoleGroupMember", Identity=GROUP, Member=OBJECT_ID)
    return world


def as_member(world: World) -> int:
    """Return the status of a command run with a token that brings no directory role."""
    token = a_token(world.clock(), {"wids": None})
    headers = {"Authorization": f"Bearer {token}"}
    return world.invoke("Get-MobileDevice", headers=headers).status_code


def said(response: httpx.Response) -> str:
    return str(body_of(response)["error"]["details"][0]["message"])


def names(world: World, cmdlet: str) -> list[str]:
    return [row["Name"] for row in world.rows(cmdlet)]


def test_what_was_set_up_is_undone_in_the_opposite_order() -> None:
    world = a_world()
    assert as_member(world) == 200

    world.done("Remove-RoleGroupMember", Identity=GROUP, Member=OBJECT_ID, Confirm=False)
    group = world.done("Remove-RoleGroup", Identity=GROUP.upper(), Confirm=False, Force=True)
    scope = world.done("Remove-ManagementScope", Identity=SCOPE.upper(), Confirm=False, Force=True)
    principal = world.done("Remove-ServicePrincipal", Identity=OBJECT_ID, Confirm=False)

    assert [body["value"] for body in (group, scope, principal)] == [[], [], []]
    assert GROUP not in names(world, "Get-RoleGroup")
    assert names(world, "Get-ManagementScope") == names(world, "Get-ServicePrincipal") == []
    assert world.rows("Get-ManagementRoleAssignment", RoleAssignee=GROUP) == []
    assert as_member(world) == 403


@pytest.mark.parametrize(("remove", "get"), THINGS)
def test_an_id_names_what_is_to_go_and_the_name_is_free_again(remove: str, get: str) -> None:
    world = a_world(roles=())
    *_, row = world.rows(get)

    world.done(remove, Identity=row["Guid"], Confirm=False)

    assert row["Name"] not in names(world, get)
    if remove == "Remove-ManagementScope":
        world.done("New-ManagementScope", Name=SCOPE, RecipientRestrictionFilter="City -eq 'Y'")
    elif remove == "Remove-RoleGroup":
        world.done("New-RoleGroup", Name=GROUP)
    else:
        world.done("New-ServicePrincipal", AppId=APP_ID, ObjectId=OBJECT_ID)


@pytest.mark.parametrize(("remove", "get"), THINGS)
def test_the_question_and_what_if_remove_nothing_and_no_word_at_all_does(
    remove: str, get: str
) -> None:
    world = a_world(roles=())
    name = names(world, get)[-1]

    asked = world.done(remove, Identity=name, Confirm=True)
    world.done(remove, Identity=name, Confirm=False, WhatIf=True)

    assert asked["@adminapi.confirmationmessage"]
    assert name in names(world, get)
    world.done(remove, Identity=name)
    assert name not in names(world, get)


def test_a_role_group_goes_while_it_has_members_and_they_lose_what_it_gave() -> None:
    world = a_world()

    world.done("Remove-RoleGroup", Identity=GROUP, Confirm=False)

    assert as_member(world) == 403
    assert names(world, "Get-ServicePrincipal") == [OBJECT_ID]


@pytest.mark.parametrize("identity", [OBJECT_ID.upper(), APP_ID, NAME.upper()])
def test_an_application_goes_by_any_of_its_ids_and_leaves_its_groups(identity: str) -> None:
    world = a_world()

    world.done("Remove-ServicePrincipal", Identity=identity, Confirm=False)

    [group] = world.rows("Get-RoleGroup", Identity=GROUP)
    assert group["Members"] == []
    assert as_member(world) == 403
    order = {"Identity": GROUP, "Member": OBJECT_ID}
    assert "couldn't be found on" in said(world.invoke("Remove-RoleGroupMember", order))


def test_a_membership_may_outlive_its_application_and_then_nobody_can_name_it() -> None:
    world = a_world()
    world.tenant.administration.memberships_outlive_principals = True

    world.done("Remove-ServicePrincipal", Identity=OBJECT_ID, Confirm=False)

    [group] = world.rows("Get-RoleGroup", Identity=GROUP)
    assert group["Members"] == [OBJECT_ID]
    assert as_member(world) == 200
    order = {"Identity": GROUP, "Member": OBJECT_ID}
    assert "couldn't be found on" in said(world.invoke("Remove-RoleGroupMember", order))


@pytest.mark.parametrize("remove", [*(cmdlet for cmdlet, _ in THINGS), "Remove-RoleGroupMember"])
def test_the_role_that_holds_a_removal_is_role_management_alone(remove: str) -> None:
    world = World()
    token = a_token(world.clock(), {"wids": [GLOBAL_READER]})
    headers = {"Authorization": f"Bearer {token}", "CommandName": "*"}
    url = f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile?Version=3.7.0"

    def exported(**changed: str) -> list[str]:
        [row] = body_of(world.client.get(url, headers=headers | changed))["value"]
        return str(row["exportedCmdlets"]).split(",")

    assert [row["Name"] for row in world.rows("Get-ManagementRole", Cmdlet=remove)] == [
        "Role Management"
    ]
    assert remove in exported(Authorization=f"Bearer {a_token(world.clock())}")
    assert remove not in exported()
    assert world.invoke(remove, {"Identity": "x"}, headers=headers).status_code == 403
