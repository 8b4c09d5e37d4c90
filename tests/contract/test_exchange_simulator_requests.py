"""What binds and what does not: the envelope and its parameters."""

import json
from typing import Any

import httpx
import pytest

from tests.contract.exchange_world import TENANT_ID, World, a_token, amend, body_of

BINDING = "Microsoft.Exchange.AdminApi.CommandInvocation"


def refused(world: World, cmdlet: str, **parameters: object) -> dict[str, Any]:
    response = world.invoke(cmdlet, parameters)
    assert response.status_code == 400
    return dict(body_of(response)["error"])


@pytest.mark.parametrize(
    "body",
    [
        {"CmdletInput": {"CmdletName": "Get-AcceptedDomain", "Parameters": None}},
        {"CmdletInput": {"CmdletName": "Get-AcceptedDomain", "Parameters": []}},
        {"CmdletInput": {"CmdletName": "Get-AcceptedDomain"}},
        {"CmdletInput": {"Parameters": {}}},
        {"CmdletInput": {"CmdletName": 1, "Parameters": {}}},
        {"CmdletName": "Get-AcceptedDomain", "Parameters": {}},
        {"CmdletInput": {"CmdletName": "Get-AcceptedDomain", "Parameters": {}}, "More": 1},
        [],
    ],
)
def test_a_body_of_another_shape_is_400(body: object) -> None:
    assert World().send(body).status_code == 400


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"not json", "application/json", 400),
        (b'{"CmdletInput": "\xa7"}', "application/json; charset=utf-8", 400),
    ],
)
def test_the_body_is_json_in_utf8(content: bytes, kind: str, status: int) -> None:
    world = World()
    headers = {"Authorization": f"Bearer {a_token(world.clock())}", "Content-Type": kind}
    url = f"/adminapi/beta/{TENANT_ID}/InvokeCommand"

    response = world.client.post(url, content=content, headers=headers)

    assert response.status_code == status


def test_an_unknown_parameter_is_named_in_details_and_inside() -> None:
    error = refused(World(), "Get-MobileDevice", Colour="red")

    text = (
        "Parameter set cannot be resolved using the specified named parameters."
        " Invalid cmdlet parameters specified. Colour"
    )
    kind = f"{BINDING}.AmbiguousParameterSetException"
    assert (error["code"], error["message"]) == ("BadRequest", "Invalid Operation")
    assert error["details"][0]["message"] == f"|{kind}|{text}"
    assert error["innererror"]["internalexception"] == {
        "message": text,
        "type": kind,
        "stacktrace": "",
    }


def test_a_bad_enum_value_has_no_details_and_lists_the_valid_ones() -> None:
    error = refused(World(), "Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Deny")

    assert "details" not in error
    inner = error["innererror"]["internalexception"]
    assert inner["type"] == f"{BINDING}.ParameterTransformationException"
    assert "'DefaultAccessLevel'" in inner["message"]
    assert "Allow, Block, Quarantine" in inner["message"]


