"""The settings of sign-in by certificate as Microsoft Graph shows them, read in our words."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

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

Row = dict[str, Any]
E = TypeVar("E", bound=StrEnum)

ENABLED, DISABLED = "enabled", "disabled"
BINDINGS, MODES, RULES = "certificateUserBindings", "authenticationModeConfiguration", "rules"
INCLUDE, EXCLUDE, CRLS = "includeTargets", "excludeTargets", "crlValidationConfiguration"
DEFAULT_MODE = "x509CertificateAuthenticationDefaultMode"
# A rule by both has a property for each; our one text for it has this between them.
ISSUER, POLICY, AND = "issuerSubjectIdentifier", "policyOidIdentifier", ";"
AFFINITY, LOW, HIGH = "trustAffinityLevel", "low", "high"
# What binds a certificate to one user for sure; a binding by anything else is a low one.
SURE = {
    CertificateField.SUBJECT_KEY_IDENTIFIER,
    CertificateField.SHA1_PUBLIC_KEY,
    CertificateField.ISSUER_AND_SERIAL_NUMBER,
}
NOTHING: tuple[object, ...] = (None, "", [], {}, False, DISABLED, LOW)  # as good as not set
# What we read, or is no setting; by the part it belongs to.
KNOWN = {
    "": {"id", "state", BINDINGS, MODES, INCLUDE, EXCLUDE, CRLS},
    BINDINGS: {"x509CertificateField", "userProperty", "priority"},
    MODES: {DEFAULT_MODE, RULES},
    RULES: {
        *("x509CertificateRuleType", "identifier", "x509CertificateAuthenticationMode"),
        *(ISSUER, POLICY),
    },
    INCLUDE: {"id", "targetType", "isRegistrationRequired"},
    EXCLUDE: {"id", "targetType"},
    CRLS: {"state"},
}


class _Binding(msgspec.Struct, rename="camel"):
    x509_certificate_field: str | None = None
    user_property: str | None = None
    priority: int | None = None

    def read(self) -> Binding | None:
        """Return it in our words; None if there are none for it."""
        field = _word(CertificateField, self.x509_certificate_field)
        property_ = _word(UserProperty, self.user_property)
        if field is None or property_ is None or self.priority is None:
            return None
        return Binding(certificate_field=field, user_property=property_, priority=self.priority)


class _Rule(msgspec.Struct, rename="camel"):
    x509_certificate_rule_type: str | None = None
    identifier: str | None = None
    issuer_subject_identifier: str | None = None
    policy_oid_identifier: str | None = None
    x509_certificate_authentication_mode: str | None = None

    def read(self) -> Rule | None:
        """Return it in our words; None if there are none for it."""
        kind = _word(RuleKind, self.x509_certificate_rule_type)
        mode = _word(Mode, self.x509_certificate_authentication_mode)
        if kind is None or mode is None:
            return None
        return Rule(kind=kind, identifier=self.about, mode=mode)

    @property
    def about(self) -> str:
        """What a certificate has to have."""
        if self.issuer_subject_identifier and self.policy_oid_identifier:
            return f"{self.issuer_subject_identifier}{AND}{self.policy_oid_identifier}"
        return self.identifier or ""


class _Modes(msgspec.Struct, rename="camel"):
    x509_certificate_authentication_default_mode: str | None = None
    rules: list[_Rule] | None = None


class _Target(msgspec.Struct):
    id: str


class _CrlValidation(msgspec.Struct):
    state: str | None = None


class _Method(msgspec.Struct, rename="camel"):
    state: str
    certificate_user_bindings: list[_Binding] | None = None
    authentication_mode_configuration: _Modes | None = None
    include_targets: list[_Target] | None = None
    exclude_targets: list[_Target] | None = None
    crl_validation_configuration: _CrlValidation | None = None


def read(row: Row) -> CertificateMethod:
    """Return the settings; msgspec's errors if these are none."""
    told = msgspec.convert(row, _Method)
    modes = told.authentication_mode_configuration or _Modes()
    default = _word(Mode, modes.x509_certificate_authentication_default_mode)
    crls = told.crl_validation_configuration
    bindings = [each.read() for each in told.certificate_user_bindings or ()]
    return CertificateMethod(
        is_enabled=told.state == ENABLED,
        bindings=tuple(sorted(filter(None, bindings), key=lambda each: each.priority)),
        default_mode=default or Mode.SINGLE_FACTOR,
        rules=tuple(filter(None, (each.read() for each in modes.rules or ()))),
        include=tuple(Target(id=each.id) for each in told.include_targets or ()),
        exclude=tuple(Target(id=each.id) for each in told.exclude_targets or ()),
        requires_crl=crls.state == ENABLED if crls and crls.state else None,
        unknown=tuple(dict.fromkeys([*_odd_values(told, modes), *_odd_names(row)])),
    )


def binding_of(row: Row) -> Binding | None:
    """Return the binding of a row that was read; None if we have no words for it."""
    return msgspec.convert(row, _Binding).read()


def rule_of(row: Row) -> Rule | None:
    """Return the rule of a row that was read; None if we have no words for it."""
    return msgspec.convert(row, _Rule).read()


def rows(settings: Row, name: str) -> list[Row]:
    """Return the rows of a part; none if it is not set."""
    found: list[Row] = settings.get(name) or []
    return found


def _word(words: type[E], told: str | None) -> E | None:
    """Return our word for what was told, in whatever case."""
    return next((each for each in words if each.casefold() == (told or "").casefold()), None)


def _odd_values(told: _Method, modes: _Modes) -> Iterator[str]:
    if told.state not in (ENABLED, DISABLED):
        yield f"state {told.state}"
    for binding in told.certificate_user_bindings or ():
        if binding.read() is None:
            yield f"binding {binding.x509_certificate_field} to {binding.user_property}"
    default = modes.x509_certificate_authentication_default_mode
    if default and _word(Mode, default) is None:
        yield f"default mode {default}"
    for rule in modes.rules or ():
        if rule.read() is None:
            yield f"rule {rule.x509_certificate_rule_type} {rule.about}"


def _odd_names(row: Row) -> Iterator[str]:
    modes: Row = row.get(MODES) or {}
    crls: Row = row.get(CRLS) or {}
    parts: Sequence[tuple[str, Sequence[Row]]] = (
        ("", [row]),
        (BINDINGS, [_without_usual_affinity(each) for each in rows(row, BINDINGS)]),
        (MODES, [modes]),
        (RULES, rows(modes, RULES)),
        (INCLUDE, rows(row, INCLUDE)),
        (EXCLUDE, rows(row, EXCLUDE)),
        (CRLS, [crls]),
    )
    for part, found in parts:
        for each in found:
            for name, value in each.items():
                if name not in KNOWN[part] and "@" not in name and _is_set(value):
                    yield f"{part}.{name}".lstrip(".")


def _without_usual_affinity(row: Row) -> Row:
    """Return a binding without its level where that is the one which its field has anyway."""
    field = _word(CertificateField, row.get("x509CertificateField"))
    usual = HIGH if field in SURE else LOW
    return {name: value for name, value in row.items() if (name, value) != (AFFINITY, usual)}


def _is_set(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_set(each) for name, each in value.items() if "@" not in name)
    return value not in NOTHING
