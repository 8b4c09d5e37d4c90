"""What requests and answers look like, in openapi.json: one example for each shape that matters."""

from typing import Any

from functions import certificate_examples

TENANT = "5b2c1d0e-7f43-4c1e-9c5a-2f1d8b6e0a01"
OPERATION = "6f1c2d3e-0b5a-4c57-8f5e-2f6a8e3d4c22"
GUID = "0f0f0f0f-1111-4222-8333-444444444444"
CURSOR = "MDk5ODIyMjExMTIwMDAwMDAwMDo2ZjFjMmQzZS0wYjVhLTRjNTctOGY1ZS0yZjZhOGUzZDRjMjI"
WHEN = "2026-05-04T10:00:00Z"

ORDER = {
    "schema": "easgate.command.v1",
    "command_id": OPERATION,
    "tenant_id": TENANT,
    "requested_by": "helpdesk:jo",
}
DEVICE = {
    "guid": GUID,
    "device_id": "ApplDMPW1234ABCD",
    "mailbox": "adele@contoso.com",
    "access": "Blocked",
    "access_reason": "Individual",
    "rule": "",
    "on_allowed_list": False,
    "on_blocked_list": True,
    "device_type": "iPhone",
    "model": "iPhone15C2",
    "os": "iOS 19.4",
    "user_agent": "Apple-iPhone15C2/2305.100",
    "client_type": "EAS",
    "client_version": "16.1",
    "imei": "",
    "name": "",
    "first_sync_at": "2025-11-02T07:41:00Z",
}

# By the names of their schemas.
EXAMPLES: dict[str, dict[str, Any]] = {
    "CommandMessage": {
        "schema": "easgate.command.v1",
        "command_id": OPERATION,
        "tenant_id": TENANT,
        "action": "block",
        "mailbox": "adele@contoso.com",
        "device_id": "ApplDMPW1234ABCD",
        "reason": "left on a train",
        "requested_by": "helpdesk:jo",
    },
    "OffboardDeviceCommand": {
        "schema": "easgate.command.v1",
        "command_id": OPERATION,
        "tenant_id": TENANT,
        "action": "offboard_device",
        "mailbox": "adele@contoso.com",
        "device_id": "ApplDMPW1234ABCD",
        "wipe": "account",
        "acknowledgement_hours": 24,
        "serial_number": "4A00000012C7",
        "reason": "left on a train",
        "requested_by": "helpdesk:jo",
    },
    "OffboardUserCommand": {
        "schema": "easgate.command.v1",
        "command_id": OPERATION,
        "tenant_id": TENANT,
        "action": "offboard_user",
        "mailbox": "adele@contoso.com",
        "user": "adele@contoso.com",
        "disable_sign_in": True,
        "reason": "leaves today",
        "requested_by": "helpdesk:jo",
    },
    "SetDefaultAccessCommand": {
        "schema": "easgate.command.v1",
        "command_id": OPERATION,
        "tenant_id": TENANT,
        "action": "set_default_access",
        "level": "Quarantine",
        "reason": "from now on, devices are let in one by one",
        "requested_by": "helpdesk:jo",
    },
    **certificate_examples.orders(ORDER),
    "LinkRequest": {
        "requested_by": "helpdesk:jo",
        "links": [{"mailbox": "adele@contoso.com", "device_id": "ApplDMPW1234ABCD"}],
    },
    "RotationRequest": {"requested_by": "helpdesk:jo", "reason": "the yearly exercise"},
    "TrustQuestion": {"user": "adele@contoso.com"},
    "RunRequest": {"scope": "full", "requested_by": "helpdesk:jo"},
    "Operations": {"operations": [], "next": CURSOR},
    "Taken": {"operation_id": OPERATION, "operation_ids": [OPERATION]},
    "Devices": {"devices": [DEVICE], "next": None, "as_of": WHEN},
    "Senders": {
        "senders": [
            {
                "name": "portal",
                "tenant_id": TENANT,
                "vendor": "standard",
                "trust": "full",
                "retired": False,
                "unknown_events": [{"kind": "device.renamed", "count": 2, "last_at": WHEN}],
            }
        ]
    },
    "Health": {"status": "ready", "dependencies": {"tables": "ok", "queues": "ok"}},
}
