"""How the settings of sign-in by certificate in Microsoft Graph are read and changed."""

from copy import deepcopy
from typing import Any

import httpx
import msgspec
import pytest

from shared.errors import Rejected, Retryable
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
from tests.unit.trust_answers import DONE, METHOD, a_trust

AFFINITY = "trustAffinityLevel"
GET, PATCH = f"GET {METHOD}", f"PATCH {METHOD}"
TYPE = "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration"
GROUP, STAFF = "a5a5a5a5-1111-4222-8333-444444444444", "b6b6b6b6-1111-4222-8333-444444444444"
SHOWN: dict[str, Any] = {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x/$entity",
    "@odata.type": TYPE,
    "id": "X509Certificate",
    "state": "enabled",
    "excludeTargets": [{"id": STAFF, "targetType": "group"}],
    "certificateUserBindings": [
        {
            "x509CertificateField": "RFC822Name",
            "userProperty": "userPrincipalName",
            "priority": 2,
            "trustAffinityLevel": "low",
        },
        {
            "x509CertificateField": "PrincipalName",
            "userProperty": "certificateUserIds",
            "priority": 1,
            "trustAffinityLevel": "high",
        },
    ],
    "authenticationModeConfiguration": {
        "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
        "x509CertificateDefaultRequiredAffinityLevel": "low",
        "rules": [
            {
                "x509CertificateRuleType": "policyOID",
                "identifier": "1.2.3.4",
                "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
                "x509CertificateRequiredAffinityLevel": "high",
            }
        ],
    },
    "crlValidationConfiguration": {
        "state": "disabled",
        "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [],
    },
    "issuerHintsConfiguration": {"state": "disabled"},
    "certificateAuthorityScopes": [],
    "includeTargets@odata.context": "https://graph.microsoft.com/v1.0/$metadata#y",
    "includeTargets": [{"targetType": "group", "id": "all_users", "isRegistrationRequired": True}],
}
BY_UPN = Binding(
    certificate_field=CertificateField.RFC822_NAME, user_property=UserProperty.UPN, priority=2
)
BY_ID = Binding(
    certificate_field=CertificateField.PRINCIPAL_NAME,
    user_property=UserProperty.CERTIFICATE_USER_IDS,
    priority=1,
)
BY_POLICY = Rule(kind=RuleKind.POLICY, identifier="1.2.3.4", mode=Mode.MULTI_FACTOR)
STANDING = CertificateMethod(
    is_enabled=True,
    bindings=(BY_ID, BY_UPN),
    default_mode=Mode.SINGLE_FACTOR,
    rules=(BY_POLICY,),
    include=(Target(id="all_users"),),
    exclude=(Target(id=STAFF),),
    requires_crl=False,
    unknown=(
        "certificateUserBindings.trustAffinityLevel",
        "rules.x509CertificateRequiredAffinityLevel",
    ),
)


def shown(**changes: object) -> dict[str, Any]:
    """Return the settings as Graph shows them."""
    return {**deepcopy(SHOWN), **changes}


def read(row: object) -> CertificateMethod:
    """Return the settings that Graph shows like this."""
    trust, _ = a_trust({GET: httpx.Response(200, json=row)})
    return trust.certificate_method()


