"""
Kolide, which is 1Password Device Trust: it judges devices, and tells when a judgement changes.

A device is named by Kolide's number only, so that a person has to link it once. An issue is
one finding among several: what they add up to is the device's status.
Source: support.1password.com/device-trust-webhooks; for the names in `data` and the values of
device_status, the fixtures of Elastic's public integration.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shared.devices.model import Posture
from shared.mdm.facts import text
from shared.mdm.fields import Reader
from shared.mdm.paths import find
from shared.mdm.reading import reading
from shared.mdm.settings import Fields, Signature
from shared.mdm.vendor import Answers, Heard, Vendor

STATUS_CHANGED: Final = "device_trust.status_changed"

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "devices.destroyed": Posture.RETIRED,
    STATUS_CHANGED: None,  # its data say which way
    **dict.fromkeys(
        (
            *("devices.created", "devices.registered", "issues.new", "issues.resolved"),
            *("auth_logs.success", "auth_logs.failure", "audit_log.recorded"),
            *("admin_users.created", "requests.issue_exemption", "requests.registration"),
            "webhook.test",
        )
    ),
}

SIGNATURE: Final = Signature(header="Authorization")

# Others exist and are not documented; a device that will be blocked is not blocked yet.
_STATUSES = {"good": Posture.COMPLIANT, "blocked": Posture.NONCOMPLIANT}

_reader = Reader.of(
    Fields(
        kind=("event",),
        event_id=("id",),
        occurred_at=("timestamp",),
        mail=("data.registered_owner.email",),
        mdm_id=("data.device_id", "data.device.id"),
        name=("data.device_name", "data.device.name"),
    )
)


def _hear(event: object) -> Heard:
    heard = _reader.hear(event)
    if heard.kind != STATUS_CHANGED:
        return heard
    status = text(find(event, ("data", "device_status"))).lower()
    return replace(heard, posture=_STATUSES.get(status))


VENDOR: Final = Vendor(
    name="kolide",
    schemes=("hmac",),
    read=reading(_hear, MEANINGS),
    meanings=MEANINGS,
    # Any 2xx is taken; whether it tries again is not documented.
    answers=Answers(),
    signature=SIGNATURE,
)
