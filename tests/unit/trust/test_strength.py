"""What a sign-in with a certificate counts as, by the tenant's rules in their rank."""

from cryptography import x509

from shared.trust.method import CertificateMethod, Mode, Rule, RuleKind
from shared.trust.strength import counts_as
from shared.trust.x509 import CertificateFacts, facts
from tests.unit.trust.made import a_root, made

SINGLE, MULTI = Mode.SINGLE_FACTOR, Mode.MULTI_FACTOR
ROOT = a_root("CN=Contoso CA,OU=PKI,O=Contoso")
ISSUER = "CN=Contoso CA, OU=PKI, O=Contoso"


def a_leaf(*policies: str) -> CertificateFacts:
    found = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in policies]
    said = ((x509.CertificatePolicies(found), False),) if found else ()
    return facts(made("CN=Ada", ROOT, *said).der)


def rule(kind: RuleKind, identifier: str, mode: Mode = MULTI) -> Rule:
    return Rule(kind=kind, identifier=identifier, mode=mode)


def method(
    *rules: Rule, default: Mode = SINGLE, unknown: tuple[str, ...] = ()
) -> CertificateMethod:
    return CertificateMethod(is_enabled=True, default_mode=default, rules=rules, unknown=unknown)


def test_where_no_rule_fits_the_default_counts() -> None:
    found = counts_as(a_leaf("1.2.3"), method(rule(RuleKind.POLICY, "1.2.4"), default=MULTI))
    assert (found.mode, found.rule, found.unknown) == (MULTI, None, ())


def test_a_policy_is_itself_and_not_what_is_derived_from_it() -> None:
    wanted = rule(RuleKind.POLICY, "1.2.3.4.5")
    assert counts_as(a_leaf("1.2.3.4.5"), method(wanted)).rule == wanted
    assert counts_as(a_leaf("1.2.3.4.5.6"), method(wanted)).rule is None
    assert counts_as(a_leaf(), method(wanted)).rule is None


def test_an_issuer_is_known_in_both_orders_and_whatever_blanks_are_between() -> None:
    for spelled in (ISSUER, "O=Contoso,OU=PKI,CN=Contoso CA", "cn=contoso ca,ou=pki,o=contoso"):
        wanted = rule(RuleKind.ISSUER, spelled)
        assert counts_as(a_leaf(), method(wanted)).rule == wanted
    for other in ("CN=Contoso CA", "CN=Contoso CA,O=Contoso", "", "nonsense"):
        assert counts_as(a_leaf(), method(rule(RuleKind.ISSUER, other))).rule is None


def test_both_go_before_policies_and_policies_before_issuers() -> None:
    both = rule(RuleKind.ISSUER_AND_POLICY, f"{ISSUER};1.2.3", SINGLE)
    policy = rule(RuleKind.POLICY, "1.2.3", MULTI)
    issuer = rule(RuleKind.ISSUER, ISSUER, SINGLE)
    assert counts_as(a_leaf("1.2.3"), method(issuer, policy, both)).rule == both
    assert counts_as(a_leaf("1.2.3"), method(issuer, policy)).rule == policy
    assert counts_as(a_leaf("1.2.9"), method(issuer, policy, both)).rule == issuer


def test_of_both_neither_is_enough() -> None:
    both = rule(RuleKind.ISSUER_AND_POLICY, f"{ISSUER}; 1.2.3")
    assert counts_as(a_leaf("1.2.3"), method(both)).rule == both
    assert counts_as(a_leaf("1.2.30"), method(both)).rule is None
    for other in ("CN=Else;1.2.3", ISSUER, "1.2.3", ";", f"1.2.3;{ISSUER}"):
        assert counts_as(a_leaf("1.2.3"), method(rule(both.kind, other))).rule is None


def test_policies_that_lead_to_both_count_as_one_factor() -> None:
    strong, weak = rule(RuleKind.POLICY, "1.2.3"), rule(RuleKind.POLICY, "1.2.4", SINGLE)
    for rules in ((strong, weak), (weak, strong)):
        assert counts_as(a_leaf("1.2.3", "1.2.4"), method(*rules)).mode is SINGLE


def test_a_rule_that_could_not_be_read_is_a_doubt() -> None:
    unread = ("rule byMoonlight full", "rules.x509CertificateRequiredAffinityLevel")
    assert counts_as(a_leaf(), method(unknown=unread)).unknown == unread[:1]
