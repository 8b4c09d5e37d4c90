"""Cases of access for tests: a device, the rules and whatever else the test is about."""

from dataclasses import replace
from datetime import timedelta

from shared.devices.access import Case, ConditionalAccess, MailboxFacts
from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, Device
from tests.unit.builders import NOW


def rule(characteristic: str, query: str, level: AccessLevel) -> AccessRule:
    """Return a rule, named as Exchange names it."""
    name = f"{query} ({characteristic})"
    return AccessRule(name=name, characteristic=characteristic, query=query, level=level)


def a_case(
    device: Device, *rules: AccessRule, default: str = "Quarantine", **changes: object
) -> Case:
    """Return a device that enforces its mailbox policy, and whose user is free of conditions."""
    case = Case(
        device=device,
        mailbox=MailboxFacts(policy="Default"),
        policy=AccessPolicy(default=AccessLevel(default), rules=rules),
        conditional_access=ConditionalAccess.ABSENT,
        now=NOW,
        policy_status="AppliedInFull",
        first_sync_at=NOW - timedelta(days=3),
    )
    return replace(case, **changes)  # type: ignore[arg-type]  # named fields only, by convention


IPHONES_IN = rule("DeviceType", "iPhone", AccessLevel.ALLOW)
OUTLOOK = {"device_type": "Outlook", "client_type": "Outlook", "user_agent": "Outlook-iOS/2.0"}
NEW = {"model": "", "os": ""}
OUTLOOK_OUT = rule("DeviceType", "Outlook", AccessLevel.BLOCK)
HEADER_IN = rule("XMSWLHeader", "x", AccessLevel.ALLOW)
