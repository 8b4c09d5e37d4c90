"""Grants of app roles and directory roles, with ids built the way the service builds them."""

import base64
import uuid
from datetime import datetime

from infra.local.simulators.entra.registrations import (
    TENANT_WIDE,
    AppRoleGrant,
    DirectoryRoleGrant,
)
from infra.local.simulators.entra.resources import AppRole, Resource


def app_role(
    principal_id: str, resource: Resource, role: AppRole, *, tenant_id: str, now: datetime
) -> AppRoleGrant:
    """Return the grant of *role* on *resource*; its id begins with the principal's."""
    return AppRoleGrant(
        grant_id=_packed(principal_id, str(uuid.uuid4())),
        resource=resource.url,
        resource_id=resource.object_id(tenant_id),
        role_id=role.role_id,
        value=role.value,
        created=now,
    )


def directory_role(
    principal_id: str, role_id: str, *, scope: str = TENANT_WIDE
) -> DirectoryRoleGrant:
    """Return the grant of a directory role; its id says role, principal and kind of scope."""
    kind = "1" if scope == TENANT_WIDE else "2"
    packed = _packed(role_id, principal_id)
    return DirectoryRoleGrant(grant_id=f"{packed}-{kind}", role_id=role_id, scope=scope)


def _packed(*ids: str) -> str:
    """Return ids as the service packs them; names that are no ids are hashed first."""
    raw = b"".join(_guid(one).bytes_le for one in ids)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _guid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, text)
