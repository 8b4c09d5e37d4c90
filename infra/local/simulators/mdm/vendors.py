"""All simulated senders, by the names of their vendors."""

from collections.abc import Mapping
from types import MappingProxyType

from infra.local.simulators.mdm import (
    apple_business,
    cloudevents,
    fleet,
    jamf,
    kolide,
    meraki,
    nanomdm,
    simplemdm,
    soti,
    standard,
    standard_ed25519,
    workspace_one,
)
from infra.local.simulators.mdm.sender import Sender

SENDERS: Mapping[str, Sender] = MappingProxyType(
    {
        vendor.SENDER.name: vendor.SENDER
        for vendor in (
            standard,
            standard_ed25519,
            cloudevents,
            workspace_one,
            jamf,
            fleet,
            nanomdm,
            simplemdm,
            meraki,
            kolide,
            apple_business,
            soti,
        )
    }
)
