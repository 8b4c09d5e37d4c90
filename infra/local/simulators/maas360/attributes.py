"""
What is known of one device: its core attributes, and how it stands with the rules.

A guess: the keys of the security and compliance attributes, and which of them there are. Their
wrapping and the triple of key, type and value are what clients read.
"""

from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.devices import CORE, ID, Device, Devices
from infra.local.simulators.maas360.refusals import not_found
from infra.local.simulators.maas360.wire import Node

_SECURITY = {
    "Device Jailbroken/Rooted": "jailbreakStatus",
    "Device Passcode Status": "passcodeCompliance",
    "Hardware Encryption": "encryptionStatus",
    "MDM Policy": "mdmPolicy",
    "Policy Compliance State": "policyComplianceState",
    "Rule Compliance State": "ruleComplianceState",
    "Application Compliance State": "appComplianceState",
    "Selective Wipe Status": "selectiveWipeStatus",
}


def core(call: Call, devices: Devices) -> Node:
    """Answer with the core attributes of the device that deviceId names."""
    device = _named(call, devices)
    return {name: device[name] for name in CORE}


def security_compliance(call: Call, devices: Devices) -> Node:
    """Answer with its security and compliance attributes."""
    device = _named(call, devices)
    attributes = [
        {"key": key, "type": "string", "value": device[name]} for key, name in _SECURITY.items()
    ]
    return {ID: device[ID], "complianceAttributes": {"complianceAttribute": attributes}}


def _named(call: Call, devices: Devices) -> Device:
    device = devices.find(call.needed("deviceId"))
    if device is None:
        raise not_found("Device")
    return device
