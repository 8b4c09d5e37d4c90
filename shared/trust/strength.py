"""
What a sign-in with a certificate counts as: one factor or more, by a tenant's rules.

By Microsoft's technical deep dive on certificate-based authentication: rules for issuer and
policy go first, then those for a policy, then those for an issuer, then the default. Where the
certificate's policies lead to both, it counts as one factor.
"""

from dataclasses import dataclass

from shared.trust import windows_name
from shared.trust.method import CertificateMethod, Mode, Rule, RuleKind
from shared.trust.x509 import CertificateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What a sign-in with a certificate counts as, and the rule that says so."""

    mode: Mode
    rule: Rule | None  # None: the tenant's default
    unknown: tuple[str, ...] = ()  # what is not known, and may decide here


def counts_as(facts: CertificateFacts, method: CertificateMethod) -> Strength:
    """Return what a sign-in with it counts as."""
    unread = tuple(each for each in method.unknown if each.lower().startswith("rule "))
    by_rank = (
        (RuleKind.ISSUER_AND_POLICY, _is_of_both),
        (RuleKind.POLICY, _is_of_policy),
        (RuleKind.ISSUER, _is_of_issuer),
    )
    for kind, fits in by_rank:
        rules = [each for each in method.rules if each.kind is kind]
        found = [each for each in rules if fits(facts, each.identifier)]
        if found:
            rule = next((each for each in found if each.mode is Mode.SINGLE_FACTOR), found[0])
            return Strength(mode=rule.mode, rule=rule, unknown=unread)
    return Strength(mode=method.default_mode, rule=None, unknown=unread)


def _is_of_policy(facts: CertificateFacts, identifier: str) -> bool:
    """Return whether it is this very policy: one that is derived from it is another."""
    return identifier.strip() in facts.policies


def _is_of_issuer(facts: CertificateFacts, identifier: str) -> bool:
    return windows_name.is_same(identifier, facts.windows_issuer)


def _is_of_both(facts: CertificateFacts, identifier: str) -> bool:
    """Compare both, which stand before and after the last semicolon."""
    issuer, _, policy = identifier.rpartition(";")
    return _is_of_issuer(facts, issuer) and _is_of_policy(facts, policy)
