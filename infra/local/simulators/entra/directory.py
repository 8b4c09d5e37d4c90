"""Who exists: tenants, applications, their certificates, and their standing in each tenant."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509

from infra.local.simulators.entra import grants, resources
from infra.local.simulators.entra.registrations import (
    Application,
    RegisteredCertificate,
    ServicePrincipal,
    new_id,
    registered,
)

__all__ = ["Application", "Directory", "RegisteredCertificate", "ServicePrincipal", "Tenant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A directory, with the domain names it also answers to."""

    tenant_id: str
    domains: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every first path segment that means this tenant."""
        return (self.tenant_id, *self.domains)


class Directory:
    """The registrations that the token endpoint and Graph share; safe to change while used."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.propagation = timedelta()  # how long a new certificate stays unknown
        self.disagreement = timedelta()  # how long after that only every second replica knows it
        self.resources = {resource.url for resource in resources.RESOURCES}
        self._clock = clock
        self._tenants: list[Tenant] = []
        self._applications: dict[str, Application] = {}
        self._deleted: dict[str, Application] = {}
        self._turns: Counter[str] = Counter()
        self._lock = threading.RLock()

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
        home, principal = tenant_id.lower(), self._principal()
        principal = self._granted(principal, home, roles or {}, wids)
        with self._lock:
            known = self._applications.get(client_id) or self._new(client_id, home)
            return self._keep(_standing(known, home, principal))

    def add_managed_identity(self, principal_id: str, *, tenant_id: str) -> Application:
        """Let a managed identity have a service principal; it has no registration."""
        client_id = str(uuid.uuid5(uuid.NAMESPACE_OID, principal_id))
        principal = replace(self._principal(), object_id=principal_id)
        with self._lock:
            identity = replace(self._new(client_id, ""), name="identity")
            return self._keep(_standing(identity, tenant_id.lower(), principal))

    def register(self, name: str, *, tenant_id: str, owners: Iterable[str] = ()) -> Application:
        """Register an application that has no standing anywhere yet."""
        new = self._new(new_id(), tenant_id.lower())
        with self._lock:
            return self._keep(replace(new, name=name, owners=frozenset(owners)))

    def add_principal(
        self, client_id: str, tenant_id: str, *, owners: Iterable[str] = ()
    ) -> ServicePrincipal:
        """Give an application a bare standing in a tenant."""
        principal = replace(self._principal(), owners=frozenset(owners))
        self.change(client_id, lambda known: _standing(known, tenant_id.lower(), principal))
        return principal

    def application(self, client_id: str) -> Application | None:
        """Find an application as the replica sees it whose turn it is; the first is up to date."""
        now = self._clock()
        with self._lock:
            known = self._applications.get(client_id)
            if known is None or not any(key.is_disputed(now) for key in known.certificates):
                return known
            self._turns[client_id] += 1
            return known if self._turns[client_id] % 2 else _behind(known)

    def applications(self) -> list[Application]:
        """Return every registration, as it was last written."""
        return list(self._applications.values())

    def deleted_applications(self) -> list[Application]:
        """Return the registrations that can be restored."""
        return list(self._deleted.values())

    def change(self, client_id: str, how: Callable[[Application], Application]) -> Application:
        """Replace an application by what *how* makes of it."""
        with self._lock:
            return self._keep(how(self._applications[client_id]))

    def change_principal(
        self, client_id: str, tenant_id: str, how: Callable[[ServicePrincipal], ServicePrincipal]
    ) -> ServicePrincipal:
        """Replace an application's standing in a tenant by what *how* makes of it."""
        home = tenant_id.lower()
        with self._lock:
            known = self._applications[client_id]
            changed = how(known.principals[home])
            self._keep(_standing(known, home, changed))
        return changed

    def delete(self, client_id: str) -> None:
        """Delete an application, with its standing, in a way that can be undone."""
        with self._lock:
            gone = self._applications.pop(client_id)
            self._deleted[client_id] = replace(gone, deleted=self._clock())

    def restore(self, client_id: str) -> Application:
        """Undo a deletion."""
        with self._lock:
            return self._keep(replace(self._deleted.pop(client_id), deleted=None))

    def set_enabled(self, client_id: str, tenant_id: str, *, enabled: bool) -> None:
        """Enable or disable an application in one tenant."""
        self.change_principal(client_id, tenant_id, lambda known: replace(known, enabled=enabled))

    def new_key(self, certificate: x509.Certificate) -> RegisteredCertificate:
        """Return *certificate* as it would be registered now."""
        usable_from = self._clock() + self.propagation
        settled_from = usable_from + self.disagreement
        return registered(certificate, usable_from=usable_from, settled_from=settled_from)

    def add_key(self, client_id: str, key: RegisteredCertificate) -> None:
        """Put a key on an application, beside those already there."""
        self.change(
            client_id, lambda known: replace(known, certificates=(*known.certificates, key))
        )

    def add_certificate(self, client_id: str, der: bytes) -> str:
        """Register a public certificate beside those already there; return its key id."""
        key = self.new_key(x509.load_der_x509_certificate(der))
        self.add_key(client_id, key)
        return key.key_id

    def remove_certificate(self, client_id: str, key_id: str) -> None:
        """Take a certificate off an application; an unknown key id raises `LookupError`."""
        with self._lock:
            known = self._applications[client_id]
            kept = tuple(item for item in known.certificates if item.key_id != key_id)
            if kept == known.certificates:
                raise LookupError(f"application {client_id} has no key {key_id}")
            self._keep(replace(known, certificates=kept))

    def _new(self, client_id: str, tenant_id: str) -> Application:
        return Application(
            client_id=client_id, object_id=new_id(), created=self._clock(), tenant_id=tenant_id
        )

    def _principal(self) -> ServicePrincipal:
        return ServicePrincipal(object_id=new_id(), created=self._clock())

    def _granted(
        self,
        principal: ServicePrincipal,
        tenant_id: str,
        roles: Mapping[str, Iterable[str]],
        wids: Iterable[str],
    ) -> ServicePrincipal:
        who, now = principal.object_id, self._clock()
        held = [
            grants.app_role(who, service, service.role(value), tenant_id=tenant_id, now=now)
            for url, values in roles.items()
            for service in [resources.by_url(url)]
            for value in values
        ]
        directory_roles = tuple(grants.directory_role(who, template) for template in wids)
        return replace(principal, app_roles=tuple(held), directory_roles=directory_roles)

    def _keep(self, application: Application) -> Application:
        self._applications[application.client_id] = application
        return application


def _standing(known: Application, tenant_id: str, principal: ServicePrincipal) -> Application:
    return replace(known, principals={**known.principals, tenant_id: principal})


def _behind(known: Application) -> Application:
    """Return the application as a replica knows it that has not heard of the newest keys."""
    keys = tuple(replace(key, usable_from=key.settled_from) for key in known.certificates)
    return replace(known, certificates=keys)
