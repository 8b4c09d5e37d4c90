"""X7, X8 and X10: whose a certificate is, for whom the method is on, and what it counts as."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from shared.trust import bindings as mapping
from shared.trust import strength
from shared.trust.account import Account
from shared.trust.authority import Authority
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, fine, found
from shared.trust.doctor.stores import SAMPLE, named
from shared.trust.method import Binding, CertificateMethod, Rule, RuleKind
from shared.trust.x509 import CertificateFacts

OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
EVERYBODY = "all_users"


def bindings(method: CertificateMethod) -> tuple[Detail, ...]:
    """Judge X7 without a sample."""
    ordered = sorted(method.bindings, key=lambda each: each.priority)
    counted = Counter(each.priority for each in ordered)
    twice = [str(priority) for priority, count in counted.items() if count > 1]
    clash = (found(Code.PRIORITIES_CLASH, ", ".join(twice)),) if twice else ()
    if not ordered:
        return (found(Code.NO_BINDINGS),)
    return (*(fine(_strength(each), _named(each)) for each in ordered), *clash)


def mapped(
    sample: CertificateFacts, method: CertificateMethod, account: Account
) -> Iterable[Detail]:
    """Judge whether a sample leads to the user, as far as that can be told from outside."""
    outcome = mapping.mapped(sample, method, account)
    if outcome.unknown:
        yield found(Code.SAMPLE_MAPPING_UNKNOWN, "; ".join(outcome.unknown), SAMPLE)
    elif outcome.matched is not None:
        yield fine(f"{account.upn}, by {_named(outcome.matched)}", SAMPLE)
    else:
        why = "; ".join(f"{_named(each.binding)}: {each.says}" for each in outcome.tried)
        yield found(Code.SAMPLE_NOT_MAPPED, why, SAMPLE)
    mail = mapping.mail_address(sample, account)
    if mail.address:
        yield fine(f"for Exchange ActiveSync: {mail.says}", SAMPLE)
    else:
        yield found(Code.SAMPLE_WITHOUT_MAIL_ADDRESS, mail.says, SAMPLE)


def _named(binding: Binding) -> str:
    return f"{binding.certificate_field} -> {binding.user_property}"


def _strength(binding: Binding) -> str:
    if binding.certificate_field in mapping.WEAK:
        return f"priority {binding.priority}, weak: it names whoever the authority has named"
    return f"priority {binding.priority}, strong: it names one certificate or key"


def membership(method: CertificateMethod, user: str) -> tuple[Detail, ...]:
    """Judge whether the method is on for a user: who is in which group is not read."""
    everybody = any(each.id == EVERYBODY for each in method.include) and not method.exclude
    if everybody or not (method.is_enabled and method.include):
        return ()
    return (found(Code.MEMBERSHIP_UNKNOWN, about=user),)


def method(method: CertificateMethod, *, is_anything_trusted: bool | None) -> tuple[Detail, ...]:
    """Judge X8; None: what is trusted cannot be told."""
    unknown = (found(Code.SETTINGS_UNKNOWN, ", ".join(method.unknown)),) if method.unknown else ()
    return (*_switched(method, is_anything_trusted=is_anything_trusted), *unknown)


def _switched(method: CertificateMethod, *, is_anything_trusted: bool | None) -> Iterable[Detail]:
    if not method.is_enabled:
        match is_anything_trusted:
            case True:
                yield found(Code.METHOD_OFF)
            case False:
                yield found(Code.NOT_IN_USE)
            case None:
                yield found(Code.USE_UNKNOWN, "the method is off")
        return
    if not method.include:
        yield found(Code.NOBODY_MAY)
        return
    groups = [each.id for each in method.include]
    who = "everybody" if EVERYBODY in groups else f"groups {', '.join(groups)}"
    but = f", but groups {', '.join(each.id for each in method.exclude)}" if method.exclude else ""
    yield fine(f"on for {who}{but}")


def rules(method: CertificateMethod, authorities: Sequence[Authority]) -> tuple[Detail, ...]:
    """Judge X10; rules about issuers are compared with the authorities that could be read."""
    issuers = {_rdns(named(each)) for each in authorities}
    default = fine(f"where no rule fits: {method.default_mode}")
    return (default, *(_rule(each, issuers) for each in method.rules))


def _rule(rule: Rule, issuers: set[frozenset[str]]) -> Detail:
    about = f"{rule.kind} {rule.identifier}"
    issuer, policy = _parts(rule)
    if policy is not None and not OID.fullmatch(policy):
        return found(Code.RULE_POLICY_WRONG, about=about)
    if issuer is not None and _rdns(issuer) not in issuers:
        return found(Code.RULE_ISSUER_UNKNOWN, about=about)
    return fine(f"counts as {rule.mode}", about)


def _parts(rule: Rule) -> tuple[str | None, str | None]:
    """Return the issuer and the policy that a rule is about; None where it is about any."""
    match rule.kind:
        case RuleKind.ISSUER:
            return rule.identifier, None
        case RuleKind.POLICY:
            return None, rule.identifier
        case RuleKind.ISSUER_AND_POLICY:
            issuer, _, policy = rule.identifier.rpartition(";")
            return issuer, policy.strip()


def _rdns(name: str) -> frozenset[str]:
    """Return the parts of a name, whatever their order, blanks and letter case."""
    parts = re.split(r"(?<!\\)[,+]", name)
    return frozenset(re.sub(r"\s*=\s*", "=", part.strip()).casefold() for part in parts)


def counts_as(sample: CertificateFacts, method: CertificateMethod) -> Detail:
    """Say what a sign-in with the sample counts as."""
    counted = strength.counts_as(sample, method)
    by = f"by the rule {counted.rule.kind} {counted.rule.identifier}" if counted.rule else ""
    if counted.unknown:
        return found(Code.SETTINGS_UNKNOWN, "; ".join(counted.unknown), SAMPLE)
    return fine(" ".join(filter(None, (f"counts as {counted.mode}", by))), SAMPLE)
