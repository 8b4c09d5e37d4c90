"""What Microsoft Graph is sent so that sign-in by certificate is set as wanted."""

from collections.abc import Callable, Hashable, Iterable

from shared.directory import method_settings
from shared.directory.method_settings import (
    AND,
    BINDINGS,
    CRLS,
    DEFAULT_MODE,
    DISABLED,
    ENABLED,
    EXCLUDE,
    INCLUDE,
    ISSUER,
    MODES,
    POLICY,
    RULES,
    Row,
    binding_of,
    rows,
    rule_of,
)
from shared.errors import Rejected
from shared.trust.method import Binding, CertificateMethod, Rule, RuleKind, Target

TYPE = {"@odata.type": "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration"}


def changes(row: Row, wanted: CertificateMethod) -> Row:
    """
    Return the parts that differ from what stands, whole, or nothing if none does.

    What a part holds that we have no word for stays in it.
    """
    standing = method_settings.read(row)
    body: Row = {}
    if wanted.is_enabled is not standing.is_enabled:
        body["state"] = _state(is_on=wanted.is_enabled)
    bindings = sorted(wanted.bindings, key=lambda each: each.priority)
    if bindings != list(standing.bindings):
        sent = ((_key_of_binding(each), _binding(each), Row()) for each in bindings)
        body[BINDINGS] = _merged(rows(row, BINDINGS), sent, _binding_key)
    if (wanted.default_mode, wanted.rules) != (standing.default_mode, standing.rules):
        body[MODES] = _modes(row.get(MODES) or {}, standing, wanted)
    if set(wanted.include) != set(standing.include):
        body[INCLUDE] = _targets(row, INCLUDE, wanted.include, {"isRegistrationRequired": False})
    if set(wanted.exclude) != set(standing.exclude):
        body[EXCLUDE] = _targets(row, EXCLUDE, wanted.exclude, {})
    if wanted.requires_crl is not None and wanted.requires_crl is not standing.requires_crl:
        body[CRLS] = {**(row.get(CRLS) or {}), "state": _state(is_on=wanted.requires_crl)}
    return {**TYPE, **body} if body else {}


def _modes(row: Row, standing: CertificateMethod, wanted: CertificateMethod) -> Row:
    sent = ((_key_of_rule(each), _rule(each), _new_rule(each)) for each in wanted.rules)
    modes: Row = {**row, RULES: _merged(rows(row, RULES), sent, _rule_key)}
    if wanted.default_mode is not standing.default_mode or DEFAULT_MODE not in row:
        modes[DEFAULT_MODE] = wanted.default_mode
    return modes


def _targets(row: Row, part: str, wanted: Iterable[Target], new: Row) -> list[Row]:
    """Return the targets; those that stand are sent as they are."""
    standing = {each["id"]: each for each in rows(row, part)}
    usual: Row = {"targetType": "group", **new}
    return [standing.get(each.id) or {**usual, "id": each.id} for each in wanted]


def _merged(
    standing: Iterable[Row],
    wanted: Iterable[tuple[Hashable, Row, Row]],
    key: Callable[[Row], Hashable | None],
) -> list[Row]:
    """Return what is wanted, upon what stands of each or is new; and what stands without a key."""
    known = {key(row): row for row in standing}
    kept = [row for row in standing if key(row) is None]
    return [*({**known.get(each, new), **fields} for each, fields, new in wanted), *kept]


def _binding_key(row: Row) -> Hashable | None:
    binding = binding_of(row)
    return _key_of_binding(binding) if binding else None


def _rule_key(row: Row) -> Hashable | None:
    rule = rule_of(row)
    return _key_of_rule(rule) if rule else None


def _key_of_binding(binding: Binding) -> Hashable:
    return binding.certificate_field, binding.user_property


def _key_of_rule(rule: Rule) -> Hashable:
    return rule.kind, rule.identifier


def _binding(binding: Binding) -> Row:
    return {
        "x509CertificateField": binding.certificate_field,
        "userProperty": binding.user_property,
        "priority": binding.priority,
    }


def _rule(rule: Rule) -> Row:
    return {
        "x509CertificateRuleType": rule.kind,
        "x509CertificateAuthenticationMode": rule.mode,
        **_identifiers(rule),
    }


def _identifiers(rule: Rule) -> Row:
    if rule.kind is not RuleKind.ISSUER_AND_POLICY:
        return {"identifier": rule.identifier}
    issuer, separator, policy = (part.strip() for part in rule.identifier.rpartition(AND))
    if not (issuer and separator and policy):
        raise Rejected(
            f"a rule by issuer and policy names both, as in CN=issuer{AND}1.2.3.4, and not "
            f"{rule.identifier[:200]}"
        )
    return {ISSUER: issuer, POLICY: policy}


def _new_rule(rule: Rule) -> Row:
    """Return what a rule has that is new: also one by both has to have an identifier."""
    return {"identifier": rule.identifier}


def _state(*, is_on: bool) -> str:
    return ENABLED if is_on else DISABLED
