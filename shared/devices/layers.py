"""
The layers that may decide about a device, asked in Exchange's order; the first answer stands.

The order is documented as far as it goes: policy, blocked list, allowed list, rules, default.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.devices.access import Case, Layer, Verdict, is_unseen, matching
from shared.devices.model import AccessLevel, AccessState
from shared.devices.wipe import is_outlook

# Which switch of Get-CASMailbox governs which type of client.
SWITCHES = {
    "EAS": "ActiveSyncEnabled",
    "Outlook": "OutlookMobileEnabled",
    "MOWA": "OWAforDevicesEnabled",
    "UniversalOutlook": "UniversalOutlookEnabled",
}
DISCOVERY_WINDOW = timedelta(minutes=14)  # as observed by others; published nowhere
EXTERNAL = frozenset({"ExternallyManaged", "ExternalCompliance", "ExternalEnrollment"})
AUTOMATIC = frozenset(
    {"UserAgentsChanges", "RecentCommands", "Watsons", "OutOfBudgets", "SyncCommands"}
    | {"EnableNotificationEmail", "CommandFrequency"}
)
STATES = {
    AccessLevel.ALLOW: AccessState.ALLOWED,
    AccessLevel.BLOCK: AccessState.BLOCKED,
    AccessLevel.QUARANTINE: AccessState.QUARANTINED,
}


class Finding(StrEnum):
    """What asking a layer brought."""

    UNSEEN = "unseen"  # we cannot ask it
    PASSES = "passes"
    DECIDES = "decides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One layer's answer, for an administrator."""

    layer: Layer
    finding: Finding
    says: str


def walk(case: Case) -> tuple[list[Step], Verdict]:
    """Ask each layer until one decides; return all answers, and what it decides."""
    steps: list[Step] = []
    for layer, ask in LAYERS:
        answer = ask(case)
        if isinstance(answer, Verdict):
            steps.append(Step(layer=layer, finding=Finding.DECIDES, says=answer.says))
            return steps, answer
        steps.append(Step(layer=layer, finding=Finding.PASSES, says=answer))
    raise AssertionError("the default always decides")


def client_switch(case: Case) -> str:
    """Return the mailbox's switch that governs the device's kind of client; empty: none known."""
    return SWITCHES.get("Outlook" if is_outlook(case.device) else case.device.client_type, "")


def is_let_in(case: Case) -> bool:
    """Whether the mailbox lets this kind of client in at all; no access state says so."""
    return client_switch(case) not in case.mailbox.switched_off


def _external(case: Case) -> Verdict | str:
    device = case.device
    if device.access_reason not in EXTERNAL:
        return "Exchange shows no sign of management from outside"
    return _verdict(
        Layer.EXTERNAL,
        device.access,
        device.access_reason,
        says="Basic Mobility and Security, or another management outside Exchange, decides",
    )


def _mailbox_policy(case: Case) -> Verdict | str:
    name = f"the mailbox policy {case.mailbox.policy}".strip()
    if case.policy_status in {"AppliedInFull", "ExternallyManaged"}:
        return f"{name} is enforced ({case.policy_status})"
    if case.mailbox.admits_unmanaged:
        return f"{name} also admits devices that do not enforce it"
    is_known = case.mailbox.admits_unmanaged is False and case.policy_status not in {"", "Unknown"}
    if not is_known and case.device.access_reason != "Policy":
        return f"whether {name} is enforced cannot be seen"
    return _verdict(
        Layer.MAILBOX_POLICY,
        AccessState.BLOCKED,
        "Policy",
        says=f"{name} is not enforced on the device ({case.policy_status or 'no status'})",
    )


def _blocked_list(case: Case) -> Verdict | str:
    if not case.device.on_blocked_list:
        return "the device is not on the mailbox's blocked list"
    says = "the device is on the mailbox's blocked list"
    return _verdict(Layer.BLOCKED_LIST, AccessState.BLOCKED, "Individual", says=says)


def _automatic_block(case: Case) -> Verdict | str:
    reason = case.device.access_reason
    if reason not in AUTOMATIC:
        return "Exchange shows no automatic block"
    says = "Exchange has blocked the device for a while, by itself, for how it behaved"
    return _verdict(Layer.AUTOMATIC_BLOCK, case.device.access, reason, says=says)


def _allowed_list(case: Case) -> Verdict | str:
    if not case.device.on_allowed_list:
        return "the device is not on the mailbox's allowed list"
    says = "the device is on the mailbox's allowed list"
    return _verdict(Layer.ALLOWED_LIST, AccessState.ALLOWED, "Individual", says=says)


def _grace(case: Case) -> Verdict | str:
    if case.device.access_reason == "Upgrade":
        says = "Exchange lets the device in for a while after an upgrade"
        return _verdict(Layer.GRACE, AccessState.ALLOWED, "Upgrade", says=says)
    if not case.lacks_information:
        return "the device has told what it is"
    if not case.is_within(DISCOVERY_WINDOW):
        return "the device has not told what it is, and the time for that is over"
    says = "the device has just come and has not told yet what it is"
    if case.policy.rules and not case.skips_rules:
        return _verdict(Layer.GRACE, AccessState.DISCOVERY, "DeviceRule", says=says)
    if case.policy.default is AccessLevel.QUARANTINE:
        return _verdict(Layer.GRACE, AccessState.DISCOVERY, "Global", says=says)
    return "neither rules nor default wait for the device to tell what it is"


def _rules(case: Case) -> Verdict | str:
    if case.skips_rules:
        return "rules are skipped: Conditional Access decides about Outlook mobile"
    rules = case.policy.rules
    # Only Exchange sees the fact that such a rule looks at: that it names the rule is all we get.
    told = [rule for rule in rules if is_unseen(rule) and rule.name == case.shown_rule]
    for rule in [*told, *matching(case.device, rules)]:
        says = f"the device access rule {rule.name} matches and says {rule.level}"
        return _verdict(Layer.RULE, STATES[rule.level], "DeviceRule", rule=rule.name, says=says)
    return f"none of {len(rules)} device access rules is known to match"


def _default(case: Case) -> Verdict:
    level = case.policy.default
    says = f"nothing else decides, so the organisation's default access level does: {level}"
    return _verdict(Layer.DEFAULT, STATES[level], "Global", says=says)


def _verdict(
    layer: Layer, state: AccessState, reason: str, *, rule: str = "", says: str
) -> Verdict:
    return Verdict(layer=layer, state=state, reason=reason, rule=rule, says=says)


LAYERS: tuple[tuple[Layer, Callable[[Case], Verdict | str]], ...] = (
    (Layer.EXTERNAL, _external),
    (Layer.MAILBOX_POLICY, _mailbox_policy),
    (Layer.BLOCKED_LIST, _blocked_list),
    (Layer.AUTOMATIC_BLOCK, _automatic_block),
    (Layer.ALLOWED_LIST, _allowed_list),
    (Layer.GRACE, _grace),
    (Layer.RULE, _rules),
    (Layer.DEFAULT, _default),
)
