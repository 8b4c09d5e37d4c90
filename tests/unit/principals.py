"""People who have signed in, as App Service tells of them."""

import base64
import json
from collections.abc import Mapping

from shared.sign_in import SignIn

DIRECTORY = "5b2c1d0e-0000-4000-8000-0000000000d1"
OTTO = "5b2c1d0e-0000-4000-8000-000000000071"
HERE = "https://easgate.example"
SIGN_IN = SignIn(tenant_id=DIRECTORY, public_host="")
SCHEMAS = "http://schemas.microsoft.com/identity/claims"


def claims(**changes: object) -> dict[str, object]:
    """Return the claims of an operator: a list for several values, None for none at all."""
    return {
        "iss": f"https://login.microsoftonline.com/{DIRECTORY}/v2.0",
        f"{SCHEMAS}/objectidentifier": OTTO,
        f"{SCHEMAS}/tenantid": DIRECTORY,
        "name": "Otto Operator",
        "preferred_username": "otto@contoso.com",
        "roles": "Operator",
        **changes,
    }


def principal(told: Mapping[str, object] | None = None, **fields: object) -> str:
    """Return the header's value."""
    each = {
        name: value if isinstance(value, list) else [value]
        for name, value in (claims() if told is None else told).items()
        if value is not None
    }
    said = {
        "auth_typ": "aad",
        "claims": [{"typ": name, "val": value} for name in each for value in each[name]],
        "name_typ": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "role_typ": "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        **fields,
    }
    return base64.b64encode(json.dumps(said).encode()).decode()


def as_person(
    *roles: str, object_id: str = OTTO, name: str = "otto@contoso.com", **more: str
) -> dict[str, str]:
    """Return the headers of a call by a person from our own page."""
    told = claims(
        **{f"{SCHEMAS}/objectidentifier": object_id}, preferred_username=name, roles=list(roles)
    )
    return {
        "x-ms-client-principal": principal(told),
        "x-requested-with": "easgate",
        "origin": HERE,
        "host": "easgate.example",
        **more,
    }
