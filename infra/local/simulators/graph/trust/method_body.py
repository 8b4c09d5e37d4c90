"""What the certificate method may be changed to."""

import uuid
from collections.abc import Mapping
from typing import Any

from infra.local.simulators.graph.refusals import RefusedError, bad_request
from infra.local.simulators.graph.trust import bodies
from infra.local.simulators.graph.trust.bodies import Check
from infra.local.simulators.graph.trust.methods import CRL, ID, MODE

_KIND = "x509CertificateAuthenticationMethodConfiguration"
_STATE = bodies.one_of("enabled", "disabled")
_LEVEL = bodies.one_of("low", "high")
_FACTOR = bodies.one_of("x509CertificateSingleFactor", "x509CertificateMultiFactor")
_ONLY_IDS = {"certificateUserIds"}
_ANY = {*_ONLY_IDS, "userPrincipalName", "onPremisesUserPrincipalName"}
# Which user property goes with which field: as the portal offers it; that the API is as strict
# is a guess. The reference names the first four fields only.
_PAIRS = {
    "PrincipalName": _ANY,
    "RFC822Name": _ANY,
    "SubjectKeyIdentifier": _ONLY_IDS,
    "SHA1PublicKey": _ONLY_IDS,
    "IssuerAndSubject": _ONLY_IDS,
    "Subject": _ONLY_IDS,
    "IssuerAndSerialNumber": _ONLY_IDS,
}
_BINDING = {
    "x509CertificateField": bodies.one_of(*_PAIRS),
    "userProperty": bodies.one_of(*sorted(_ANY)),
    "priority": bodies.count,
    "trustAffinityLevel": _LEVEL,
}
BOTH = "issuerSubjectAndPolicyOID"  # of rules: the one that came after the enumeration was closed
_RULE_NEEDS = {
    "issuerSubject": {"identifier"},
    "policyOID": {"identifier"},
    BOTH: {"issuerSubjectIdentifier", "policyOidIdentifier"},
}
_RULE = {
    "x509CertificateRuleType": bodies.one_of(*_RULE_NEEDS),
    "identifier": bodies.text_or_null,
    "issuerSubjectIdentifier": bodies.text_or_null,
    "policyOidIdentifier": bodies.text_or_null,
    "x509CertificateAuthenticationMode": _FACTOR,
    "x509CertificateRequiredAffinityLevel": bodies.or_null(_LEVEL),
}
_TARGET = {"targetType": bodies.one_of("group", "user"), "id": bodies.text}
_INCLUDED = {**_TARGET, "isRegistrationRequired": bodies.flag}
_SCOPE = {
    "subjectKeyIdentifier": bodies.hexadecimal,
    "publicKeyInfrastructureIdentifier": bodies.text,
    "includeTargets": bodies.list_of(lambda one: isinstance(one, dict)),
}
_MODE = {
    "x509CertificateAuthenticationDefaultMode": _FACTOR,
    "x509CertificateDefaultRequiredAffinityLevel": _LEVEL,
    "rules": bodies.list_of(lambda one: isinstance(one, dict)),
}
_CRL = {
    "state": _STATE,
    "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": bodies.list_of(bodies.hexadecimal),
}


def _is_anything(_: object) -> bool:
    return True


_PROPERTIES = {
    "id": bodies.one_of(ID),
    "state": _STATE,
    **dict.fromkeys(
        (
            *("certificateUserBindings", "authenticationModeConfiguration", "excludeTargets"),
            *("issuerHintsConfiguration", "crlValidationConfiguration", "includeTargets"),
            "certificateAuthorityScopes",
        ),
        _is_anything,
    ),
}


def read(body: object) -> dict[str, Any]:
    """
    Return the properties that a change sets; RefusedError for a value that cannot be.

    A list or an object takes the place of the one that was there, whole: what is left out of it
    is lost, or as by default. That is a guess; a client that sends everything is right either way.
    """
    sent = bodies.checked(body, _PROPERTIES, kind=_KIND)
    return {
        name: _VALUES[name](value) if name in _VALUES else value for name, value in sent.items()
    }


