"""The older store: one object per tenant that is made and deleted whole, never changed."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.refusals import bad_request, not_found
from infra.local.simulators.graph.trust import bodies, certificates
from infra.local.simulators.graph.trust.certificates import Certificate

THE_ID = "29728ade-6ae4-4ee9-9103-412912537da5"
_KIND = "certificateBasedAuthConfiguration"
_NAMES = {"id", "certificateAuthorities"}
_REQUIRED = {"certificate", "isRootAuthority"}
_AUTHORITY = {
    "certificate": bodies.text,
    "isRootAuthority": bodies.flag,
    "certificateRevocationListUrl": bodies.address_or_null,
    "deltaCertificateRevocationListUrl": bodies.address_or_null,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicAuthority:
    """One authority in the older store."""

    certificate: Certificate
    is_root: bool
    crl_url: str | None = None
    delta_crl_url: str | None = None

    @property
    def shape(self) -> dict[str, Any]:
        """Return it as Graph shows it; the delta's address is spelled otherwise than in PKIs."""
        return {
            "isRootAuthority": self.is_root,
            "certificateRevocationListUrl": self.crl_url,
            "deltaCertificateRevocationListUrl": self.delta_crl_url,
            "certificate": self.certificate.base64,
            "issuer": self.certificate.issuer,
            "issuerSki": self.certificate.subject_key_id,
        }


class ClassicStores:
    """The store of each tenant, where there is one."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._stores: dict[str, tuple[ClassicAuthority, ...]] = {}

    def put(self, tenant_id: str, *authorities: ClassicAuthority) -> None:
        """Make a tenant's store hold these authorities."""
        with self._lock:
            self._stores[tenant_id.lower()] = authorities

    def add(
        self,
        tenant_id: str,
        der: bytes,
        *,
        is_root: bool | None = None,
        crl_url: str | None = None,
        delta_crl_url: str | None = None,
    ) -> ClassicAuthority:
        """Add an authority, whatever the service would say to it; ValueError for no certificate."""
        certificate = certificates.from_der(der)
        added = ClassicAuthority(
            certificate=certificate,
            is_root=certificate.is_self_issued if is_root is None else is_root,
            crl_url=crl_url,
            delta_crl_url=delta_crl_url,
        )
        self.put(tenant_id, *self.get(tenant_id), added)
        return added

    def get(self, tenant_id: str) -> tuple[ClassicAuthority, ...]:
        """Return what a tenant's store holds."""
        return self._stores.get(tenant_id.lower(), ())

    def has(self, tenant_id: str) -> bool:
        """Say whether a tenant has a store."""
        return tenant_id.lower() in self._stores

    def drop(self, tenant_id: str) -> None:
        """Forget a tenant's store."""
        with self._lock:
            self._stores.pop(tenant_id.lower(), None)


class ClassicStore:
    """The operations on it: there is none that changes it in place."""

    def __init__(self, stores: ClassicStores) -> None:
        self._stores = stores

    def list(self, call: Call) -> httpx.Response:
        """Return the one there is, or none."""
        tenant_id = _tenant(call)
        found = [_shape(self._stores.get(tenant_id))] if self._stores.has(tenant_id) else []
        return call.many(_path(call), found, kind=_KIND, names=_NAMES)

    def get(self, call: Call) -> httpx.Response:
        """Return it by its one id."""
        return call.one(_path(call), _shape(self._stores.get(self._known(call))), kind=_KIND)

    def create(self, call: Call) -> httpx.Response:
        """Make the store; how a second one is refused is a guess."""
        tenant_id = _tenant(call)
        sent = bodies.checked(
            call.body(), {"certificateAuthorities": _is_list, "id": bodies.text_or_null}, kind=_KIND
        )
        if self._stores.has(tenant_id):
            raise bad_request("Only one certificate-based authentication configuration can exist.")
        if not sent.get("certificateAuthorities"):
            raise bad_request("The property 'certificateAuthorities' is required.")
        made = tuple(_read(one) for one in sent["certificateAuthorities"])
        if len({one.certificate.thumbprint for one in made}) < len(made):
            raise bad_request("A certificate authority is there twice.")  # a guess
        self._stores.put(tenant_id, *made)
        return call.one(_path(call), _shape(made), kind=_KIND, status=201)

    def delete(self, call: Call) -> httpx.Response:
        """Delete the store for good: from then on none of its authorities is trusted."""
        self._stores.drop(self._known(call))
        return nothing()

    def _known(self, call: Call) -> str:
        tenant_id = _tenant(call)
        if call.said["store"].lower() != THE_ID or not self._stores.has(tenant_id):
            raise not_found(call.said["store"])
        return tenant_id


def _tenant(call: Call) -> str:
    if call.said["id"].lower() != call.tenant.tenant_id:
        raise not_found(call.said["id"])
    return call.tenant.tenant_id


def _path(call: Call) -> str:
    return f"organization('{call.said['id']}')/certificateBasedAuthConfiguration"


def _shape(authorities: tuple[ClassicAuthority, ...]) -> dict[str, Any]:
    return {"id": THE_ID, "certificateAuthorities": [one.shape for one in authorities]}


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _read(entry: Mapping[str, Any]) -> ClassicAuthority:
    """Read an authority that was sent: what is computed from its certificate may not be."""
    sent = bodies.checked(entry, _AUTHORITY, kind="certificateAuthority")
    if missing := _REQUIRED - set(sent):
        raise bad_request(f"The property '{min(missing)}' is required.")
    return ClassicAuthority(
        certificate=certificates.from_text(sent["certificate"]),
        is_root=sent["isRootAuthority"],
        crl_url=sent.get("certificateRevocationListUrl"),
        delta_crl_url=sent.get("deltaCertificateRevocationListUrl"),
    )
