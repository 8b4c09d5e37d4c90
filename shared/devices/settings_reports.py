"""Rows on what is wrong with a tenant's access rules and, for Outlook, with its policies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from shared.devices.access import RULE_ORDER, ConditionalAccess, value_of
from shared.devices.groups import Group
from shared.devices.model import AccessPolicy, Device
from shared.devices.policy import Policy, outlook_report
from shared.devices.policy_settings import PARAMETERS, Outlook, Value
from shared.devices.reports_csv import Cell
from shared.devices.rules import review
from shared.devices.wipe import is_outlook


def rules(
    groups: Iterable[Group], policy: AccessPolicy, conditional_access: ConditionalAccess
) -> Iterator[tuple[Cell, ...]]:
    """Yield rule, problem, why, remedy for everything that is wrong with a rule."""
    # Of very many devices only one of each kind is kept: rules cannot tell the others apart.
    kinds: dict[tuple[object, ...], Device] = {}
    for group in groups:
        for seen in group.seen():
            device = seen.as_device()
            kinds.setdefault(_kind(device), device)
    for found in review(policy, list(kinds.values()), conditional_access):
        yield found.rule, found.problem.value, found.why, found.remedy


def outlook(groups: Iterable[Group], policies: Sequence[Policy]) -> Iterator[tuple[Cell, ...]]:
    """
    Yield policy, setting, value, what Outlook mobile does with it, how many of its devices.

    Only settings that somebody has changed, and that Outlook does not obey everywhere.
    """
    default = next((each.name for each in policies if each.is_default), "")
    devices: Counter[str] = Counter()
    for group in groups:
        name = group.mailbox.policy or default
        devices[name.casefold()] += sum(is_outlook(each.as_device()) for each in group.seen())
    for policy in sorted(policies, key=lambda each: each.name):
        for setting, value, behaviour in _disobeyed(policy):
            counted = devices[policy.name.casefold()]
            yield policy.name, setting, _text(value), behaviour.value, counted


def _disobeyed(policy: Policy) -> Iterator[tuple[str, Value, Outlook]]:
    for name, behaviour in outlook_report(policy.settings).items():
        value = policy.settings[name]
        if behaviour is not Outlook.OBEYS and value != PARAMETERS[name].default:
            yield name, value, behaviour


def _kind(device: Device) -> tuple[object, ...]:
    return (is_outlook(device), *(value_of(device, each) for each in RULE_ORDER))


def _text(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
