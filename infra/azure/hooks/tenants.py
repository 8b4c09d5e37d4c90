"""
The setting TENANTS, with one tenant's entry put into it.

In azd's environment it stands in base64: azd copies values into a JSON file of parameters, and
not every version of it escapes quotes. Bicep takes either form, the app gets plain JSON.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.errors import Misconfigured

Entry = Mapping[str, Any]


def read(kept: str) -> list[Entry]:
    """Return the entries of TENANTS, from JSON or its base64; Misconfigured if it is neither."""
    if not kept.strip():
        return []
    try:
        text = kept if kept.lstrip().startswith("[") else base64.b64decode(kept, validate=True)
        entries: list[Entry] = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise Misconfigured(f"TENANTS is neither a JSON array nor its base64: {error}") from error
    return entries


def named(entries: Sequence[Entry], tenant: str) -> Entry | None:
    """Return a tenant's entry, by its id or its first domain."""
    wanted = tenant.casefold()
    for entry in entries:
        names = (entry.get("tenant_id"), entry.get("organization"))
        if wanted in {str(name).casefold() for name in names}:
            return entry
    return None


def joined(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Put an entry in, or up to date; what somebody has added to it, such as limits, stays."""
    old = named(entries, str(entry["tenant_id"]))
    rest = [each for each in entries if each is not old]
    return [*rest, {**(old or {}), **entry}]


def plain(entries: Sequence[Entry]) -> str:
    """Return the setting as the app reads it."""
    return msgspec.json.encode(list(entries)).decode()


def kept(entries: Sequence[Entry]) -> str:
    """Return the setting as azd keeps it."""
    return base64.b64encode(plain(entries).encode()).decode()
