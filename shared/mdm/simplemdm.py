"""
SimpleMDM's webhooks, of which only enrolment and its end concern mail.

Source: SimpleMDM's API reference, "Webhooks", for the events; two public receivers for the
names in `data`, which are not documented.
"""

from collections.abc import Mapping
from typing import Final

from shared.devices.model import Posture
from shared.mdm.fields import Reader
from shared.mdm.reading import reading
from shared.mdm.settings import Fields
from shared.mdm.vendor import Answers, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "device.enrolled": Posture.COMPLIANT,
    "device.unenrolled": Posture.RETIRED,
    "device.changed_group": None,
    "device.lock.enabled": None,  # a lock, which is not yet a loss
    "abm.device.added": None,
}

_reader = Reader.of(
    Fields(
        kind=("type",),
        occurred_at=("at",),
        serial=("data.device.serial_number",),
        udid=("data.device.udid",),
        imei=("data.device.imei",),
        mdm_id=("data.device.id",),
        # As its REST API names them: product_name is iPhone14,2, the others are for people.
        model=("data.device.product_name", "data.device.model_name", "data.device.model"),
        os_version=("data.device.os_version",),
        name=("data.device.name", "data.device.device_name"),
    )
)

VENDOR: Final = Vendor(
    name="simplemdm",
    schemes=("url", "header"),
    read=reading(_reader.hear, MEANINGS),
    meanings=MEANINGS,
    # Not documented: neither what it takes for success, nor whether it tries again.
    answers=Answers(),
)
