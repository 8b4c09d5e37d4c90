"""What the PowerShell module does that other clients do not: its start, and typed output."""

from xml.etree import ElementTree as ET

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.fault_plan import MODULE_FILE
from tests.contract.exchange_world import ANCHOR, TENANT_ID, World, a_token, body_of

SPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
MODULE = {
    "X-ResponseFormat": "clixml",
    "X-SerializationLevel": "Partial",
    "X-CmdletName": "Get-MobileDevice",
    "X-ClientApplication": "ExoManagementModule",
    "X-ClientModuleVersion": "3.7.0",
    "X-AnchorMailbox": ANCHOR,
    "Prefer": "odata.maxpagesize=1000",
    "connection-id": "0b6f3f0e-8c5c-4f0e-9a58-0d0a4bb0d7c1",
    "client-request-id": "5f6d7ac0-38cb-4f1f-8f0c-0f9e7cf5f9a3",
    "parameter-based-routing": "true",
    "WarningAction": "",
    "Accept-Charset": "UTF-8",
}


def get(world: World, address: str) -> int:
    headers = {"Authorization": f"Bearer {a_token(world.clock())}", "CommandName": "*"}
    return world.client.get(f"/adminapi/v1.0/{TENANT_ID}/{address}", headers=headers).status_code


def members(world: World, select: str = "") -> dict[str, ET.Element]:
    path = f"/adminapi/beta/{TENANT_ID}/InvokeCommand{select}"
    response = world.invoke("Get-MobileDevice", headers=MODULE, path=path)
    [row] = body_of(response)["value"]
    assert set(row) == {"_clixml"}
    properties = ET.fromstring(row["_clixml"]).find(f"{SPACE}Obj/{SPACE}MS")  # noqa: S314 - ours
    assert properties is not None
    return {one.attrib["N"]: one for one in properties}


def test_typed_output_holds_every_property_with_its_type() -> None:
    world = World()
    name = "Adele's <phone> & \x01 _x0041_"
    device = world.tenant.add_device(world.mailbox, device_id="A§1", friendly_name=name)
    [plain] = world.rows("Get-MobileDevice")

    typed = members(world)

    assert list(typed) == [name for name in plain if "@" not in name]
    kinds = {name: one.tag.removeprefix(SPACE) for name, one in typed.items()}
    assert (kinds["Guid"], kinds["IsManaged"], kinds["FirstSyncTime"]) == ("G", "B", "DT")
    assert (kinds["DeviceAccessState"], kinds["DeviceAccessControlRule"]) == ("S", "Nil")
    assert typed["Guid"].text == str(device.guid)
    assert typed["FirstSyncTime"].text == "2026-03-02T08:00:00.0000000Z"
    assert typed["FriendlyName"].text == "Adele's <phone> & _x0001_ _x005F_x0041_"
    classes = [one.text for one in typed["ObjectClass"].iter(f"{SPACE}S")]
    assert classes == ["top", "msExchActiveSyncDevice"]


def test_typed_output_can_be_selected_from() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    assert set(members(world, "?$select=DeviceId,Guid")) == {"DeviceId", "Guid"}


def test_the_module_starts_with_its_file_and_a_banner() -> None:
    world = World()

    assert get(world, "EXOModuleFile?Version=3.7.0") == 200
    assert get(world, "EXOBanner('AutogenSession')?Version=3.7.0") == 200
    assert get(world, "EXOModuleFile") == 400


def test_the_module_file_may_fail_like_anything_else() -> None:
    world = World()
    world.exchange.faults.inject(faults.gateway_timeout(), cmdlet=MODULE_FILE)

    assert get(world, "EXOModuleFile?Version=3.7.0") == 504
    assert get(world, "EXOModuleFile?Version=3.7.0") == 200
