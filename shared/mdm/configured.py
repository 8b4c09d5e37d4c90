"""From an administrator's settings to a sender, or to what is wrong with them."""

from shared.devices.model import Trust
from shared.errors import Misconfigured
from shared.mdm import vendors
from shared.mdm.graph import Open
from shared.mdm.maas360 import address
from shared.mdm.schemes import names
from shared.mdm.senders import Sender
from shared.mdm.settings import SenderSettings

POLLED = "maas360"  # the one that cannot call us


def complaints(settings: SenderSettings) -> list[str]:
    """Return what must be changed; nothing if the sender can be served."""
    vendor = vendors.KNOWN.get(settings.vendor)
    if settings.vendor == POLLED:
        return address.complaints(settings.account, settings.base_url)
    if vendor is None:
        return [f"vendor {settings.vendor} is none of {', '.join(sorted(vendors.KNOWN))}"]
    found = []
    scheme = settings.scheme or vendor.schemes[0]
    if scheme not in vendor.schemes:
        found.append(f"scheme {scheme} is none of {', '.join(vendor.schemes)}")
    if scheme in names.WEAK and settings.trust is Trust.FULL:
        found.append(f"a sender with the scheme {scheme} proves too little for trust full")
    if scheme == "header" and not settings.header:
        found.append("the scheme header needs the name of the header")
    if scheme == "hmac" and not (settings.signature or vendor.signature):
        found.append("the scheme hmac needs signature")
    if settings.vendor == "generic" and settings.fields is None:
        found.append("the vendor generic needs fields")
    return found or _unfit(settings)


def sender(name: str, settings: SenderSettings, opened: Open | None = None) -> Sender:
    """Return the sender that settings without complaint describe; *opened* is Graph's."""
    vendor = vendors.vendor_for(settings, opened)
    scheme = names.scheme(
        settings.scheme or vendor.schemes[0],
        signature=settings.signature or vendor.signature,
        header=settings.header,
        body_path=vendor.body_secret,
    )
    return Sender(
        name=name,
        tenant_id=str(settings.tenant_id),
        secret_name=settings.secret_name,
        trust=settings.trust,
        vendor=vendor,
        scheme=scheme,
        events={kind: meaning.posture for kind, meaning in settings.events.items()},
        origins=settings.allowed_origins,
        is_retired=settings.retired,
    )


def _unfit(settings: SenderSettings) -> list[str]:
    """Return what only shows once the parts are put together: paths, and signatures."""
    try:
        sender("", settings)
    except Misconfigured as failure:
        return [str(failure)]
    return []
