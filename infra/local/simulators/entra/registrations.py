"""What a directory holds: applications, their certificates, and their standing in tenants."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

TENANT_WIDE = "/"  # the scope of a directory role that shows in tokens


def new_id() -> str:
    """Return a fresh object id."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCertificate:
    """
    A public certificate on an application, with the dates and names given to it there.

    The token endpoint knows it from `usable_from` on; from then until `settled_from` only
    every second replica does.
    """

    key_id: str
    certificate: x509.Certificate
    usable_from: datetime
    settled_from: datetime
    starts: datetime
    ends: datetime
    identifier: str  # customKeyIdentifier: in base64, which the hex of a SHA-1 can be taken for
    display_name: str | None = None

    def is_disputed(self, now: datetime) -> bool:
        """Say whether replicas differ on it."""
        return self.usable_from <= now < self.settled_from


def registered(
    certificate: x509.Certificate, *, usable_from: datetime, settled_from: datetime
) -> RegisteredCertificate:
    """Return *certificate* as a registration with nothing but the certificate to go by."""
    return RegisteredCertificate(
        key_id=new_id(),
        certificate=certificate,
        usable_from=usable_from,
        settled_from=settled_from,
        starts=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        identifier=certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 -- a name
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRoleGrant:
    """A permission on a resource that a service principal holds."""

    grant_id: str
    resource: str  # the URL that tokens are asked for
    resource_id: str  # of its service principal
    role_id: str
    value: str  # what the claim `roles` says
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRoleGrant:
    """A directory role that a service principal holds."""

    grant_id: str
    role_id: str  # of the template
    scope: str = TENANT_WIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrincipal:
    """An application's standing in one tenant."""

    object_id: str
    created: datetime
    enabled: bool = True
    owners: frozenset[str] = frozenset()  # object ids
    app_roles: tuple[AppRoleGrant, ...] = ()
    directory_roles: tuple[DirectoryRoleGrant, ...] = ()

    @property
    def roles(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values of its app roles, by the URL of the resource."""
        held: dict[str, tuple[str, ...]] = {}
        for grant in self.app_roles:
            held[grant.resource] = (*held.get(grant.resource, ()), grant.value)
        return held

    @property
    def wids(self) -> tuple[str, ...]:
        """Return the template ids of the directory roles it holds in the whole tenant."""
        return tuple(one.role_id for one in self.directory_roles if one.scope == TENANT_WIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A registration; replaced as a whole when it changes, so readers never see half of it."""

    client_id: str
    object_id: str
    created: datetime
    tenant_id: str = ""  # where it is registered; empty for a managed identity
    name: str = "app"
    owners: frozenset[str] = frozenset()  # object ids
    properties: Mapping[str, Any] = field(default_factory=dict)  # the rest, by its Graph name
    certificates: tuple[RegisteredCertificate, ...] = ()
    principals: Mapping[str, ServicePrincipal] = field(default_factory=dict)  # by tenant id
    deleted: datetime | None = None
