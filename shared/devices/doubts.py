"""What is not known about how Exchange decides, and when it bears on a device."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from shared.devices.access import Case, ConditionalAccess, Layer, Verdict, is_unseen, matching
from shared.devices.layers import DISCOVERY_WINDOW, client_switch, walk
from shared.devices.model import AccessLevel, AccessState
from shared.devices.wipe import is_outlook

ON_LISTS = frozenset({Layer.BLOCKED_LIST, Layer.ALLOWED_LIST})
ON_EXCHANGES_WORD = frozenset({Layer.EXTERNAL, Layer.AUTOMATIC_BLOCK})


class Doubt(StrEnum):
    """What is documented nowhere, or cannot be seen, and bears on the result."""

    BOTH_LISTS = "both_lists"
    RULE_ORDER = "rule_order"
    UNSEEN_RULE = "unseen_rule"
    CONDITIONAL_ACCESS_UNKNOWN = "conditional_access_unknown"
    CONDITIONAL_ACCESS_REACH = "conditional_access_reach"
    POLICY_UNSEEN = "policy_unseen"
    DISCOVERY = "discovery"
    EXCHANGES_WORD = "exchanges_word"
    EARLIER_STATE = "earlier_state"
    CLIENT_UNKNOWN = "client_unknown"

    @property
    def says(self) -> str:
        """The doubt in words for an administrator."""
        return WORDS[self]


WORDS = {
    Doubt.BOTH_LISTS: "the device is on both lists: that the blocked list wins is reported for "
    "Exchange Server only",
    Doubt.RULE_ORDER: "several rules match and disagree: their order is known of Exchange Server "
    "only",
    Doubt.UNSEEN_RULE: "a rule looks at what Exchange does not show, and its place among the "
    "others is not known",
    Doubt.CONDITIONAL_ACCESS_UNKNOWN: "whether Conditional Access takes the place of the rules "
    "for this user is not known",
    Doubt.CONDITIONAL_ACCESS_REACH: "Conditional Access takes the place of the rules for Outlook "
    "mobile; whether also of personal lists and the default is documented nowhere",
    Doubt.POLICY_UNSEEN: "whether the mailbox policy is enforced on the device cannot be seen",
    Doubt.DISCOVERY: "how long Exchange waits for a device to tell what it is, is published "
    "nowhere",
    Doubt.EXCHANGES_WORD: "Exchange says so; what that rests on cannot be seen here",
    Doubt.EARLIER_STATE: "Exchange may go on showing an earlier state until the device comes next",
    Doubt.CLIENT_UNKNOWN: "which of the mailbox's switches governs this client is not known",
}


def doubts(case: Case, expected: Verdict) -> Iterator[Doubt]:
    """Find what bears on the expected result and is documented nowhere or cannot be seen."""
    if not client_switch(case):
        yield Doubt.CLIENT_UNKNOWN
    if expected.layer in ON_EXCHANGES_WORD or expected.reason == "Upgrade":
        yield Doubt.EXCHANGES_WORD
    if expected.layer is Layer.EXTERNAL:
        return
    if _policy_is_unseen(case):
        yield Doubt.POLICY_UNSEEN
    if expected.layer is Layer.MAILBOX_POLICY:
        return
    if expected.layer in ON_LISTS and case.device.on_allowed_list and case.device.on_blocked_list:
        yield Doubt.BOTH_LISTS
    if expected.layer not in ON_LISTS:
        yield from _about_rules(case, expected)
    yield from _about_conditional_access(case, expected)


def _about_rules(case: Case, expected: Verdict) -> Iterator[Doubt]:
    if case.lacks_information and case.is_within(2 * DISCOVERY_WINDOW):
        yield Doubt.DISCOVERY
    if case.skips_rules or expected.layer is Layer.GRACE:
        return
    if len({rule.level for rule in matching(case.device, case.policy.rules)}) > 1:
        yield Doubt.RULE_ORDER
    if any(is_unseen(rule) for rule in case.policy.rules):
        yield Doubt.UNSEEN_RULE


def _about_conditional_access(case: Case, expected: Verdict) -> Iterator[Doubt]:
    if not is_outlook(case.device):
        return
    if case.conditional_access is ConditionalAccess.UNKNOWN:
        skipping = replace(case, conditional_access=ConditionalAccess.APPLIES)
        if _outcome(walk(skipping)[1]) != _outcome(expected):
            yield Doubt.CONDITIONAL_ACCESS_UNKNOWN
    if case.skips_rules and (
        expected.layer in ON_LISTS or case.policy.default is not AccessLevel.ALLOW
    ):
        yield Doubt.CONDITIONAL_ACCESS_REACH


def _outcome(verdict: Verdict) -> tuple[AccessState, str, str]:
    return verdict.state, verdict.reason, verdict.rule


def _policy_is_unseen(case: Case) -> bool:
    if case.mailbox.admits_unmanaged or case.policy_status in {
        "AppliedInFull",
        "ExternallyManaged",
    }:
        return False
    return case.mailbox.admits_unmanaged is None or case.policy_status in {"", "Unknown"}
