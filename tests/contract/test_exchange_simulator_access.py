"""May a device sync: policy, lists, rules by characteristic, default."""

import pytest

from infra.local.simulators.exchange.access import Access, AccessState, Reason
from tests.contract.exchange_world import World, body_of


def seen(world: World) -> tuple[str, str, str | None]:
    [row] = world.rows("Get-MobileDevice", Mailbox="adele@contoso.com")
    return (
        row["DeviceAccessState"],
        row["DeviceAccessStateReason"],
        row["DeviceAccessControlRule"],
    )


@pytest.mark.parametrize(
    ("level", "state"),
    [("Allow", "Allowed"), ("Block", "Blocked"), ("Quarantine", "Quarantined")],
)
def test_the_default_hits_connected_devices_at_once(level: str, state: str) -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    world.done("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel=level)

    assert seen(world) == (state, "Global", None)


def test_recomputing_at_reading_can_be_switched_off() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.organization.recompute_on_read = False

    world.tenant.set_default_access_level("Block")
    assert seen(world)[0] == "Allowed"

    world.tenant.contact(device)
    assert seen(world)[0] == "Blocked"


def test_rules_are_asked_by_characteristic_before_the_default() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.tenant.set_default_access_level("Block")

    for characteristic, query, level, state in (
        ("DeviceType", "iPhone", "Quarantine", "Quarantined"),
        ("DeviceModel", device.model, "Allow", "Allowed"),
        ("DeviceOS", device.os, "Block", "Blocked"),
        ("UserAgent", device.user_agent, "Quarantine", "Quarantined"),
    ):
        world.tenant.add_rule(characteristic, query, level)
        assert seen(world) == (state, "DeviceRule", f"{query} ({characteristic})")


def test_a_rule_matches_exactly() -> None:
    world = World()
    world.tenant.add_device(world.mailbox, device_id="A1")

    world.tenant.add_rule("DeviceType", "iphone", "Block")
    world.tenant.add_rule("DeviceType", "iPhone*", "Block")

    assert seen(world)[0] == "Allowed"


def test_personal_lists_come_before_rules_and_block_beats_allow() -> None:
    world = World()
    world.tenant.add_rule("DeviceType", "iPhone", "Block")
    device = world.tenant.add_device(world.mailbox, device_id="A1")

    world.mailbox.allowed_ids = ["a1"]
    assert seen(world) == ("Allowed", "Individual", None)

    world.mailbox.blocked_ids = ["A1"]
    world.tenant.contact(device)
    assert seen(world) == ("Blocked", "Individual", None)


def test_a_policy_that_is_not_met_comes_first() -> None:
    world = World()
    world.mailbox.policy.settings["AllowNonProvisionableDevices"] = False
    world.mailbox.allowed_ids = ["A1"]

    world.tenant.add_device(world.mailbox, device_id="A1", policy_status="NotApplied")

    assert seen(world) == ("Blocked", "Policy", None)


def test_a_device_that_has_not_described_itself_is_in_discovery_for_a_while() -> None:
    world = World()
    world.tenant.set_default_access_level("Quarantine")
    world.tenant.add_device(world.mailbox, device_id="A1", information_arrived=False)

    assert seen(world) == ("DeviceDiscovery", "Global", None)
    world.clock.advance(minutes=15)
    assert seen(world) == ("Quarantined", "Global", None)


def test_conditional_access_lets_outlook_pass_the_rules_and_nobody_else() -> None:
    world = World()
    world.tenant.add_rule("DeviceType", "Outlook", "Block")
    world.tenant.add_device(
        world.mailbox, device_id="A1", device_type="Outlook", client_type="Outlook"
    )

    assert seen(world)[0] == "Blocked"
    world.mailbox.conditional_access = True
    assert seen(world)[0] == "Allowed"


def test_whether_conditional_access_also_passes_the_default_is_a_switch() -> None:
    world = World()
    world.mailbox.conditional_access = True
    world.tenant.set_default_access_level("Block")
    for device_id, kind in (("A1", "Outlook"), ("B2", "iPhone")):
        world.tenant.add_device(
            world.mailbox, device_id=device_id, device_type=kind, client_type="Outlook"
        )

    def states() -> list[str]:
        return [row["DeviceAccessState"] for row in world.rows("Get-MobileDevice")]

    assert states() == ["Blocked", "Blocked"]
    world.tenant.organization.conditional_access_skips_default = True
    assert states() == ["Allowed", "Blocked"]


def test_what_a_management_outside_exchange_says_wins() -> None:
    world = World()
    world.mailbox.blocked_ids = ["A1"]
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    assert seen(world)[1] == "Individual"

    device.external_access = Access(AccessState.QUARANTINED, Reason.EXTERNAL_ENROLLMENT)
    world.tenant.contact(device)

    assert seen(world) == ("Quarantined", "ExternalEnrollment", None)


def test_a_blocked_device_gets_no_mail() -> None:
    world = World()
    device = world.tenant.add_device(world.mailbox, device_id="A1")
    world.clock.advance(minutes=5)

    assert world.tenant.contact(device) is True
    world.tenant.set_default_access_level("Block")
    world.clock.advance(minutes=5)
    assert world.tenant.contact(device) is False

    [row] = world.rows("Get-MobileDeviceStatistics", Identity=str(device.guid))
    assert row["LastSuccessSync"].startswith("2026-03-02T08:05")
    assert row["LastSyncAttemptTime"].startswith("2026-03-02T08:10")


def test_rules_are_made_changed_listed_and_removed() -> None:
    world = World()
    rule = {"QueryString": "iPad", "Characteristic": "DeviceType", "AccessLevel": "Block"}

    [made] = world.rows("New-ActiveSyncDeviceAccessRule", **rule)
    assert made["Name"] == made["Identity"] == "iPad (DeviceType)"
    assert world.invoke("New-ActiveSyncDeviceAccessRule", rule).status_code == 400

    world.done("Set-ActiveSyncDeviceAccessRule", Identity="iPad (DeviceType)", AccessLevel="Allow")
    [row] = world.rows("Get-ActiveSyncDeviceAccessRule")
    assert (row["QueryString"], row["Characteristic"]) == ("iPad", "DeviceType")
    assert row["AccessLevel"] == "Allow"

    world.done("Remove-ActiveSyncDeviceAccessRule", Identity=row["Guid"], Confirm=False)
    assert world.rows("Get-ActiveSyncDeviceAccessRule") == []


def test_organization_settings_are_one_object() -> None:
    world = World()

    world.done(
        "Set-ActiveSyncOrganizationSettings",
        AdminMailRecipients=["it@contoso.com"],
        UserMailInsert="Call us.",
        AllowRMSSupportForUnenlightenedApps=True,
    )
    [row] = world.rows("Get-ActiveSyncOrganizationSettings")
    again = world.done("Set-ActiveSyncOrganizationSettings", UserMailInsert="Call us.")

    assert row["Name"] == "Mobile Mailbox Settings"
    assert row["AdminMailRecipients"] == ["it@contoso.com"]
    assert row["AllowRMSSupportForUnenlightenedApps"] is True
    assert "no settings" in again["@adminapi.warnings"][0]


def test_what_names_nothing_is_not_found() -> None:
    world = World()
    for cmdlet in (
        "Get-ActiveSyncDeviceAccessRule",
        "Remove-ActiveSyncDeviceAccessRule",
        "Get-MobileDeviceMailboxPolicy",
        "Get-ActiveSyncOrganizationSettings",
        "Get-AcceptedDomain",
    ):
        response = world.invoke(cmdlet, {"Identity": "nothing"})
        error = body_of(response)["error"]

        assert (response.status_code, error["code"]) == (404, "NotFound")
        assert "couldn't be found on" in error["details"][0]["message"]
