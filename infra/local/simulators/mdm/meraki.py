"""
Cisco Meraki Systems Manager: the dashboard's webhook, template "Meraki", format version 0.1.

Documented: the names around alertData, and that the credential is the member sharedSecret of the
body (no signature, no header). Not documented: the alert types of Systems Manager and what is in
their alertData. Those are plausible here: ids of our own, and in alertData the member names of
the Dashboard API's record of a Systems Manager device. No alert on lost mode is known.
"""

import json
import secrets as randomness
from datetime import UTC, datetime

import httpx

from infra.local.simulators.mdm.phones import Phone
from infra.local.simulators.mdm.sender import Sender, check_event, new_shared_secret

_ALERTS = {  # alertTypeId: alertType, alertLevel
    "sm_security_policy_violated": ("Security policy violated", "warning"),
    "sm_security_policy_compliant": ("Security policy compliant", "informational"),
    "sm_device_enrolled": ("Managed device enrolled", "informational"),
    "sm_device_unenrolled": ("Managed device unenrolled", "warning"),
    "sm_device_wiped": ("Managed device wiped", "critical"),
    "settings_changed": ("Settings changed", "informational"),  # documented; of no phone
}
EVENTS = tuple(_ALERTS)


def compose(
    event: str,
    phone: Phone,
    *,
    url: str,
    secret: str,
    at: datetime,
    event_id: str | None = None,
) -> httpx.Request:
    """Return the alert; *event* is its alertTypeId, and an event_id again makes a repeat."""
    check_event(event, EVENTS)
    alert_type, level = _ALERTS[event]
    body = {
        "version": "0.1",
        "sharedSecret": secret,
        "sentAt": _moment(at),
        **_place(),
        "alertId": event_id or str(randomness.randbelow(9 * 10**17) + 10**17),
        "alertType": alert_type,
        "alertTypeId": event,
        "alertLevel": level,
        "occurredAt": _moment(at),
        "alertData": _alert_data(event, phone),
    }
    return httpx.Request(
        "POST",
        url,
        headers={"Content-Type": "application/json"},
        content=json.dumps(body, separators=(",", ":")).encode(),
    )


def _place() -> dict[str, object]:
    """Return the organisation and the network the alert is about."""
    dashboard = "https://n77.meraki.com"
    return {
        "organizationId": "771204",
        "organizationName": "Contoso",
        "organizationUrl": f"{dashboard}/o/Kp3xTb/manage/organization/overview",
        "networkId": "N_640525400910233178",
        "networkName": "Contoso phones",
        "networkUrl": f"{dashboard}/Contoso-phones/n/aB3dEcx/manage/pcc/list",
        "networkTags": ["phones"],
    }


def _alert_data(event: str, phone: Phone) -> dict[str, object]:
    if event == "settings_changed":
        change = {"label": "Name of SSID 2", "oldText": "guests", "newText": "lobby"}
        return {
            "name": "Wireless settings",
            "url": "/manage/configure/ssids",
            "changes": {"editSsid": change | {"changedBy": "Pat Admin (pat@contoso.com)"}},
        }
    device: dict[str, object] = {
        "id": phone.mdm_id,
        "name": phone.friendly_name,
        "serialNumber": phone.serial,
        "uuid": phone.udid,
        "imei": phone.imei,
        "wifiMac": phone.wifi_mac,
        "osName": f"{phone.os_name} {phone.os_version}",
        "systemModel": phone.model_name,
        "ownerUsername": phone.upn,
        "ownerEmail": phone.mail,
    }
    if event.startswith("sm_security_policy_"):
        device["policyName"] = "Mail.access"
    return device


def _moment(at: datetime) -> str:
    """Return UTC with microseconds and a Z, as the documented examples have it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


SENDER = Sender(name="meraki", events=EVENTS, compose=compose, new_secret=new_shared_secret)
