"""The MDMs of the local world: one of each kind, and how the app is told of them."""

import json
import secrets
from collections.abc import Mapping

from infra.local import contoso
from infra.local.simulators.maas360 import Account
from infra.local.simulators.mdm.sender import Keys
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.simulators.vault import Vault

ACCOUNT = Account(
    billing_id="30012345",
    app_id="com.30012345.api",
    app_access_key=secrets.token_urlsafe(16),
    user_name="easgate",
    password=secrets.token_urlsafe(16),
)
# What a vendor leaves to its customers: their own names for what happens to a device.
MEANINGS: Mapping[str, str] = {
    "compliant": "compliant",
    "noncompliant": "noncompliant",
    "compromised": "noncompliant",
    "enrolled": "compliant",
    "unenrolled": "retired",
    "wiped": "retired",
    "deleted": "retired",
    "lost": "lost",
    "checkedin": "ignored",
}
# What differs from the simplest: a sender of full trust that uses its vendor's usual scheme.
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "standard_ed25519": {"vendor": "standard"},
    "cloudevents": {
        "allowed_origins": ["mdm.example.com"],
        "events": {f"com.example.mdm.device.{word}": said for word, said in MEANINGS.items()},
    },
    "jamf": {
        "scheme": "header",
        "header": "X-EASGate-Secret",
        "events": {
            "SmartGroupMobileDeviceMembershipChange added: Noncompliant phones": "noncompliant",
            "SmartGroupMobileDeviceMembershipChange removed: Noncompliant phones": "compliant",
        },
    },
    "meraki": {
        "events": {
            "sm_security_policy_violated": "noncompliant",
            "sm_security_policy_compliant": "compliant",
            "sm_device_enrolled": "compliant",
            "sm_device_unenrolled": "retired",
            "sm_device_wiped": "retired",
        }
    },
    "fleet": {"trust": "tighten"},
    "simplemdm": {"trust": "tighten"},
}


def new_keys() -> dict[str, Keys]:
    """Return a fresh secret for each sender, as each end holds it."""
    return {name: sender.new_secret() for name, sender in SENDERS.items()}


def store(vault: Vault, keys: Mapping[str, Keys]) -> None:
    """Put every secret where the app looks for it."""
    for name, key in keys.items():
        vault.set_secret(secret_name(name), key.checks)
    for name, secret in _other_secrets().items():
        vault.set_secret(secret_name(name), secret)


def secret_name(sender: str) -> str:
    """Return the name of a sender's secret in the vault."""
    return f"mdm-{sender.replace('_', '-')}"


def settings(*, maas360: str) -> dict[str, dict[str, object]]:
    """Return MDM_SENDERS, all but the portal; MaaS360 answers at the address *maas360*."""
    own = {**SETTINGS, "maas360": {"account": ACCOUNT.billing_id, "base_url": maas360}}
    return {
        name: {
            "vendor": name,
            "tenant_id": contoso.TENANT_ID,
            "secret_name": secret_name(name),
            "trust": "full",
            **own.get(name, {}),
        }
        for name in (*SENDERS, "graph", "maas360")
    }


def _other_secrets() -> dict[str, str]:
    """Return the secrets of those that do not send by themselves."""
    credentials = {
        "user_name": ACCOUNT.user_name,
        "password": ACCOUNT.password,
        "app_id": ACCOUNT.app_id,
        "app_access_key": ACCOUNT.app_access_key,
    }
    return {
        "graph": secrets.token_urlsafe(32),
        "maas360": json.dumps(credentials),
    }
