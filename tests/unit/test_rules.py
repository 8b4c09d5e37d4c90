"""What is wrong with device access rules."""

import pytest

from shared.devices.access import ConditionalAccess
from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, Device
from shared.devices.rules import Problem, check, review
from tests.unit.access_cases import rule
from tests.unit.builders import a_device

ALLOW, BLOCK, QUARANTINE = AccessLevel
IPHONE = a_device()
ANDROID = a_device(device_type="Android", model="SM-G991B", os="Android 15", user_agent="And/1")
OUTLOOK = a_device(device_type="Outlook", model="Outlook for iOS and Android", os="iOS 19.2")


def problems(
    *rules: AccessRule,
    default: AccessLevel = ALLOW,
    devices: tuple[Device, ...] = (IPHONE, ANDROID),
    conditional_access: ConditionalAccess = ConditionalAccess.ABSENT,
) -> list[tuple[str, Problem]]:
    """Return which rules have which problems, in order."""
    policy = AccessPolicy(default=default, rules=rules)
    return [(each.rule, each.problem) for each in review(policy, devices, conditional_access)]


@pytest.mark.parametrize(
    ("faulty", "problem"),
    [
        (rule("DeviceType", "", BLOCK), Problem.EMPTY_QUERY),
        (rule("DeviceType", "  ", BLOCK), Problem.EMPTY_QUERY),
        (rule("DeviceType", "iPhone ", BLOCK), Problem.OUTER_SPACE),
        (rule("UserAgent", "Apple-*", BLOCK), Problem.WILDCARD),
        (rule("DeviceOS", "iOS 1?", BLOCK), Problem.WILDCARD),
        (rule("DeviceColour", "red", BLOCK), Problem.UNKNOWN_CHARACTERISTIC),
    ],
)
def test_rule_that_cannot_do_what_it_is_meant_to_is_found(
    faulty: AccessRule, problem: Problem
) -> None:
    """This needs no device to compare with, and each finding says what to do."""
    [finding] = check(faulty)
    assert finding.problem is problem
    assert finding.why
    assert finding.remedy


@pytest.mark.parametrize("name", ["UserAgent", "DeviceOS", "DeviceModel", "DeviceType"])
def test_rule_with_an_ordinary_value_passes(name: str) -> None:
    """So do all characteristics there are."""
    assert check(rule(name, "SAMSUNG (SM-G991B)/101.15", BLOCK)) == ()
    assert check(rule("XMSWLHeader", "x", BLOCK)) == ()


def test_rule_whose_value_no_device_has_never_matches() -> None:
    """Where no device is known at all, or Exchange does not show the value, nothing is said."""
    assert problems(rule("DeviceType", "Nokia", BLOCK)) == [
        ("Nokia (DeviceType)", Problem.NO_DEVICE)
    ]
    assert problems(rule("XMSWLHeader", "Nokia", BLOCK)) == []
    assert problems(rule("DeviceType", "Nokia", BLOCK), devices=()) == []


def test_rule_in_other_case_than_the_devices_never_matches() -> None:
    """It says how the devices spell it."""
    policy = AccessPolicy(default=ALLOW, rules=(rule("DeviceType", "iphone", BLOCK),))
    [finding] = review(policy, [IPHONE], ConditionalAccess.ABSENT)
    assert finding.problem is Problem.OTHER_CASE
    assert finding.remedy == "write iPhone"


def test_rule_behind_an_earlier_one_for_all_its_devices_is_shadowed() -> None:
    """The order is by characteristic, whatever the order of the list."""
    by_type, by_os = rule("DeviceType", "iPhone", BLOCK), rule("DeviceOS", "iOS 19.2", QUARANTINE)
    assert problems(by_type, by_os) == [("iPhone (DeviceType)", Problem.SHADOWED)]
    older = a_device(os="iOS 17")
    assert problems(by_type, by_os, devices=(IPHONE, older)) == []


def test_rule_without_which_nothing_would_change_has_no_effect() -> None:
    """The next rule says the same of every device it matches."""
    by_type, by_os = rule("DeviceType", "iPhone", BLOCK), rule("DeviceOS", "iOS 19.2", BLOCK)
    assert problems(by_type, by_os) == [
        ("iPhone (DeviceType)", Problem.SHADOWED),
        ("iOS 19.2 (DeviceOS)", Problem.NO_EFFECT),
    ]


def test_rule_that_says_what_the_default_says_is_found() -> None:
    """Not if it makes an exception from another rule."""
    modest = rule("DeviceModel", "iPhone15C2", ALLOW)
    assert problems(modest) == [("iPhone15C2 (DeviceModel)", Problem.REPEATS_DEFAULT)]
    older = a_device(model="iPhone12C1")
    assert problems(modest, rule("DeviceType", "iPhone", BLOCK), devices=(IPHONE, older)) == []
    assert problems(modest, default=BLOCK) == []


def test_exception_from_a_rule_on_what_is_not_shown_is_left_alone() -> None:
    """Where such a rule stands in the order is not known."""
    found = problems(rule("DeviceType", "iPhone", ALLOW), rule("XMSWLHeader", "x", BLOCK))
    assert Problem.REPEATS_DEFAULT not in {problem for _, problem in found}


def test_second_rule_for_the_same_value_is_a_duplicate() -> None:
    """Exchange should not have it, so which one counts is not known."""
    first, second = rule("DeviceType", "iPhone", BLOCK), rule("DeviceType", "iPhone", QUARANTINE)
    found = {problem for _, problem in problems(first, second, default=QUARANTINE)}
    assert Problem.DUPLICATE in found
    assert Problem.REPEATS_DEFAULT not in found
    assert Problem.DUPLICATE not in {problem for _, problem in problems(first)}


@pytest.mark.parametrize(
    "skipped",
    [
        rule("DeviceType", "Outlook", BLOCK),
        rule("DeviceModel", "Outlook for iOS and Android", BLOCK),
        rule("UserAgent", "Outlook-Android/2.0", BLOCK),
    ],
)
def test_rule_for_outlook_does_nothing_under_conditional_access(skipped: AccessRule) -> None:
    """It does without."""
    devices = (OUTLOOK, ANDROID)
    applies = problems(skipped, devices=devices, conditional_access=ConditionalAccess.APPLIES)
    assert (skipped.name, Problem.OUTLOOK_SKIPS_IT) in applies
    assert (skipped.name, Problem.OUTLOOK_SKIPS_IT) not in problems(skipped, devices=devices)


def test_rule_that_also_matches_others_than_outlook_is_kept() -> None:
    """The iPhone's own mail app still meets it."""
    found = problems(
        rule("DeviceOS", "iOS 19.2", BLOCK),
        devices=(OUTLOOK, IPHONE),
        conditional_access=ConditionalAccess.APPLIES,
    )
    assert found == []


def test_tenant_with_sound_rules_has_no_findings() -> None:
    """Each rule changes something for some device."""
    assert (
        problems(rule("DeviceType", "iPhone", BLOCK), rule("DeviceOS", "Android 15", QUARANTINE))
        == []
    )
