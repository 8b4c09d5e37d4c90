"""Every kind of sender that calls in, by the name that MDM_SENDERS has for it."""

from collections.abc import Mapping
from typing import Final

from shared.errors import Misconfigured
from shared.mdm import (
    apple_business,
    cloud_events,
    fleet,
    generic,
    graph,
    jamf,
    kolide,
    meraki,
    nanomdm,
    simplemdm,
    soti,
    standard,
    workspace_one,
)
from shared.mdm.settings import SenderSettings
from shared.mdm.vendor import Vendor

# Their files are data: what XML or a property list takes is imported when one comes.
KNOWN: Final[Mapping[str, Vendor]] = {
    each.VENDOR.name: each.VENDOR
    for each in (
        *(standard, generic, cloud_events, soti, workspace_one, jamf, fleet),
        *(nanomdm, simplemdm, meraki, kolide, graph, apple_business),
    )
}


def vendor_for(settings: SenderSettings, opened: graph.Open | None = None) -> Vendor:
    """
    Return the vendor as one sender needs it: some are read by the sender's own settings.

    Misconfigured if there is no such vendor, or if its fields are missing, none, or not heeded.
    """
    match settings.vendor:
        case "generic":
            return generic.vendor(settings)
        case graph.VENDOR.name:
            return graph.vendor_for(settings, opened)
        case "soti":
            return soti.vendor(settings)
        case cloud_events.NAME:
            return cloud_events.vendor(settings.fields)
        case name if name not in KNOWN:
            raise Misconfigured(f"vendor {name[:64]} is none of {', '.join(sorted(KNOWN))}")
        case name if settings.fields is not None:
            raise Misconfigured(f"fields are not heeded of vendor {name}: take them out")
        case name:
            return KNOWN[name]