def _bindings(value: object) -> list[dict[str, Any]]:
    found = _entries(value, _BINDING, "x509CertificateUserBinding")
    for one in found:
        _require(
            one, {"x509CertificateField", "userProperty", "priority"}, "x509CertificateUserBinding"
        )
        if one["userProperty"] not in _PAIRS[one["x509CertificateField"]]:
            raise bad_request(
                f"The user property '{one['userProperty']}' cannot be bound to the certificate "
                f"field '{one['x509CertificateField']}'."
            )
    if len({one["priority"] for one in found}) < len(found):
        raise bad_request("Two certificate user bindings have the same priority.")
    return [
        {**one, "trustAffinityLevel": one.get("trustAffinityLevel", _level(one))} for one in found
    ]


def _level(binding: Mapping[str, Any]) -> str:
    """Return how far a binding is trusted: names can be given anew, keys cannot."""
    is_low = binding["x509CertificateField"] in {"PrincipalName", "RFC822Name", "Subject"}
    return "low" if is_low or binding["x509CertificateField"] == "IssuerAndSubject" else "high"


def _mode(value: object) -> dict[str, Any]:
    sent = bodies.checked(value, _MODE, kind="x509CertificateAuthenticationModeConfiguration")
    rules = _entries(sent.get("rules", []), _RULE, "x509CertificateRule")
    for rule in rules:
        _require(
            rule,
            {"x509CertificateRuleType", "x509CertificateAuthenticationMode"},
            "x509CertificateRule",
        )
        filled = {name for name, given in rule.items() if given}
        _require(
            dict.fromkeys(filled),
            _RULE_NEEDS[rule["x509CertificateRuleType"]],
            "x509CertificateRule",
        )
    empty = dict.fromkeys(("identifier", "issuerSubjectIdentifier", "policyOidIdentifier"))
    level = {"x509CertificateRequiredAffinityLevel": None}
    return {**MODE, **sent, "rules": [{**empty, **level, **rule} for rule in rules]}


def _hints(value: object) -> dict[str, Any]:
    kind = "x509CertificateIssuerHintsConfiguration"
    return {"state": "disabled", **bodies.checked(value, {"state": _STATE}, kind=kind)}


def _crl(value: object) -> dict[str, Any]:
    kind = "x509CertificateCRLValidationConfiguration"
    return {**CRL, **bodies.checked(value, _CRL, kind=kind)}


def _scopes(value: object) -> list[dict[str, Any]]:
    found = _entries(value, _SCOPE, "x509CertificateAuthorityScope")
    for one in found:
        _require(one, set(_SCOPE), "x509CertificateAuthorityScope")
        one["includeTargets"] = _targets(one["includeTargets"], _TARGET, "includeTarget")
    return found


def _included(value: object) -> list[dict[str, Any]]:
    found = _targets(value, _INCLUDED, "authenticationMethodTarget")
    return [{"isRegistrationRequired": False, **one} for one in found]


def _excluded(value: object) -> list[dict[str, Any]]:
    return _targets(value, _TARGET, "excludeTarget")


_VALUES = {
    "certificateUserBindings": _bindings,
    "authenticationModeConfiguration": _mode,
    "issuerHintsConfiguration": _hints,
    "crlValidationConfiguration": _crl,
    "certificateAuthorityScopes": _scopes,
    "includeTargets": _included,
    "excludeTargets": _excluded,
}


def _targets(value: object, known: Mapping[str, Check], kind: str) -> list[dict[str, Any]]:
    found = _entries(value, known, kind)
    for one in found:
        _require(one, {"targetType", "id"}, kind)
        if one["id"] != "all_users" and not _is_guid(one["id"]):
            raise bad_request(f"Invalid value for 'microsoft.graph.{kind}': no such group.")
    return found


def _entries(value: object, known: Mapping[str, Check], kind: str) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise bad_request(f"A collection of 'microsoft.graph.{kind}' is expected.")
    return [bodies.checked(one, known, kind=kind) for one in value]


def _require(sent: Mapping[str, Any], needed: set[str], kind: str) -> None:
    if missing := needed - set(sent):
        raise _missing(min(missing), kind)


def _missing(name: str, kind: str) -> RefusedError:
    return bad_request(f"'{name}' of 'microsoft.graph.{kind}' is required.")


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
