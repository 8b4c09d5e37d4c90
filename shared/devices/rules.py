"""What is wrong with device access rules: alone, among each other, for the devices there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.devices.access import (
    RULE_ORDER,
    ConditionalAccess,
    level_without_exemption,
    matching,
    value_of,
)
from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, Device
from shared.devices.wipe import is_outlook
from shared.errors import Rejected

CHARACTERISTICS = (*RULE_ORDER, "XMSWLHeader")
WILDCARDS = frozenset("*?%")
# What Outlook for iOS and Android calls itself.
OUTLOOK = {
    "DeviceModel": frozenset({"Outlook for iOS and Android"}),
    "DeviceType": frozenset({"Outlook"}),
    "UserAgent": frozenset({"Outlook-iOS/2.0", "Outlook-Android/2.0"}),
}


class Problem(StrEnum):
    """What can be wrong with a rule."""

    EMPTY_QUERY = "empty_query"
    OUTER_SPACE = "outer_space"
    WILDCARD = "wildcard"
    UNKNOWN_CHARACTERISTIC = "unknown_characteristic"
    DUPLICATE = "duplicate"
    NO_DEVICE = "no_device"  # no known device has the value
    OTHER_CASE = "other_case"  # known devices have the value in other case only
    SHADOWED = "shadowed"  # for each device it matches, an earlier rule decides
    NO_EFFECT = "no_effect"  # for each device, the result would be the same without it
    REPEATS_DEFAULT = "repeats_default"
    OUTLOOK_SKIPS_IT = "outlook_skips_it"


HOPELESS = frozenset({Problem.EMPTY_QUERY, Problem.WILDCARD, Problem.UNKNOWN_CHARACTERISTIC})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """One thing wrong with one rule, and what to do about it."""

    problem: Problem
    rule: str
    why: str
    remedy: str


def check(rule: AccessRule) -> tuple[RuleFinding, ...]:
    """Return what is wrong with a rule whatever devices there are."""
    return tuple(_alone(rule))


def review(
    policy: AccessPolicy, devices: Sequence[Device], conditional_access: ConditionalAccess
) -> tuple[RuleFinding, ...]:
    """
    Return what is wrong with a tenant's rules; *devices* are all that are known, or none.

    Rules on what Exchange does not show, such as XMSWLHeader, are checked alone only.
    """
    # Of thousands of devices most are of the same few kinds.
    kinds = list({_kind(device): device for device in devices}.values())
    return tuple(
        finding
        for place, rule in enumerate(policy.rules)
        for finding in (
            *_alone(rule),
            *_duplicate(rule, policy.rules[:place]),
            *_among_devices(rule, policy, kinds),
            *_default(rule, policy),
            *_outlook(rule, kinds, conditional_access),
        )
    )


def _alone(rule: AccessRule) -> Iterator[RuleFinding]:
    if rule.characteristic not in CHARACTERISTICS:
        why = f"Exchange is not known to have a characteristic {rule.characteristic}"
        remedy = f"use one of {', '.join(CHARACTERISTICS)}"
        yield _finding(Problem.UNKNOWN_CHARACTERISTIC, rule, why, remedy)
    if not rule.query.strip():
        why = "a rule without a value matches no device"
        yield _finding(Problem.EMPTY_QUERY, rule, why, "name the value, or remove the rule")
    elif rule.query != rule.query.strip():
        why = "values are compared exactly: a space at either end has to be in the device's too"
        yield _finding(Problem.OUTER_SPACE, rule, why, "write the value without the space")
    if WILDCARDS & set(rule.query):
        why = "values are compared exactly: *, ? and % stand for themselves only"
        yield _finding(Problem.WILDCARD, rule, why, "add a rule for each value that devices have")


def _duplicate(rule: AccessRule, earlier: Sequence[AccessRule]) -> Iterator[RuleFinding]:
    for other in earlier:
        if (other.characteristic, other.query) == (rule.characteristic, rule.query):
            meaning = "says the same" if other.level is rule.level else f"says {other.level}"
            why = f"another rule for the same value {meaning}; which one counts is not documented"
            yield _finding(Problem.DUPLICATE, rule, why, "keep one of them")


def _among_devices(
    rule: AccessRule, policy: AccessPolicy, devices: Sequence[Device]
) -> Iterator[RuleFinding]:
    if rule.characteristic not in RULE_ORDER or not devices:
        return
    matched = _matched(rule, devices)
    if not matched:
        yield _unmatched(rule, devices)
        return
    deciding = [matching(device, policy.rules)[0] for device in matched]
    if rule not in deciding:
        names = ", ".join(sorted({each.name for each in deciding}))
        why = f"every known device that has the value is decided by {names} first"
        remedy = f"remove it, or change {names}"
        yield _finding(Problem.SHADOWED, rule, why, remedy)
    elif not _repeats_default(rule, policy) and not _changes_any(rule, policy, matched):
        why = "without it, every known device that has the value would get the same level"
        yield _finding(Problem.NO_EFFECT, rule, why, "remove it, unless it guards against changes")


def _unmatched(rule: AccessRule, devices: Sequence[Device]) -> RuleFinding:
    values = {value_of(device, rule.characteristic) for device in devices}
    similar = sorted(value for value in values if value.casefold() == rule.query.casefold())
    if not similar:
        why = f"no known device has this {rule.characteristic}"
        remedy = "check the spelling against a device, or remove it"
        return _finding(Problem.NO_DEVICE, rule, why, remedy)
    why = f"values are compared exactly, and devices say {', '.join(similar)}"
    return _finding(Problem.OTHER_CASE, rule, why, f"write {similar[0]}")


def _default(rule: AccessRule, policy: AccessPolicy) -> Iterator[RuleFinding]:
    if _repeats_default(rule, policy):
        why = f"it says {rule.level}, and so does the default, with no other rule in between"
        remedy = "remove it, unless the default is about to change"
        yield _finding(Problem.REPEATS_DEFAULT, rule, why, remedy)


def _outlook(
    rule: AccessRule, devices: Sequence[Device], conditional_access: ConditionalAccess
) -> Iterator[RuleFinding]:
    matched = _matched(rule, devices)
    is_for_outlook = rule.query in OUTLOOK.get(rule.characteristic, ()) or (
        matched and all(is_outlook(device) for device in matched)
    )
    if is_for_outlook and conditional_access is ConditionalAccess.APPLIES:
        why = "rules are skipped for Outlook mobile wherever Conditional Access demands a managed "
        why += "device or app"
        remedy = "say in Conditional Access who may use Outlook, and remove the rule"
        yield _finding(Problem.OUTLOOK_SKIPS_IT, rule, why, remedy)


def _kind(device: Device) -> tuple[object, ...]:
    """Return what tells devices apart, as far as rules are concerned."""
    return (is_outlook(device), *(value_of(device, each) for each in RULE_ORDER))


def _matched(rule: AccessRule, devices: Sequence[Device]) -> list[Device]:
    return [device for device in devices if matching(device, (rule,))]


def _repeats_default(rule: AccessRule, policy: AccessPolicy) -> bool:
    """Whether the rule says what the default says, and makes no exception from another rule."""
    return rule.level is policy.default and not any(
        other.level is not rule.level and _may_follow(rule, other) for other in policy.rules
    )


def _may_follow(rule: AccessRule, other: AccessRule) -> bool:
    """Whether a device can match both, and *other* would decide if *rule* were gone."""
    if other.characteristic not in RULE_ORDER or rule.characteristic not in RULE_ORDER:
        return True  # the place of such a rule is not known
    if other.characteristic == rule.characteristic:
        return other.query == rule.query
    return RULE_ORDER.index(other.characteristic) > RULE_ORDER.index(rule.characteristic)


def _changes_any(rule: AccessRule, policy: AccessPolicy, devices: Sequence[Device]) -> bool:
    without = replace(policy, rules=tuple(other for other in policy.rules if other != rule))
    return any(
        level_without_exemption(device, policy)[0]
        is not level_without_exemption(device, without)[0]
        for device in devices
    )


def _finding(problem: Problem, rule: AccessRule, why: str, remedy: str) -> RuleFinding:
    return RuleFinding(problem=problem, rule=rule.name, why=why, remedy=remedy)


def require_possible(characteristic: str, query: str, *, level: AccessLevel) -> None:
    """Raise Rejected, naming everything that is wrong, if such a rule could never match."""
    rule = AccessRule(name=query, characteristic=characteristic, query=query, level=level)
    wrong = [found for found in check(rule) if found.problem in HOPELESS]
    if wrong:
        told = "; ".join(f"{found.why}: {found.remedy}" for found in wrong)
        raise Rejected(f"the rule could never match: {told}")
