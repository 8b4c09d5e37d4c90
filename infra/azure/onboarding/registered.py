"""An application as Microsoft Graph shows it: with all that a change has to leave alone."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from infra.azure.onboarding.graph import Graph
from shared.directory import registration
from shared.directory.registration import RegisteredKey
from shared.errors import Retryable

FIELDS = "id,appId,displayName,tags,signInAudience,requiredResourceAccess,keyCredentials"
READING = "the permission Application.Read.All"


class Permission(msgspec.Struct, frozen=True):
    """One permission that an application asks for."""

    id: str
    type: str  # Role: for the application itself


class Access(msgspec.Struct, frozen=True, rename="camel"):
    """The permissions that an application asks for on one service."""

    resource_app_id: str
    resource_access: list[Permission]


class _Body(msgspec.Struct, rename="camel"):
    id: str
    app_id: str
    display_name: str | None = None
    tags: list[str] = []
    required_resource_access: list[Access] = []
    key_credentials: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One application; `raw_keys` are its keys as they have to be sent back."""

    object_id: str
    client_id: str
    name: str
    tags: tuple[str, ...]
    access: tuple[Access, ...]
    keys: tuple[RegisteredKey, ...]
    raw_keys: tuple[dict[str, Any], ...]

    @property
    def path(self) -> str:
        """Where Graph keeps it."""
        return f"applications/{quote(self.object_id, safe='')}"


def read(graph: Graph, path: str) -> Registered:
    """Read one application; NotFound if there is none, or none yet."""
    content = graph.content(f"{path}?$select={FIELDS}", needs=READING)
    try:
        body = msgspec.json.decode(content, type=_Body)
        keys = registration.read(content).keys
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Retryable("Microsoft Graph answered something unreadable") from error
    return Registered(
        object_id=body.id,
        client_id=body.app_id,
        name=body.display_name or "",
        tags=tuple(body.tags),
        access=tuple(body.required_resource_access),
        keys=keys,
        raw_keys=tuple(body.key_credentials),
    )
