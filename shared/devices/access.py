"""Which layer decides about a device that is on neither personal list."""

from shared.devices.model import AccessLevel, AccessPolicy, Device

# Exchange looks at rules by characteristic, in this order; the first match wins (reported for
# Exchange Server 2013, not confirmed for Exchange Online).
RULE_ORDER = ("UserAgent", "DeviceOS", "DeviceModel", "DeviceType")


def level_without_exemption(device: Device, policy: AccessPolicy) -> tuple[AccessLevel, str]:
    """Return the level that rules and default give *device*, and the layer that gives it."""
    facts = {
        "UserAgent": device.user_agent,
        "DeviceOS": device.os,
        "DeviceModel": device.model,
        "DeviceType": device.device_type,
    }
    for characteristic in RULE_ORDER:
        for rule in policy.rules:
            if rule.characteristic == characteristic and rule.query == facts[characteristic]:
                return rule.level, f"device access rule {rule.name}"
    return policy.default, "the organisation's default access level"
