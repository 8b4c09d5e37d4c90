"""Who exists: tenants, applications, their certificates, and their standing in each tenant."""

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography import x509

# Resources whose service principal Microsoft puts into every tenant; a token is for one of them.
_RESOURCES = (
    "https://outlook.office365.com",
    "https://graph.microsoft.com",
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://eventgrid.azure.net",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A directory, with the domain names it also answers to."""

    tenant_id: str
    domains: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every first path segment that means this tenant."""
        return (self.tenant_id, *self.domains)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCertificate:
    """A public certificate on an application, usable once it has reached every replica."""

    key_id: str
    certificate: x509.Certificate
    usable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrincipal:
    """An application's standing in one tenant."""

    object_id: str
    enabled: bool = True
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by resource
    wids: tuple[str, ...] = ()  # template ids of the directory roles it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A registration; replaced as a whole when it changes, so readers never see half of it."""

    client_id: str
    object_id: str
    certificates: tuple[RegisteredCertificate, ...] = ()
    principals: Mapping[str, ServicePrincipal] = field(default_factory=dict)  # by tenant id


class Directory:
    """The registrations a token endpoint looks things up in; safe to change while it serves."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.propagation = timedelta()  # how long a new certificate stays unknown
        self.resources = {*_RESOURCES}
        self._clock = clock
        self._tenants: list[Tenant] = []
        self._applications: dict[str, Application] = {}
        self._lock = threading.Lock()

    def add_tenant(self, tenant_id: str, *domains: str) -> Tenant:
        """Add a tenant; the first one added is the home of managed identities."""
        tenant = Tenant(tenant_id=tenant_id.lower(), domains=tuple(map(str.lower, domains)))
        self._tenants.append(tenant)
        return tenant

    def tenant(self, name: str) -> Tenant | None:
        """Find a tenant by its id or one of its domains."""
        return next((tenant for tenant in self._tenants if name.lower() in tenant.names), None)

    @property
    def home(self) -> Tenant:
        """Return the tenant this machine's managed identities live in."""
        return self._tenants[0]

    def add_application(
        self,
        client_id: str,
        *,
        tenant_id: str,
        roles: Mapping[str, Iterable[str]] | None = None,
        wids: Iterable[str] = (),
    ) -> Application:
        """Register an application, or give an existing one a standing in a further tenant."""
        granted = {key.rstrip("/"): tuple(names) for key, names in (roles or {}).items()}
        principal = ServicePrincipal(object_id=_new_id(), roles=granted, wids=tuple(wids))
        with self._lock:
            known = self._applications.get(client_id)
            known = known or Application(client_id=client_id, object_id=_new_id())
            principals = {**known.principals, tenant_id.lower(): principal}
            return self._keep(replace(known, principals=principals))

    def application(self, client_id: str) -> Application | None:
        """Find an application by its client id."""
        return self._applications.get(client_id)

    def applications(self) -> list[Application]:
        """Return every registration."""
        return list(self._applications.values())

    def set_enabled(self, client_id: str, tenant_id: str, *, enabled: bool) -> None:
        """Enable or disable an application in one tenant."""
        with self._lock:
            known = self._applications[client_id]
            changed = replace(known.principals[tenant_id.lower()], enabled=enabled)
            principals = {**known.principals, tenant_id.lower(): changed}
            self._keep(replace(known, principals=principals))

    def add_certificate(self, client_id: str, der: bytes) -> str:
        """Register a public certificate beside those already there; return its key id."""
        added = RegisteredCertificate(
            key_id=_new_id(),
            certificate=x509.load_der_x509_certificate(der),
            usable_from=self._clock() + self.propagation,
        )
        with self._lock:
            known = self._applications[client_id]
            self._keep(replace(known, certificates=(*known.certificates, added)))
        return added.key_id

    def remove_certificate(self, client_id: str, key_id: str) -> None:
        """Take a certificate off an application; an unknown key id raises `LookupError`."""
        with self._lock:
            known = self._applications[client_id]
            kept = tuple(item for item in known.certificates if item.key_id != key_id)
            if kept == known.certificates:
                raise LookupError(f"application {client_id} has no key {key_id}")
            self._keep(replace(known, certificates=kept))

    def _keep(self, application: Application) -> Application:
        self._applications[application.client_id] = application
        return application


def _new_id() -> str:
    return str(uuid.uuid4())
