"""Statistics: by cmdlet and by address, and what may stand in their way."""

import base64

import httpx
import pytest

from infra.local.simulators.exchange import faults
from tests.contract.exchange_world import ANCHOR, TENANT_ID, World, a_token, body_of

STATISTICS = "Get-MobileDeviceStatistics"


def read(
    world: World, mailbox: str, *, query: str = "?IsEncoded=True", **headers: str
) -> httpx.Response:
    key = base64.b64encode(mailbox.encode()).decode() if query else mailbox
    url = (
        f"/adminapi/beta/{TENANT_ID}/mailbox('{key}')"
        f"/MobileDevice/Exchange.GetMobileDeviceStatistics()/{query}"
    )
    sent = {"Authorization": f"Bearer {a_token(world.clock())}", **headers}
    return world.client.get(url, headers=sent)


@pytest.mark.parametrize("query", ["?IsEncoded=True", ""])
def test_statistics_can_be_read_by_address(query: str) -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    response = read(world, "adele@contoso.com", query=query)

    assert body_of(response)["value"] == world.rows(STATISTICS, Mailbox="adele@contoso.com")


def test_an_address_pages_by_get_with_the_same_anchor() -> None:
    world = World()
    for number in range(3):
        world.tenant.add_device(world.mailbox, device_id=f"D{number}")
    headers = {"Prefer": "odata.maxpagesize=2", "X-AnchorMailbox": ANCHOR}

    first = body_of(read(world, "adele@contoso.com", **headers))
    headers |= {"Authorization": f"Bearer {a_token(world.clock())}"}
    last = body_of(world.client.get(first["@odata.nextLink"], headers=headers))

    ids = [row["DeviceID"] for body in (first, last) for row in body["value"]]
    assert ids == ["D0", "D1", "D2"]
    assert "@odata.nextLink" not in last


def test_an_address_answers_a_caller_without_the_role_in_json() -> None:
    world = World()
    world.tenant.add_role_group("None", members=["somebody"])
    token = a_token(world.clock(), {"wids": None})

    response = read(world, "adele@contoso.com", Authorization=f"Bearer {token}")

    assert response.status_code == 401
    assert body_of(response)["error"]["message"] == f"User is not allowed to call {STATISTICS}"


def test_an_unknown_mailbox_and_bad_base64_are_refused() -> None:
    world = World()

    assert read(world, "nobody@contoso.com").status_code == 404
    assert read(world, "%", query="").status_code == 404
    encoded = base64.b64encode(b"adele@contoso.com").decode()
    response = world.client.get(
        f"/adminapi/beta/{TENANT_ID}/mailbox('!{encoded}')/MobileDevice"
        "/Exchange.GetMobileDeviceStatistics()/?IsEncoded=True",
        headers={"Authorization": f"Bearer {a_token(world.clock())}"},
    )
    assert response.status_code == 400


def test_a_mailbox_that_cannot_be_opened_has_devices_and_no_statistics() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    lee = world.tenant.add_mailbox("lee@contoso.com")
    world.tenant.add_device(lee, device_id="L1")
    world.mailbox.store_failure = "StorageTransientException"

    by_mailbox = world.invoke(STATISTICS, {"Mailbox": "adele@contoso.com"})
    by_device = world.invoke(STATISTICS, {"Identity": str(device.guid)})

    assert len(world.rows("Get-MobileDevice")) == 2
    assert (by_mailbox.status_code, by_device.status_code) == (400, 400)
    message = body_of(by_mailbox)["error"]["details"][0]["message"]
    assert "StorageTransientException" in message
    assert len(world.rows(STATISTICS, Mailbox="lee@contoso.com")) == 1


def test_a_device_may_vanish_between_the_list_and_its_statistics() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.exchange.faults.inject(faults.device_vanished(), cmdlet=STATISTICS)
    [row] = world.rows("Get-MobileDevice")

    response = world.invoke(STATISTICS, {"Identity": row["Guid"]})

    assert response.status_code == 404
    assert device.guid not in world.mailbox.devices
    assert world.rows("Get-MobileDevice") == []


def test_a_recovery_password_is_masked_unless_asked_for() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    [masked] = world.rows(STATISTICS, Mailbox="adele@contoso.com")
    [clear] = world.rows(STATISTICS, Mailbox="adele@contoso.com", ShowRecoveryPassword=True)

    assert masked["RecoveryPassword"] == "********"
    assert clear["RecoveryPassword"].isdigit()


def test_addresses_that_are_none_are_a_warning() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    body = world.done(
        "Clear-MobileDevice",
        Identity=str(device.guid),
        NotificationEmailAddresses=["it@contoso.com", "nobody"],
        Confirm=False,
    )

    assert body["@adminapi.warnings"] == ["'nobody' isn't a valid SMTP address."]
    assert device.wipe.notified == ("it@contoso.com",)


def test_an_old_client_may_take_an_account_only_wipe_and_never_obey() -> None:
    world = World()
    world.tenant.organization.refuses_account_wipe_at_once = False
    device = world.tenant.add_device(world.mailbox, device_id="A1", client_version="14.1")

    world.done("Clear-MobileDevice", Identity=device.identity, AccountOnly=True, Confirm=False)
    for _ in range(3):
        world.tenant.contact(device)

    [row] = world.rows(STATISTICS, Mailbox="adele@contoso.com")
    assert row["Status"] == "AccountOnlyDeviceWipePending"
    assert row["AccountOnlyDeviceWipeSentTime"] is None
