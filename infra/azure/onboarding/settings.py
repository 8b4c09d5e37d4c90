"""What the operator gives the app: its entry in the setting TENANTS."""

import json

from infra.azure.onboarding.known import Known
from infra.azure.onboarding.tenant import Tenant


def entry(tenant: Tenant, known: Known, certificate_name: str) -> str:
    """Return the entry to paste."""
    fields = {
        "tenant_id": tenant.tenant_id,
        "organization": tenant.organization,
        "client_id": known.application.client_id if known.application else "",
        "certificate_name": certificate_name,
    }
    return json.dumps(fields, indent=2)


def next_step(tenant: Tenant) -> str:
    """Return the command that tries the whole chain."""
    return f"python3 -m infra.azure validate --tenant {tenant.tenant_id}"
