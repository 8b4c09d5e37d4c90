"""Which simulated delivery each file under samples/ is a copy of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from infra.local.simulators.mdm.phones import ADELES, Phone
from infra.local.simulators.mdm.vendors import SENDERS
from tests.contract.exchange_world import START

FOLDER = Path(__file__).parent.parent / "samples"
URL = "https://gate.example/api/mdm/acme"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the one published with the specification
PERSONAL = replace(ADELES, ownership="personal")
BY_HAND = {"cloudevents/batch.json", "workspace_one/compromised_xml.xml"}  # no simulator's


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A file, by the event it holds; renamed: its type is one that nobody can know."""

    event: str
    options: Mapping[str, object] = field(default_factory=dict)
    phone: Phone = ADELES
    renamed: str = ""

    def composed(self, vendor: str) -> httpx.Request:
        """Return the delivery as the simulator makes it."""
        request = SENDERS[vendor].compose(
            self.event, self.phone, url=URL, secret=SECRET, at=START, **self.options
        )
        if not self.renamed:
            return request
        content = request.content.replace(self.event.encode(), self.renamed.encode())
        headers = {name: value for name, value in request.headers.items() if "length" not in name}
        return httpx.Request("POST", request.url, headers=headers, content=content)


def _one(event: str, *, phone: Phone = ADELES, renamed: str = "", **options: object) -> Sample:
    return Sample(event=event, options=options, phone=phone, renamed=renamed)


def _cloud_event(what: str, *, renamed: str = "", **options: object) -> Sample:
    options["event_id"] = "0d8f4c1e-7a52-4b4e-9a53-2f1f6a0c9b11"
    event = f"com.example.mdm.device.{what}"
    return Sample(event=event, options=options, renamed=renamed)


_GROUP = "SmartGroupMobileDeviceMembershipChange"

