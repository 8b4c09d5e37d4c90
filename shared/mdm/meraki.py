"""
Cisco Meraki's webhooks, of a dashboard that has a Systems Manager network.

Meraki does not document which of Systems Manager's alerts reach a webhook, nor under which
alertTypeId: an administrator reads them off the dashboard and gives them a meaning in
`events`. The device's names are those of Meraki's API for Systems Manager. `deviceSerial`
beside `alertData` is of Meraki's own box, an access point say, and is not read.
Source: developer.cisco.com/meraki/webhooks; Dashboard API, devices of Systems Manager.
"""

from collections.abc import Mapping
from typing import Final

from shared.devices.model import Posture
from shared.mdm.fields import Reader
from shared.mdm.reading import reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {"settings_changed": None}

_reader = Reader.of(
    Fields(
        kind=("alertTypeId", "alertType"),
        event_id=("alertId",),
        occurred_at=("occurredAt", "sentAt"),
        upn=("alertData.ownerUsername",),
        mail=("alertData.ownerEmail",),
        serial=("alertData.serialNumber",),
        udid=("alertData.uuid", "alertData.udid"),
        imei=("alertData.imei",),
        mdm_id=("alertData.id",),
        model=("alertData.systemModel",),
        os=("alertData.osName",),
        name=("alertData.name",),
    )
)

VENDOR: Final = Vendor(
    name="meraki",
    schemes=("body", "header"),
    read=reading(_reader.hear, MEANINGS),
    meanings=MEANINGS,
    # Any 2xx is taken; whether it tries again is not documented.
    answers=Answers(),
    body_secret="sharedSecret",  # noqa: S106 - where it is found, not what it is
)
