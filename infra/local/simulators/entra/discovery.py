"""The documents by which clients find a tenant's endpoints."""

import httpx

from infra.local.simulators.entra.directory import Tenant


def metadata(base: str, tenant: Tenant) -> httpx.Response:
    """Return a tenant's OpenID configuration; its URLs name the tenant by id, however asked."""
    home = f"{base}/{tenant.tenant_id}"
    return httpx.Response(
        200,
        json={
            "issuer": f"{home}/v2.0",
            "authorization_endpoint": f"{home}/oauth2/v2.0/authorize",
            "token_endpoint": f"{home}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{home}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{home}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
        },
    )


def instances(base: str, authorization_endpoint: str) -> httpx.Response:
    """Point to the configuration of the tenant in *authorization_endpoint*, on this one host."""
    host = base.removeprefix("https://")
    tenant = httpx.URL(authorization_endpoint).path.removeprefix("/").partition("/")[0]
    return httpx.Response(
        200,
        json={
            "tenant_discovery_endpoint": f"{base}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [
                {"preferred_network": host, "preferred_cache": host, "aliases": [host]},
            ],
        },
    )
