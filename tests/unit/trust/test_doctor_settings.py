"""X7, X8, X10: whose a certificate is, for whom the method is on, and what it counts as."""

import msgspec
import pytest

from shared.credentials.findings import Grade
from shared.flows.trust_examination import Asked
from shared.trust.method import (
    Binding,
    CertificateField,
    CertificateMethod,
    Mode,
    Rule,
    RuleKind,
    Target,
    UserProperty,
)
from tests.unit.trust import pki
from tests.unit.trust.doctored import NOBODY, SAMPLE, Patient, about, codes
from tests.unit.trust_world import METHOD, FakeTenant

KEY_ID = Binding(
    certificate_field=CertificateField.SUBJECT_KEY_IDENTIFIER,
    user_property=UserProperty.CERTIFICATE_USER_IDS,
    priority=2,
)
ISSUER = Rule(kind=RuleKind.ISSUER, identifier="CN=contoso issuing", mode=Mode.SINGLE_FACTOR)
POLICY = Rule(kind=RuleKind.POLICY, identifier="1.2.3.4", mode=Mode.SINGLE_FACTOR)


def setting(*, trusted: bool = True, **changes: object) -> Patient:
    """Return a tenant whose method is set otherwise."""
    method: CertificateMethod = msgspec.structs.replace(METHOD, **changes)
    patient = Patient(FakeTenant(method=method))
    patient.tenant.pki = patient.tenant.pki if trusted else ()
    return patient


def test_x7_tells_the_bindings_in_their_order_and_how_strong_they_are() -> None:
    row = setting(bindings=(KEY_ID, *METHOD.bindings)).row("X7", NOBODY)
    assert row.grade is Grade.PASS
    assert [(each.about, each.meaning.split(":")[0]) for each in row.details] == [
        ("PrincipalName -> userPrincipalName", "priority 1, weak"),
        ("SubjectKeyIdentifier -> certificateUserIds", "priority 2, strong"),
    ]


def test_x7_without_bindings_nobody_is_found() -> None:
    row = setting(bindings=()).row("X7", NOBODY)
    assert (row.grade, codes(row)) == (Grade.FAIL, ["no_bindings"])


def test_x7_two_bindings_of_one_priority_have_no_order() -> None:
    clash = msgspec.structs.replace(KEY_ID, priority=1)
    row = setting(bindings=(*METHOD.bindings, clash)).row("X7", NOBODY)
    assert (row.grade, codes(row)) == (Grade.WARN, ["priorities_clash"])


def test_x7_a_sample_leads_to_its_user() -> None:
    row = Patient().row("X7", SAMPLE)
    assert (row.grade, codes(row)) == (Grade.PASS, [])
    assert "adele@contoso.com, by PrincipalName" in row.details[1].meaning


def test_x7_a_sample_of_somebody_else_is_told() -> None:
    other = pki.a_user_certificate("bob@contoso.com", "bob@contoso.com")
    row = Patient().row("X7", Asked(user=pki.UPN, certificate=other))
    assert row.grade is Grade.FAIL
    assert codes(row) == ["sample_not_mapped", "sample_without_mail_address"]


def test_x7_exchange_activesync_wants_the_mail_address() -> None:
    other = pki.a_user_certificate("adele.local@contoso.internal", "")
    row = Patient().row("X7", Asked(user=pki.UPN, certificate=other))
    assert about(row, "sample_without_mail_address")
    assert not about(Patient().row("X7", SAMPLE), "sample_without_mail_address")


def test_x7_a_sample_without_a_user_is_not_mapped() -> None:
    row = Patient().row("X7", Asked(certificate=pki.a_user_certificate()))
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["user_not_given"])


def test_x8_tells_for_whom_the_method_is_on() -> None:
    assert "everybody" in Patient().row("X8").details[0].meaning
    group, other = Target(id="a-group"), Target(id="another")
    row = setting(include=(group,), exclude=(other,)).row("X8", NOBODY)
    assert row.grade is Grade.PASS
    assert "groups a-group, but groups another" in row.details[0].meaning


def test_x8_whether_a_user_is_in_a_group_is_unknown() -> None:
    group = (Target(id="a-group"),)
    for patient in (setting(include=group), setting(exclude=group)):
        row = patient.row("X8", SAMPLE)
        assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["membership_unknown"])


def test_x8_a_method_for_nobody_fails() -> None:
    row = setting(include=()).row("X8")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["nobody_may"])


def test_x8_a_method_that_is_off_fails_where_authorities_are_trusted() -> None:
    row = setting(is_enabled=False).row("X8")
    assert (row.grade, codes(row)) == (Grade.FAIL, ["method_off"])
    unused = setting(trusted=False, is_enabled=False).row("X8", NOBODY)
    assert (unused.grade, codes(unused)) == (Grade.WARN, ["not_in_use"])


def test_x8_settings_that_we_have_no_word_for_are_unknown() -> None:
    row = setting(unknown=("certificateAuthorityScopes",)).row("X8")
    assert (row.grade, codes(row)) == (Grade.UNKNOWN, ["settings_unknown"])
    assert "certificateAuthorityScopes" in row.details[1].meaning


def test_x10_tells_what_certificates_count_as() -> None:
    row = setting(rules=(ISSUER, POLICY)).row("X10", NOBODY)
    assert row.grade is Grade.PASS
    assert [each.about for each in row.details] == [
        "",
        "issuerSubject CN=contoso issuing",
        "policyOID 1.2.3.4",
    ]


@pytest.mark.parametrize(
    ("rule", "grade", "found"),
    [
        (("policyOID", "1.2.3.4"), Grade.PASS, []),
        (("policyOID", "our policy"), Grade.FAIL, ["rule_policy_wrong"]),
        (("policyOID", "1.2.3."), Grade.FAIL, ["rule_policy_wrong"]),
        (("issuerSubject", "CN=Fabrikam"), Grade.WARN, ["rule_issuer_unknown"]),
        (("issuerSubjectAndPolicyOID", "CN=Contoso Root;1.2.3"), Grade.PASS, []),
        (("issuerSubjectAndPolicyOID", "CN=Contoso Root"), Grade.FAIL, ["rule_policy_wrong"]),
    ],
    ids=["right", "words", "dots", "issuer", "both", "no policy"],
)
def test_x10_a_rule_must_be_about_something_that_is_there(
    rule: tuple[str, str], grade: Grade, found: list[str]
) -> None:
    set_so = Rule(kind=RuleKind(rule[0]), identifier=rule[1], mode=Mode.SINGLE_FACTOR)
    row = setting(rules=(set_so,)).row("X10", NOBODY)
    assert (row.grade, codes(row)) == (grade, found)


def test_x10_tells_what_the_sample_counts_as() -> None:
    row = Patient().row("X10", SAMPLE)
    assert "counts as x509CertificateMultiFactor" in row.details[-1].meaning