SAMPLES: Mapping[str, Sample] = {
    "standard/compliant.json": _one("device.compliant"),
    "standard/compliant_personal.json": _one("device.compliant", phone=PERSONAL),
    "standard/noncompliant.json": _one("device.noncompliant"),
    "standard/noncompliant_hardware.json": _one("device.noncompliant", named_by="hardware"),
    "standard/retired.json": _one("device.retired"),
    "standard/lost.json": _one("device.lost"),
    "standard/unknown.json": _one("device.lost", renamed="device.polished"),
    "cloudevents/noncompliant.json": _cloud_event("noncompliant"),
    "cloudevents/compliant.json": _cloud_event("compliant"),
    "cloudevents/enrolled.json": _cloud_event("enrolled"),
    "cloudevents/unenrolled.json": _cloud_event("unenrolled"),
    "cloudevents/wiped.json": _cloud_event("wiped"),
    "cloudevents/deleted.json": _cloud_event("deleted"),
    "cloudevents/compromised.json": _cloud_event("compromised"),
    "cloudevents/lost.json": _cloud_event("lost"),
    "cloudevents/checkedin.json": _cloud_event("checkedin"),
    "cloudevents/noncompliant_binary.json": _cloud_event("noncompliant", mode="binary"),
    "cloudevents/compliant_binary.json": _cloud_event("compliant", mode="binary"),
    "cloudevents/batch_of_one.json": _cloud_event("noncompliant", mode="batched"),
    "cloudevents/unknown.json": _cloud_event(
        "checkedin", renamed="com.example.mdm.device.polished"
    ),
    "workspace_one/noncompliant.json": _one("Compliance Status Changed"),
    "workspace_one/compliant.json": _one("Compliance Status Changed", turn="better"),
    "workspace_one/compromised.json": _one("Compromised Status Changed"),
    "workspace_one/no_longer_compromised.json": _one("Compromised Status Changed", turn="better"),
    "workspace_one/enrolled.json": _one("MDM Enrollment Complete"),
    "workspace_one/enrolled_personal.json": _one("MDM Enrollment Complete", phone=PERSONAL),
    "workspace_one/unenrolled.json": _one("Break MDM Confirmed"),
    "workspace_one/wipe_requested.json": _one("Device Wipe Requested"),
    "workspace_one/enterprise_wipe_requested.json": _one("Device Enterprise Wipe Requested"),
    "workspace_one/delete_requested.json": _one("Delete Device Requested"),
    "workspace_one/system_changed.json": _one("Device Operating System Changed"),
    "workspace_one/group_changed.json": _one("Device Organization Group Changed"),
    "workspace_one/noncompliant_older.json": _one("ComplianceStatusChanged"),
    "workspace_one/compliant_older.json": _one("ComplianceStatusChanged", turn="better"),
    "workspace_one/compromised_older.json": _one("CompromisedStatusChanged"),
    "workspace_one/enrolled_older.json": _one("MDMEnrollmentComplete"),
    "workspace_one/unenrolled_older.json": _one("BreakMDMConfirmed"),
    "workspace_one/wipe_requested_older.json": _one("DeviceWipeRequested"),
    "workspace_one/enterprise_wipe_requested_older.json": _one("DeviceEnterpriseWipeRequested"),
    "workspace_one/delete_requested_older.json": _one("DeleteDeviceRequested"),
    "workspace_one/unknown.json": _one(
        "Device Operating System Changed", renamed="Device Case Polished"
    ),
    "jamf/enrolled.json": _one("MobileDeviceEnrolled"),
    "jamf/enrolled_snake.json": _one("MobileDeviceEnrolled", form="snake"),
    "jamf/enrolled_xml.xml": _one("MobileDeviceEnrolled", form="xml"),
    "jamf/enrolled_test.json": _one("MobileDeviceEnrolled", renamed="MobileDeviceEnrolled(TEST)"),
    "jamf/unenrolled.json": _one("MobileDeviceUnEnrolled"),
    "jamf/unenrolled_snake.json": _one("MobileDeviceUnEnrolled", form="snake"),
    "jamf/unenrolled_xml.xml": _one("MobileDeviceUnEnrolled", form="xml"),
    "jamf/group_added.json": _one(_GROUP),
    "jamf/group_added_snake.json": _one(_GROUP, form="snake"),
    "jamf/group_added_xml.xml": _one(_GROUP, form="xml"),
    "jamf/group_removed.json": _one(_GROUP, member="removed"),
    "jamf/group_removed_snake.json": _one(_GROUP, form="snake", member="removed"),
    "jamf/group_removed_xml.xml": _one(_GROUP, form="xml", member="removed"),
    "jamf/check_in.json": _one("MobileDeviceCheckIn"),
    "jamf/inventory_completed.json": _one("MobileDeviceInventoryCompleted"),
    "jamf/command_completed.json": _one("MobileDeviceCommandCompleted"),
    "jamf/push_sent.json": _one("MobileDevicePushSent"),
    "jamf/unknown.json": _one("MobileDeviceCheckIn", renamed="MobileDevicePolished"),
    "fleet/mdm_enrolled.json": _one("mdm_enrolled"),
    "fleet/mdm_enrolled_personal.json": _one("mdm_enrolled", phone=PERSONAL),
    "fleet/mdm_unenrolled.json": _one("mdm_unenrolled"),
    "fleet/mdm_unenrolled_personal.json": _one("mdm_unenrolled", phone=PERSONAL),
    "fleet/wiped_host.json": _one("wiped_host"),
    "fleet/deleted_host.json": _one("deleted_host"),
    "fleet/locked_host.json": _one("locked_host"),
    "fleet/unlocked_host.json": _one("unlocked_host"),
    "fleet/resent_configuration_profile.json": _one("resent_configuration_profile"),
    "fleet/unknown.json": _one("locked_host", renamed="polished_host"),
    "nanomdm/authenticate.json": _one("mdm.Authenticate"),
    "nanomdm/token_update.json": _one("mdm.TokenUpdate"),
    "nanomdm/check_out.json": _one("mdm.CheckOut"),
    "nanomdm/device_information.json": _one("mdm.Connect"),
    "nanomdm/erase_device.json": _one("mdm.Connect", answer="EraseDevice"),
    "nanomdm/idle.json": _one("mdm.Connect", answer="Idle"),
    "nanomdm/declarative_management.json": _one("mdm.DeclarativeManagement"),
    "nanomdm/unknown.json": _one("mdm.DeclarativeManagement", renamed="mdm.Polish"),
    "simplemdm/enrolled.json": _one("device.enrolled"),
    "simplemdm/unenrolled.json": _one("device.unenrolled"),
    "simplemdm/lock_enabled.json": _one("device.lock.enabled"),
    "simplemdm/changed_group.json": _one("device.changed_group"),
    "simplemdm/added_to_abm.json": _one("abm.device.added"),
    "simplemdm/unknown.json": _one("device.changed_group", renamed="device.polished"),
}