def sent(method: CertificateMethod, row: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return what Graph is sent so that it has these settings; None if nothing."""
    trust, graph = a_trust({GET: httpx.Response(200, json=row or shown()), PATCH: DONE})
    trust.set_certificate_method(method)
    assert [asked for asked, _ in graph.writes] in ([], [PATCH])
    return graph.writes[0][1] if graph.writes else None


def test_settings_are_read_in_our_words() -> None:
    """Bindings in the order in which they are tried."""
    assert read(shown()) == STANDING


@pytest.mark.parametrize("crls", [None, {}, {"state": None}])
def test_settings_that_are_not_told_are_empty(crls: object) -> None:
    """That a CRL is needed or not is known only where it is told."""
    row = {"authenticationModeConfiguration": None, "crlValidationConfiguration": crls}
    found = read({"state": "disabled", **row})
    assert found == CertificateMethod(is_enabled=False, requires_crl=None)


def test_values_and_names_that_we_have_no_word_for_are_said() -> None:
    """And what stands beside them is read all the same."""
    row = shown(
        state="sometimes",
        newThing={"state": "enabled"},
        issuerHintsConfiguration={"state": "enabled"},
        certificateAuthorityScopes=[{"subjectKeyIdentifier": "aa"}],
        crlValidationConfiguration={
            "state": "enabled",
            "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": ["aa"],
        },
    )
    row["certificateUserBindings"][1]["x509CertificateField"] = "Iris"
    modes = row["authenticationModeConfiguration"]
    modes["x509CertificateAuthenticationDefaultMode"] = "x509CertificateNoFactor"
    modes["rules"][0]["x509CertificateRuleType"] = "unknownFutureValue"
    found = read(row)
    assert (found.is_enabled, found.bindings, found.rules) == (False, (BY_UPN,), ())
    assert (found.default_mode, found.requires_crl) == (Mode.SINGLE_FACTOR, True)
    assert found.unknown == (
        "state sometimes",
        "binding Iris to certificateUserIds",
        "default mode x509CertificateNoFactor",
        "rule unknownFutureValue 1.2.3.4",
        "issuerHintsConfiguration",
        "certificateAuthorityScopes",
        "newThing",
        "certificateUserBindings.trustAffinityLevel",
        "rules.x509CertificateRequiredAffinityLevel",
        "crlValidationConfiguration.exemptedCertificateAuthoritiesSubjectKeyIdentifiers",
    )


@pytest.mark.parametrize(
    ("field", "level", "is_said"),
    [
        ("SubjectKeyIdentifier", "high", False),
        ("SHA1PublicKey", "high", False),
        ("IssuerAndSerialNumber", "high", False),
        ("SubjectKeyIdentifier", "low", False),
        ("Subject", "low", False),
        ("Subject", "high", True),
        ("Iris", "high", True),
    ],
)
def test_affinity_that_a_field_has_anyway_is_not_said(
    field: str,
    level: str,
    is_said: bool,  # noqa: FBT001 - a case
) -> None:
    """A tenant that never touched the settings has it."""
    row = shown()
    row["certificateUserBindings"] = [
        {**SHOWN["certificateUserBindings"][0], "x509CertificateField": field, AFFINITY: level}
    ]
    assert (f"certificateUserBindings.{AFFINITY}" in read(row).unknown) is is_said


def test_words_are_read_in_any_case() -> None:
    row = shown()
    row["certificateUserBindings"][0]["userProperty"] = "UserPrincipalName"
    assert read(row).bindings == STANDING.bindings


def test_settings_that_stand_are_not_sent() -> None:
    assert sent(STANDING) is None
    assert sent(msgspec.structs.replace(STANDING, bindings=(BY_UPN, BY_ID))) is None


def test_only_what_differs_is_sent_with_its_type() -> None:
    assert sent(msgspec.structs.replace(STANDING, is_enabled=False)) == {
        "@odata.type": TYPE,
        "state": "disabled",
    }


def test_binding_keeps_what_we_have_no_word_for() -> None:
    """The level of trust stays with its binding, wherever that goes; a new one has none."""
    moved = msgspec.structs.replace(BY_ID, priority=3)
    new = Binding(
        certificate_field=CertificateField.SUBJECT_KEY_IDENTIFIER,
        user_property=UserProperty.CERTIFICATE_USER_IDS,
        priority=1,
    )
    body = sent(msgspec.structs.replace(STANDING, bindings=(moved, new)))
    assert body == {
        "@odata.type": TYPE,
        "certificateUserBindings": [
            {
                "x509CertificateField": "SubjectKeyIdentifier",
                "userProperty": "certificateUserIds",
                "priority": 1,
            },
            {**SHOWN["certificateUserBindings"][1], "priority": 3},
        ],
    }


def test_binding_that_we_cannot_read_stays() -> None:
    row = shown()
    row["certificateUserBindings"][0]["x509CertificateField"] = "Iris"
    body = sent(msgspec.structs.replace(STANDING, bindings=()), row)
    assert body["certificateUserBindings"] == [row["certificateUserBindings"][0]]


def test_modes_keep_what_we_have_no_word_for() -> None:
    """Of the part as a whole, and of each rule."""
    rule = Rule(kind=RuleKind.ISSUER_AND_POLICY, identifier="CN=a;b;1.2", mode=Mode.SINGLE_FACTOR)
    body = sent(
        msgspec.structs.replace(STANDING, default_mode=Mode.MULTI_FACTOR, rules=(rule, BY_POLICY))
    )
    modes = SHOWN["authenticationModeConfiguration"]
    added = {
        "x509CertificateRuleType": "issuerSubjectAndPolicyOID",
        "identifier": "CN=a;b;1.2",
        "issuerSubjectIdentifier": "CN=a;b",
        "policyOidIdentifier": "1.2",
        "x509CertificateAuthenticationMode": "x509CertificateSingleFactor",
    }
    assert body == {
        "@odata.type": TYPE,
        "authenticationModeConfiguration": {
            **modes,
            "x509CertificateAuthenticationDefaultMode": "x509CertificateMultiFactor",
            "rules": [added, modes["rules"][0]],
        },
    }


def test_rule_by_issuer_and_policy_is_read_from_its_two_properties_and_keeps_the_third() -> None:
    """What that holds for such a rule is nowhere said."""
    row, rule = (
        shown(),
        {
            "x509CertificateRuleType": "issuerSubjectAndPolicyOID",
            "identifier": "any",
            "issuerSubjectIdentifier": "CN=a",
            "policyOidIdentifier": "1.2",
            "x509CertificateAuthenticationMode": "x509CertificateSingleFactor",
        },
    )
    row["authenticationModeConfiguration"]["rules"] = [rule]
    found = read(row)
    (both,) = found.rules
    assert (both.kind, both.identifier) == (RuleKind.ISSUER_AND_POLICY, "CN=a;1.2")
    stronger = msgspec.structs.replace(both, mode=Mode.MULTI_FACTOR)
    body = sent(msgspec.structs.replace(found, rules=(stronger,)), row)
    assert body["authenticationModeConfiguration"]["rules"] == [
        {**rule, "x509CertificateAuthenticationMode": "x509CertificateMultiFactor"}
    ]


@pytest.mark.parametrize("identifier", ["CN=a", "1.2", ";1.2", "CN=a; ", ""])
def test_rule_by_issuer_and_policy_that_names_one_of_them_is_not_sent(identifier: str) -> None:
    rule = Rule(kind=RuleKind.ISSUER_AND_POLICY, identifier=identifier, mode=Mode.SINGLE_FACTOR)
    with pytest.raises(Rejected, match="names both"):
        sent(msgspec.structs.replace(STANDING, rules=(rule,)))


def test_default_mode_that_we_cannot_read_stays_when_rules_change() -> None:
    row = shown()
    modes = row["authenticationModeConfiguration"]
    modes["x509CertificateAuthenticationDefaultMode"] = "x509CertificateNoFactor"
    body = sent(msgspec.structs.replace(STANDING, rules=()), row)
    kept = body["authenticationModeConfiguration"]
    assert kept["x509CertificateAuthenticationDefaultMode"] == "x509CertificateNoFactor"
    assert kept["rules"] == []


def test_default_mode_is_set_where_there_is_none() -> None:
    row = shown(authenticationModeConfiguration=None)
    body = sent(STANDING, row)["authenticationModeConfiguration"]
    assert body["x509CertificateAuthenticationDefaultMode"] == "x509CertificateSingleFactor"


def test_targets_that_stand_keep_how_they_are() -> None:
    """New ones are groups whose members need not register."""
    body = sent(
        msgspec.structs.replace(
            STANDING, include=(Target(id=GROUP), Target(id="all_users")), exclude=()
        )
    )
    assert body == {
        "@odata.type": TYPE,
        "includeTargets": [
            {"targetType": "group", "isRegistrationRequired": False, "id": GROUP},
            SHOWN["includeTargets"][0],
        ],
        "excludeTargets": [],
    }


def test_new_exclusion_is_a_group() -> None:
    body = sent(msgspec.structs.replace(STANDING, exclude=(Target(id=GROUP),)))
    assert body["excludeTargets"] == [{"targetType": "group", "id": GROUP}]


def test_need_for_a_crl_keeps_its_exemptions_and_is_left_alone_where_nobody_says() -> None:
    crls = {"state": "disabled", "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": ["aa"]}
    row = shown(crlValidationConfiguration=crls)
    body = sent(msgspec.structs.replace(STANDING, requires_crl=True), row)
    assert body["crlValidationConfiguration"] == {**crls, "state": "enabled"}
    assert sent(msgspec.structs.replace(STANDING, requires_crl=None), row) is None


@pytest.mark.parametrize(
    "row",
    [
        [],
        {},
        {"state": 7},
        {"state": "enabled", "certificateUserBindings": {}},
        {"state": "enabled", "certificateUserBindings": [7]},
        {"state": "enabled", "includeTargets": [{"targetType": "group"}]},
        {"state": "enabled", "authenticationModeConfiguration": {"rules": "none"}},
    ],
)
def test_settings_that_cannot_be_read_are_not_changed(row: Any) -> None:  # noqa: ANN401 - JSON
    trust, graph = a_trust({GET: httpx.Response(200, json=row), PATCH: DONE})
    with pytest.raises(Retryable):
        trust.set_certificate_method(STANDING)
    assert graph.writes == []
