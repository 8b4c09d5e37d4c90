"""
SOTI MobiControl: a generic sender with our own proposal of what to fill in.

A signal policy posts the attributes that its operator ticks, under a subject that its
operator types. Whoever types one of the subjects below and ticks the attributes below needs
no settings of their own; `fields`, `events` and `signature` in MDM_SENDERS go before ours.
Source: SOTI MobiControl's help, "Using Signal Policies to Trigger Webhook Actions"; the names
of the attributes are those of its REST API. MobiControl does not sign: the signature is what
a gateway on the way may add, and a header with a secret does without one.
"""

from collections.abc import Mapping
from typing import Final

from shared.devices.model import Posture
from shared.mdm import generic
from shared.mdm.settings import Fields, SenderSettings, Signature
from shared.mdm.vendor import Answers, Vendor

MEANINGS: Final[Mapping[str, Posture | None]] = {
    "DeviceCompliant": Posture.COMPLIANT,
    "DeviceNotCompliant": Posture.NONCOMPLIANT,
    "DeviceUnenrolled": Posture.RETIRED,
    "DeviceWiped": Posture.RETIRED,
    "DeviceLostModeOn": Posture.LOST,  # typed by somebody who has read what it leads to
    "DeviceLostModeOff": None,
    "DeviceEnrolled": None,  # SOTI knows compliance, and tells it by a subject of its own
}

FIELDS: Final = Fields(
    kind=("Subject",),
    occurred_at=("TriggeredAt",),
    upn=("UserName",),
    mail=("Email",),
    serial=("HardwareSerialNumber",),
    imei=("IMEI_MEID_ESN",),
    mdm_id=("DeviceId",),
    model=("Model",),
    os=("Platform",),
    os_version=("OSVersion",),
    name=("DeviceName",),
)

SIGNATURE: Final = Signature(header="X-Signature", prefix="sha256=")


def vendor(settings: SenderSettings | None = None) -> Vendor:
    """Return the vendor for one sender; Misconfigured if one of its own paths is none."""
    fields = settings.fields if settings else None
    own = generic.meanings(settings) if settings else {}
    return Vendor(
        name="soti",
        schemes=("hmac", "header", "basic", "url"),
        read=generic.read_by(fields or FIELDS, {**MEANINGS, **own}),
        meanings=MEANINGS,
        # Not documented: neither what it takes for success, nor whether it tries again.
        answers=Answers(),
        signature=(settings.signature if settings else None) or SIGNATURE,
    )


VENDOR: Final = vendor()
