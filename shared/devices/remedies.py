"""What would change a device's access: each proposal is tried on paper before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.devices.access import Case, Layer
from shared.devices.layers import client_switch, is_let_in, walk
from shared.devices.model import AccessLevel, AccessRule, AccessState


class Change(StrEnum):
    """What can be done; where there is an order for it, by the order's name."""

    ALLOW = "allow"
    BLOCK = "block"
    CLEAR = "clear"
    ENABLE_CLIENT = "enable_client"
    ASSIGN_POLICY = "assign_policy"
    PUT_ACCESS_RULE = "put_access_rule"
    REMOVE_ACCESS_RULE = "remove_access_rule"
    SET_DEFAULT_ACCESS = "set_default_access"


class Reach(StrEnum):
    """Whom a change concerns."""

    DEVICE = "device"
    MAILBOX = "mailbox"
    KIND = "kind"  # every device that the rule matches
    TENANT = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change, and what the device's access is after it."""

    change: Change
    reach: Reach
    about: str  # the rule, switch or policy to change; empty where it is the device itself
    level: AccessLevel | None  # of a rule or the default: what it is to say
    then: AccessState
    gets_mail: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    change: Change
    reach: Reach
    case: Case
    says: str
    about: str = ""
    level: AccessLevel | None = None


def gets_mail(case: Case) -> bool:
    """Whether the device syncs, as far as its user can sign in."""
    return is_let_in(case) and walk(case)[1].state is AccessState.ALLOWED


def remedies(case: Case) -> tuple[Remedy, ...]:
    """Return the changes that change anything, those that concern the fewest devices first."""
    return tuple(
        Remedy(
            change=each.change,
            reach=each.reach,
            about=each.about,
            level=each.level,
            then=walk(each.case)[1].state,
            gets_mail=gets_mail(each.case),
            says=each.says,
        )
        for each in _proposals(case)
        if _outcome(each.case) != _outcome(case)
    )


def _outcome(case: Case) -> AccessState | None:
    """Return the state that takes effect; None while the client is not even let in."""
    return walk(case)[1].state if is_let_in(case) else None


def _proposals(case: Case) -> Iterator[_Proposal]:
    yield from _lists(case)
    yield from _mailbox(case)
    verdict = walk(case)[1]
    if verdict.layer is Layer.RULE:
        rule = next(rule for rule in case.policy.rules if rule.name == verdict.rule)
        yield from _rule(case, rule)
    if verdict.layer is Layer.DEFAULT:
        yield from _default(case)


def _lists(case: Case) -> Iterator[_Proposal]:
    for change, allowed, blocked, says in (
        (Change.ALLOW, True, False, "put the device on the mailbox's allowed list"),
        (Change.BLOCK, False, True, "put the device on the mailbox's blocked list"),
        (Change.CLEAR, False, False, "take the device off both of the mailbox's lists"),
    ):
        device = replace(case.device, on_allowed_list=allowed, on_blocked_list=blocked)
        changed = replace(case, device=device)
        yield _Proposal(change=change, reach=Reach.DEVICE, case=changed, says=says)


def _mailbox(case: Case) -> Iterator[_Proposal]:
    switch = client_switch(case)
    on = replace(case.mailbox, switched_off=case.mailbox.switched_off - {switch})
    yield _Proposal(
        change=Change.ENABLE_CLIENT,
        reach=Reach.MAILBOX,
        case=replace(case, mailbox=on),
        about=switch,
        says=f"set {switch} to true for the mailbox",
    )
    admitting = replace(case.mailbox, admits_unmanaged=True)
    yield _Proposal(
        change=Change.ASSIGN_POLICY,
        reach=Reach.MAILBOX,
        case=replace(case, mailbox=admitting),
        about=case.mailbox.policy,
        says="let the device enforce the mailbox policy, or assign one that admits devices "
        "which cannot (AllowNonProvisionableDevices)",
    )


def _rule(case: Case, rule: AccessRule) -> Iterator[_Proposal]:
    others = tuple(each for each in case.policy.rules if each.name != rule.name)
    for level in AccessLevel:
        changed = replace(case.policy, rules=(*others, replace(rule, level=level)))
        yield _Proposal(
            change=Change.PUT_ACCESS_RULE,
            reach=Reach.KIND,
            case=replace(case, policy=changed),
            about=rule.name,
            level=level,
            says=f"let the rule {rule.name} say {level}: this concerns every device it matches",
        )
    yield _Proposal(
        change=Change.REMOVE_ACCESS_RULE,
        reach=Reach.KIND,
        case=replace(case, policy=replace(case.policy, rules=others)),
        about=rule.name,
        says=f"remove the rule {rule.name}: this concerns every device it matches",
    )


def _default(case: Case) -> Iterator[_Proposal]:
    for level in AccessLevel:
        yield _Proposal(
            change=Change.SET_DEFAULT_ACCESS,
            reach=Reach.TENANT,
            case=replace(case, policy=replace(case.policy, default=level)),
            level=level,
            says=f"set the default access level to {level}: this concerns, at once, every "
            "device that neither a rule nor a personal list covers",
        )
