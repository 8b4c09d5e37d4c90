"""The built-in roles of Key Vault, as the data actions each allows."""

from fnmatch import fnmatchcase

# Actions are written without their common prefix, Microsoft.KeyVault/vaults/.
_ROLES = {
    "Key Vault Administrator": ("*",),
    "Key Vault Reader": ("*/read", "secrets/readMetadata/action"),
    "Key Vault Certificates Officer": ("certificatecas/*", "certificates/*"),
    "Key Vault Certificate User": (
        "certificates/read",
        "keys/read",
        "secrets/getSecret/action",
        "secrets/readMetadata/action",
    ),
    "Key Vault Crypto Officer": ("keys/*", "keyrotationpolicies/*"),
    "Key Vault Crypto User": (
        "keys/read",
        "keys/update/action",
        "keys/backup/action",
        "keys/encrypt/action",
        "keys/decrypt/action",
        "keys/wrap/action",
        "keys/unwrap/action",
        "keys/sign/action",
        "keys/verify/action",
    ),
    "Key Vault Secrets Officer": ("secrets/*",),
    "Key Vault Secrets User": ("secrets/getSecret/action", "secrets/readMetadata/action"),
}


class Assignments:
    """Which principal holds which role, on the whole vault or on one object in it."""

    def __init__(self) -> None:
        self._held: set[tuple[str, str, str]] = set()

    def grant(self, principal_id: str, role: str, *, scope: str = "") -> None:
        """Assign a role; *scope* narrows it to one object, such as `secrets/webhook`."""
        if role not in _ROLES:
            raise LookupError(f"no role {role!r}; there are {', '.join(_ROLES)}")
        self._held.add((principal_id, role, scope))

    def revoke(self, principal_id: str, role: str, *, scope: str = "") -> None:
        """Take an assignment back; one that was not made raises `KeyError`."""
        self._held.remove((principal_id, role, scope))

    def allow(self, principal_id: str, action: str, target: str) -> bool:
        """Say whether a role allows *action* on *target*, an object such as `keys/app`."""
        return any(
            fnmatchcase(action, pattern)
            for holder, role, scope in tuple(self._held)
            if holder == principal_id and scope in ("", target)
            for pattern in _ROLES[role]
        )
