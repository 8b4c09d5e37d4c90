"""The organization's configuration in Exchange: modern authentication, and who may switch it."""

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


def as_member(world: World, cmdlet: str, *roles: str, **parameters: object) -> httpx.Response:
    """Run a cmdlet as an app whose one role group holds *roles*."""
    name = " and ".join(roles)
    world.tenant.add_role_group(name, members=[APP_ID], roles=roles)
    token = a_token(world.clock(), {"wids": None})
    return world.invoke(cmdlet, parameters, headers={"Authorization": f"Bearer {token}"})


def test_modern_authentication_is_on_until_somebody_switches_it_off() -> None:
    world = World()
    [before] = world.rows("Get-OrganizationConfig")
    assert before["OAuth2ClientProfileEnabled"] is True

    world.done("Set-OrganizationConfig", OAuth2ClientProfileEnabled=False)

    [after] = world.rows("Get-OrganizationConfig")
    assert after == before | {"OAuth2ClientProfileEnabled": False}
    world.done("Set-OrganizationConfig", OAuth2ClientProfileEnabled=True)
    assert world.rows("Get-OrganizationConfig") == [before]


def test_the_other_switches_are_left_alone_or_set() -> None:
    world = World()

    world.done(
        "Set-OrganizationConfig",
        OutlookMobileGCCRestrictionsEnabled=True,
        EwsApplicationAccessPolicy="EnforceBlockList",
    )

    [row] = world.rows("Get-OrganizationConfig")
    assert row["OutlookMobileGCCRestrictionsEnabled"] is True
    assert row["EwsApplicationAccessPolicy"] == "EnforceBlockList"
    assert (row["OAuth2ClientProfileEnabled"], row["MobileAppEducationEnabled"]) == (True, True)


@pytest.mark.parametrize(
    "parameters",
    [
        {"OAuth2ClientProfileEnabled": "yes"},
        {"OAuth2ClientProfileEnabled": None},
        {"Oauth2ClientProfile": True},
        {"Identity": "contoso.onmicrosoft.com"},
        {"EwsApplicationAccessPolicy": "Block"},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_and_changes_nothing(parameters: dict[str, object]) -> None:
    world = World()
    before = world.rows("Get-OrganizationConfig")

    assert world.invoke("Set-OrganizationConfig", parameters).status_code == 400
    assert world.rows("Get-OrganizationConfig") == before


def test_what_if_and_a_question_change_nothing() -> None:
    world = World()
    before = world.rows("Get-OrganizationConfig")

    for asked in ("WhatIf", "Confirm"):
        world.invoke("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": False, asked: True})

    assert world.rows("Get-OrganizationConfig") == before


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("View-Only Configuration", 200, 403),
        ("Organization Configuration", 200, 200),
        ("Organization Client Access", 403, 403),
        ("Mail Recipients", 403, 403),
    ],
)
def test_reading_and_writing_take_their_roles(role: str, reads: int, writes: int) -> None:
    switch = {"OAuth2ClientProfileEnabled": False}

    assert as_member(World(), "Get-OrganizationConfig", role).status_code == reads
    assert as_member(World(), "Set-OrganizationConfig", role, **switch).status_code == writes


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, {"Get-OrganizationConfig", "Set-OrganizationConfig"}),
        ({"wids": [GLOBAL_READER]}, {"Get-OrganizationConfig"}),
        ({"wids": None, "oid": OBJECT_ID}, set()),
    ],
    ids=["administrator", "reader", "nobody"],
)
def test_the_module_lists_what_the_roles_hold(
    claims: dict[str, object], expected: set[str]
) -> None:
    world = World()
    token = a_token(world.clock(), claims)
    headers = {"Authorization": f"Bearer {token}", "CommandName": "*"}
    path = f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile?Version=3.7.0"

    answer = world.client.get(path, headers=headers)

    listed = answer.text if answer.is_success else ""
    assert {name for name in expected | {"Set-OrganizationConfig"} if name in listed} == expected


def test_a_change_that_changes_nothing_warns() -> None:
    world = World()

    again = body_of(world.invoke("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": True}))

    assert "no settings" in again["@adminapi.warnings"][0]
