"""What the vault holds of a MaaS360 sender: what its web services are signed in to with."""

import msgspec

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured

SHAPE = (
    '{"user_name": "...", "password": "...", "app_id": "...", "app_access_key": "...", '
    '"platform_id": "3", "app_version": "1.0"}, of which the last two may be left out'
)


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An administrator's account, and the application it signs in for."""

    user_name: str
    password: str
    app_id: str
    app_access_key: str
    platform_id: str = "3"
    app_version: str = "1.0"

    def __repr__(self) -> str:
        return "Credentials(...)"


def read(secret: LiveSecret) -> Credentials:
    """Return what the secret holds; Misconfigured names the shape, and never what is there."""
    try:
        found = msgspec.json.decode(secret.value, type=Credentials)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _useless(secret, str(error)) from None
    needed = ("user_name", "password", "app_id", "app_access_key")
    if empty := [name for name in needed if not getattr(found, name).strip()]:
        raise _useless(secret, f"{', '.join(empty)} must not be empty")
    return found


def _useless(secret: LiveSecret, why: str) -> Misconfigured:
    return Misconfigured(
        f"version {secret.version} of the secret {secret.name} does not hold what MaaS360 is "
        f"signed in to with ({why}): store {SHAPE}"
    )
