"""The one tenant of the local world: its names, and the settings that make the app serve it."""

import json
from collections.abc import Mapping

from shared.credentials.certificate import Credential

TENANT_ID = "b1a70fd8-6e2f-4d0c-9d3a-5c1d0f6f7a11"
DOMAIN = "contoso.onmicrosoft.com"
CLIENT_ID = "7d2c1b9e-0b5a-4c57-8f5e-2f6a8e3d4c22"
CERTIFICATE = "easgate"
SENDER = "portal"
PSEUDONYMS = "audit-pseudonyms"  # the secret by which the audit tells names apart
SECRET_NAME = "mdm-portal"  # noqa: S105 - the name of a secret
MAILBOX = "adele@contoso.com"
PHONE = "ApplDMPW1234ABCD"
ROLE_GROUP = "EAS Managers"
# What the app may do in Exchange, and no more.
MANAGEMENT_ROLES = (
    "View-Only Recipients",
    "View-Only Configuration",
    "Mail Recipients",
    "Recipient Policies",
    "Organization Client Access",
)
APP_IDENTITY = "0d6cf0de-6d1c-4a3f-8f5e-77f9a4c0be10"  # the managed identity's object id
# What the app's identity may do in the vault; it can never read a private key.
VAULT_ROLES = ("Key Vault Reader", "Key Vault Crypto User", "Key Vault Secrets User")
# The identity that makes certificates and ends them, and which cannot sign.
ROTATOR_IDENTITY = "b8e0c5a4-2f6d-4d1b-9c37-41d5f0a7e933"
ROTATOR_ROLE = "Key Vault Certificates Officer"
# Where the vault's events come from, and where they go.
VAULT_RESOURCE = (
    "/subscriptions/5d3c7ad8-9c43-4a43-8c2e-2b0fbd1d4001/resourceGroups/easgate"
    "/providers/Microsoft.KeyVault/vaults/easgate"
)
VAULT_EVENTS = "vault-events"
NIGHTLY = "0 0 3 * * *"
AFTER_THAT = (
    "0 2 3 * * *"  # every quarter of an hour in earnest; here changes are looked for by hand
)
# The simulated Exchange bears anything, and apps killed for a test still count as workers.
UNHURRIED = {"calls_per_second": 1000, "destructive_per_second": 1000}
# The simulated Entra ID knows a key at once, and nothing is rotated unless it is ordered.
# Most stories are not about the brake; a world that is guarded has the defaults.
UNGUARDED: dict[str, float] = {
    "wipes_per_hour": 1_000_000,
    "blocks_per_hour": 1_000_000,
    "removals_per_hour": 1_000_000,
    "policy_changes_per_hour": 1_000_000,
    "fleet_share": 1,
    "approvals": False,
}
AT_ONCE = {"key_trials_apart": 0.2, "certificate_overlap": 0, "rotate_ahead": 0}


def limits(given: Mapping[str, float], *, wipe_settle: float, guarded: bool) -> dict[str, float]:
    """Return the limits of the tenant; unless it is *guarded*, nothing asked needs an approver."""
    return {"wipe_settle": wipe_settle, **({} if guarded else UNGUARDED), **given}


PORTAL = {
    "vendor": "standard",
    "tenant_id": TENANT_ID,
    "scheme": "standard-webhooks",
    "secret_name": SECRET_NAME,
    "trust": "full",
}


def settings(
    addresses: Mapping[str, str],
    *,
    client_id: str,
    credential: Credential,
    limits: Mapping[str, float],
    senders: Mapping[str, object],
    mdm_schedule: str,
) -> dict[str, str]:
    """Return the app settings, with every service at its loopback address."""
    tenant = {
        "tenant_id": TENANT_ID,
        "organization": DOMAIN,
        "client_id": client_id,
        "credential": credential,
        "certificate_name": CERTIFICATE if credential is Credential.CERTIFICATE else "",
        "limits": {**UNHURRIED, **AT_ONCE, **limits},
    }
    return {
        "TENANTS": json.dumps([tenant]),
        "MDM_SENDERS": json.dumps({SENDER: PORTAL, **senders}),
        "KEY_VAULT_URL": addresses["vault"],
        "EVENT_GRID_TOPIC_ENDPOINT": f"{addresses['topic']}/api/events",
        "AUTHORITY_HOST": addresses["entra"],
        "EXCHANGE_BASE_URL": addresses["exchange"],
        "GRAPH_BASE_URL": addresses["graph"],
        "IDENTITY_ENDPOINT": f"{addresses['identity']}/msi/token",
        "CERTIFICATE_SCHEDULE": NIGHTLY,
        "MDM_SCHEDULE": mdm_schedule,
        "INVENTORY_SCHEDULE": NIGHTLY,
        "INVENTORY_CHANGES_SCHEDULE": AFTER_THAT,
        "PUBLIC_URL": addresses["public"],
        "CRL_PRIVATE_HOSTS": "127.0.0.1",  # where the simulated CAs answer
        "API_CALLS_PER_SECOND": "1000",  # tests are impatient, and share one key
    }