def test_an_enum_binds_by_prefix_in_any_case() -> None:
    world = World()

    world.done("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="quar")

    [settings] = world.rows("Get-ActiveSyncOrganizationSettings")
    assert settings["DefaultAccessLevel"] == "Quarantine"


def test_an_ambiguous_prefix_does_not_bind() -> None:
    rule = {"QueryString": "iPhone", "Characteristic": "Device", "AccessLevel": "Block"}

    error = refused(World(), "New-ActiveSyncDeviceAccessRule", **rule)

    assert "DeviceModel" in error["innererror"]["internalexception"]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"Add": ["X"]},
        {"@odata.type": "#Exchange.Hashtable", "Add": ["X"]},
        amend(Replace=["X"]),
        amend(),
        amend(Add=[1]),
        "X",
        7,
    ],
)
def test_a_list_change_binds_only_as_array_null_or_annotated_table(change: object) -> None:
    world = World()
    parameters = {"Identity": "adele@contoso.com", "ActiveSyncAllowedDeviceIDs": change}

    error = refused(world, "Set-CASMailbox", **parameters)

    assert "ActiveSyncAllowedDeviceIDs" in error["innererror"]["internalexception"]["message"]
    assert world.mailbox.allowed_ids == []


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Clear-MobileDevice", {}),
        ("Clear-MobileDevice", {"Identity": None}),
        ("Clear-MobileDevice", {"Identity": ""}),
        ("Clear-MobileDevice", {"Identity": "x", "AccountOnly": "true"}),
        ("Get-MobileDeviceStatistics", {}),
        ("Get-MobileDeviceStatistics", {"Identity": "a", "Mailbox": "b"}),
        ("Get-MobileDevice", {"Identity": "a", "Mailbox": "b"}),
        ("Get-MobileDevice", {"ResultSize": 0}),
        ("Get-MobileDevice", {"ResultSize": "many"}),
        ("Get-MobileDevice", {"Confirm": False}),
        ("Get-MobileDevice", {"identity": "a"}),
        ("Get-CASMailbox", {"Identity": "a", "Anr": "b"}),
        ("Set-CASMailbox", {"Identity": "a", "ECPEnabled": True}),
        ("New-ActiveSyncDeviceAccessRule", {"AccessLevel": "Block", "QueryString": "x"}),
        ("Set-ActiveSyncDeviceAccessRule", {"Identity": "x", "QueryString": "y"}),
        ("Set-ActiveSyncOrganizationSettings", {"UserMailInsert": "x" * 257}),
    ],
)
def test_parameters_that_do_not_fit_together_or_their_type_are_400(
    cmdlet: str, parameters: dict[str, object]
) -> None:
    world = World()

    refused(world, cmdlet, **parameters)

    assert [call.executed for call in world.exchange.calls] == [False]


@pytest.mark.parametrize("size", ["0", "1001", "lots"])
def test_a_page_size_outside_its_bounds_is_400(size: str) -> None:
    headers = {"Prefer": f"odata.maxpagesize={size}"}

    response = World().invoke("Get-AcceptedDomain", headers=headers)

    assert response.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"X-ResponseFormat": "xml"},
        {"X-ResponseFormat": "clixml", "X-SerializationLevel": "Deep"},
    ],
)
def test_a_format_of_another_kind_is_400(headers: dict[str, str]) -> None:
    assert World().invoke("Get-AcceptedDomain", headers=headers).status_code == 400


def test_calls_are_logged_with_their_headers_and_without_their_token() -> None:
    world = World()
    headers = {"X-AnchorMailbox": "UPN:adele@contoso.com", "client-request-id": "42"}

    world.invoke("Get-MobileDevice", {"ResultSize": "Unlimited"}, headers=headers)

    [call] = world.exchange.calls
    assert (call.cmdlet, call.parameters) == ("Get-MobileDevice", {"ResultSize": "Unlimited"})
    assert (call.status, call.executed, call.at) == (200, True, world.clock())
    assert call.headers["x-anchormailbox"] == "UPN:adele@contoso.com"
    assert call.headers["client-request-id"] == "42"
    assert "authorization" not in call.headers
    assert "eyJ" not in json.dumps(dict(call.headers))


def test_confirm_true_only_asks() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    body = world.done("Remove-MobileDevice", Identity=str(device.guid), Confirm=True)

    assert body["@adminapi.confirmationmessage"]
    assert device.guid in world.mailbox.devices


def test_what_if_does_nothing() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    body = world.done("Remove-MobileDevice", Identity=str(device.guid), WhatIf=True)

    assert body["value"] == []
    assert device.guid in world.mailbox.devices


def test_answers_carry_the_headers_of_odata() -> None:
    response = World().invoke("Get-AcceptedDomain")

    assert response.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert response.headers["OData-Version"] == "4.0"
    assert response.headers["request-id"]
    assert isinstance(response, httpx.Response)
