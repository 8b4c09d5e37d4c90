"""Certificate policies: what a create request may say, and what is assumed where it does not."""

from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.vault import issuing
from infra.local.simulators.vault.refusals import bad_parameter

PKCS12 = "application/x-pkcs12"
PEM = "application/x-pem-file"

USAGE = ("digitalSignature", "keyEncipherment")  # where a policy does not say

_KEY = {"exportable": True, "kty": "RSA", "key_size": 2048, "reuse_key": False}
_X509 = {
    "ekus": ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],  # server and client authentication
    "key_usage": [*USAGE],
    "validity_months": 12,
}
_RENEWAL = [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}]
NO_RENEWAL = [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "EmailContacts"}}]
_KEY_SIZES = (2048, 3072, 4096)
_USAGE_OPERATIONS = {
    "digitalSignature": ("sign", "verify"),
    "keyEncipherment": ("wrapKey", "unwrapKey"),
    "dataEncipherment": ("encrypt", "decrypt"),
}


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what *given* leaves out; raise `RefusedError` for what makes no sense."""
    policy: dict[str, Any] = {
        "key_props": _KEY | _part(given, "key_props"),
        "secret_props": {"contentType": PKCS12} | _part(given, "secret_props"),
        "x509_props": _X509 | _part(given, "x509_props"),
        "lifetime_actions": given.get("lifetime_actions") or _RENEWAL,
        "issuer": _part(given, "issuer"),
    }
    _check_properties(policy)
    for action in policy["lifetime_actions"]:
        _check_action(action)
    return policy


def check_issuable(policy: Mapping[str, Any]) -> None:
    """Raise `RefusedError` if this vault cannot issue a certificate by a complete *policy*."""
    if policy["issuer"].get("name") != "Self":
        raise bad_parameter("Property policy.issuer.name: this vault knows the issuer Self only.")
    if policy["key_props"]["kty"] != "RSA" or policy["key_props"]["key_size"] not in _KEY_SIZES:
        raise bad_parameter(f"Property policy.key_props: RSA with {_KEY_SIZES} bits is offered.")
    if not policy["x509_props"].get("subject"):
        raise bad_parameter("Property policy.x509_props.subject is required.")


def derived(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Return the policy an import without one gets."""
    months = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days // 30
    return {
        "key_props": _KEY | {"key_size": key.key_size},
        "x509_props": {
            "subject": certificate.subject.rfc4514_string(),
            "validity_months": max(1, months),
        },
        "lifetime_actions": NO_RENEWAL,
        "issuer": {"name": "Unknown"},
    }


def key_operations(policy: Mapping[str, Any]) -> list[str]:
    """Return what the certificate's key may be used for."""
    usages = policy["x509_props"]["key_usage"]
    return [name for usage in usages for name in _USAGE_OPERATIONS.get(usage, ())]


def _part(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = {} if given.get(name) is None else given[name]
    if not isinstance(part, dict):
        raise bad_parameter(f"Property policy.{name} has invalid value.")
    return {key: value for key, value in part.items() if value is not None}


def _check_properties(policy: Mapping[str, Any]) -> None:
    properties = policy["x509_props"]
    if policy["secret_props"]["contentType"] not in (PKCS12, PEM):
        raise bad_parameter("Property policy.secret_props.contentType has invalid value.")
    if properties["validity_months"] not in range(1, 1201):
        raise bad_parameter("Property policy.x509_props.validity_months has invalid value.")
    if not set(properties["key_usage"]) <= set(issuing.USAGES):
        raise bad_parameter("Property policy.x509_props.key_usage has invalid value.")
    try:
        issuing.name(properties.get("subject", ""))
        for purpose in properties["ekus"]:
            x509.ObjectIdentifier(purpose)
    except ValueError as error:
        raise bad_parameter("Property policy.x509_props has invalid value.") from error


def _check_action(action: Mapping[str, Any]) -> None:
    trigger, kind = action.get("trigger") or {}, (action.get("action") or {}).get("action_type")
    given = [trigger.get(name) for name in ("lifetime_percentage", "days_before_expiry")]
    if kind not in ("AutoRenew", "EmailContacts") or sum(value is not None for value in given) != 1:
        raise bad_parameter("Property policy.lifetime_actions has invalid value.")
