"""The one tenant of the local world: its names, and the settings that make the app serve it."""

import json
from collections.abc import Mapping

TENANT_ID = "b1a70fd8-6e2f-4d0c-9d3a-5c1d0f6f7a11"
DOMAIN = "contoso.onmicrosoft.com"
CLIENT_ID = "7d2c1b9e-0b5a-4c57-8f5e-2f6a8e3d4c22"
CERTIFICATE = "easgate"
SENDER = "portal"
SECRET_NAME = "mdm-portal"  # noqa: S105 - the name of a secret
MAILBOX = "adele@contoso.com"
PHONE = "ApplDMPW1234ABCD"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"  # directory role template id
APP_IDENTITY = "0d6cf0de-6d1c-4a3f-8f5e-77f9a4c0be10"  # the managed identity's object id
# What the app's identity may do in the vault; it can never read a private key.
VAULT_ROLES = ("Key Vault Reader", "Key Vault Crypto User", "Key Vault Secrets User")
NIGHTLY = "0 0 3 * * *"
# The simulated Exchange bears anything, and apps killed for a test still count as workers.
UNHURRIED = {"calls_per_second": 1000, "destructive_per_second": 1000}


def settings(addresses: Mapping[str, str], *, wipe_settle: float) -> dict[str, str]:
    """Return the app settings, with every service at its loopback address."""
    tenant = {
        "tenant_id": TENANT_ID,
        "organization": DOMAIN,
        "client_id": CLIENT_ID,
        "certificate_name": CERTIFICATE,
        "limits": {"wipe_settle": wipe_settle, **UNHURRIED},
    }
    sender = {
        "vendor": "standard",
        "tenant_id": TENANT_ID,
        "scheme": "standard-webhooks",
        "secret_name": SECRET_NAME,
        "trust": "full",
    }
    return {
        "TENANTS": json.dumps([tenant]),
        "MDM_SENDERS": json.dumps({SENDER: sender}),
        "KEY_VAULT_URL": addresses["vault"],
        "EVENT_GRID_TOPIC_ENDPOINT": f"{addresses['topic']}/api/events",
        "AUTHORITY_HOST": addresses["entra"],
        "EXCHANGE_BASE_URL": addresses["exchange"],
        "IDENTITY_ENDPOINT": f"{addresses['identity']}/msi/token",
        "CERTIFICATE_SCHEDULE": NIGHTLY,
    }
