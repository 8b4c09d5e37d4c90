"""Whether people can sign in, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """App Service signs people in, and lets nobody else say that he has: its word is taken."""

    tenant_id: str  # the directory that they come from, in lower case
    public_host: str  # the app's own name, where a proxy shows it by another; or empty


def read(environ: Mapping[str, str]) -> SignIn | None:
    """Return where people sign in, None if nobody can; ValueError if a setting is wrong."""
    tenant_id = environ.get("SIGN_IN_TENANT_ID", "")
    is_enforced = environ.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"
    host = urlsplit(environ.get("PUBLIC_URL", "")).netloc.lower()
    if not tenant_id:
        return None
    try:
        own = str(UUID(tenant_id))
    except ValueError as error:
        raise ValueError("SIGN_IN_TENANT_ID: give the GUID of a tenant") from error
    # Without the platform's own sign-in, whoever calls could say that he is anybody.
    return SignIn(tenant_id=own, public_host=host) if is_enforced else None
