"""The PKIs of each tenant and the authorities in them, with what is deleted and can come back."""

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from infra.local.simulators.graph.shapes import instant
from infra.local.simulators.graph.trust import certificates
from infra.local.simulators.graph.trust.certificates import Certificate

MOST = 250  # authorities of a tenant
KEPT = timedelta(days=30)  # how long a deletion can be undone


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that is being read into a PKI."""

    ends: datetime
    certificates: tuple[Certificate, ...] = ()
    fault: str = ""  # why it will fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    """A container of authorities."""

    tenant_id: str
    name: str | None
    changed: datetime
    pki_id: str = field(default_factory=_new_id)
    status: str = "succeeded"  # of the last upload
    details: str | None = None
    upload: Upload | None = None
    deleted: datetime | None = None

    @property
    def shape(self) -> dict[str, Any]:
        """Return it as Graph shows it."""
        return {
            "id": self.pki_id,
            "deletedDateTime": instant(self.deleted) if self.deleted else None,
            "displayName": self.name,
            "status": self.status,
            "statusDetails": self.details,
            "lastModifiedDateTime": instant(self.changed),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One authority in a PKI."""

    pki_id: str
    tenant_id: str
    certificate: Certificate
    created: datetime
    authority_id: str = field(default_factory=_new_id)
    kind: str = "root"  # or "intermediate"; nobody checks it against the certificate: a guess
    name: str | None = None
    crl_url: str | None = None
    delta_crl_url: str | None = None
    is_hinted: bool = False
    deleted: datetime | None = None

    @property
    def shape(self) -> dict[str, Any]:
        """Return it as Graph shows it, with the one name that is in lower case."""
        return {
            "id": self.authority_id,
            "deletedDateTime": instant(self.deleted) if self.deleted else None,
            "certificateAuthorityType": self.kind,
            "certificate": self.certificate.base64,
            "displayName": self.name,
            "issuer": self.certificate.issuer,
            "issuerSubjectKeyIdentifier": self.certificate.subject_key_id,
            "createdDateTime": instant(self.created),
            "expirationDateTime": instant(self.certificate.expires),
            "thumbprint": self.certificate.thumbprint,
            "certificateRevocationListUrl": self.crl_url,
            "deltacertificateRevocationListUrl": self.delta_crl_url,
            "isIssuerHintEnabled": self.is_hinted,
        }


class Trust:
    """
    Every PKI there is or was; safe to change while it is read.

    `files` are what uploads find at an address when there is no way out, and `upload_takes` is
    how long reading one lasts. The documents say that certificates must be enabled as a method
    before PKIs can be managed, while the portal's steps have it the other way round:
    `needs_method` settles it.
    """

    def __init__(self, clock: Callable[[], datetime], lock: threading.RLock) -> None:
        self.files: dict[str, bytes] = {}
        self.upload_takes = timedelta()
        self.needs_method = False
        self.lock = lock
        self._clock = clock
        self._pkis: dict[str, Pki] = {}
        self._authorities: dict[str, Authority] = {}

    def pki(self, tenant_id: str, name: str = "Contoso PKI") -> Pki:
        """Return a tenant's PKI of this name; make it where there is none."""
        known = (one for one in self.pkis(tenant_id) if one.name == name)
        made = Pki(tenant_id=tenant_id.lower(), name=name, changed=self._clock())
        return next(known, None) or self.keep_pki(made)

    def add(
        self,
        pki: Pki,
        der: bytes,
        *,
        is_root: bool | None = None,
        name: str | None = None,
        crl_url: str | None = None,
        delta_crl_url: str | None = None,
    ) -> Authority:
        """Add an authority, whatever the service would say to it; ValueError for no certificate."""
        certificate = certificates.from_der(der)
        root = certificate.is_self_issued if is_root is None else is_root
        made = Authority(
            pki_id=pki.pki_id,
            tenant_id=pki.tenant_id,
            certificate=certificate,
            created=self._clock(),
            kind="root" if root else "intermediate",
            name=name,
            crl_url=crl_url,
            delta_crl_url=delta_crl_url,
        )
        return self.keep(made)

    def pkis(self, tenant_id: str, *, are_deleted: bool = False) -> list[Pki]:
        """Return a tenant's PKIs that are there, or those that can be restored."""
        self._settle()
        known = [one for one in self._pkis.values() if one.tenant_id == tenant_id.lower()]
        return [one for one in known if (one.deleted is not None) is are_deleted]

    def authorities(self, pki: Pki) -> list[Authority]:
        """Return the authorities in a PKI."""
        self._settle()
        known = self._authorities.values()
        return [one for one in known if one.pki_id == pki.pki_id and one.deleted is None]

    def deleted_authorities(self, tenant_id: str) -> list[Authority]:
        """Return a tenant's authorities that can be restored."""
        self._settle()
        known = [one for one in self._authorities.values() if one.tenant_id == tenant_id]
        return [one for one in known if one.deleted is not None]

    def keep_pki(self, pki: Pki) -> Pki:
        """Put a PKI, new or changed, where it belongs."""
        with self.lock:
            kept = replace(pki, changed=self._clock())
            self._pkis[pki.pki_id] = kept
            return kept

    def keep(self, authority: Authority) -> Authority:
        """Put an authority, new or changed, where it belongs."""
        with self.lock:
            self._authorities[authority.authority_id] = authority
            return authority

    def room(self, tenant_id: str) -> int:
        """Return how many more authorities a tenant may have."""
        pkis = self.pkis(tenant_id)
        return MOST - sum(len(self.authorities(one)) for one in pkis)

    def delete_pki(self, pki: Pki) -> None:
        """Delete a PKI, and what is in it, so that it could be restored."""
        with self.lock:
            now = self._clock()
            for one in self.authorities(pki):
                self.keep(replace(one, deleted=now))
            self._pkis[pki.pki_id] = replace(pki, deleted=now)

    def restore_pki(self, pki: Pki) -> Pki:
        """Undo a deletion; what was deleted with the PKI comes back with it: a guess."""
        with self.lock:
            for one in self.deleted_authorities(pki.tenant_id):
                if (one.pki_id, one.deleted) == (pki.pki_id, pki.deleted):
                    self.keep(replace(one, deleted=None))
            return self.keep_pki(replace(pki, deleted=None))

    def purge(self, item: Pki | Authority) -> None:
        """Forget what was deleted."""
        with self.lock:
            match item:
                case Pki():
                    del self._pkis[item.pki_id]
                    self._forget(one for one in self._of(item) if one.deleted)
                case Authority():
                    del self._authorities[item.authority_id]

    def _of(self, pki: Pki) -> list[Authority]:
        return [one for one in self._authorities.values() if one.pki_id == pki.pki_id]

    def _forget(self, authorities: Iterable[Authority]) -> None:
        for one in authorities:
            del self._authorities[one.authority_id]

    def _settle(self) -> None:
        """End the uploads that are due, and forget what was deleted too long ago."""
        with self.lock:
            now = self._clock()
            for pki in list(self._pkis.values()):
                if pki.upload and pki.upload.ends <= now:
                    self._end(pki, pki.upload)
                if pki.deleted and pki.deleted + KEPT <= now:
                    self.purge(pki)
            old = [one for one in self._authorities.values() if one.deleted]
            self._forget(one for one in old if one.deleted and one.deleted + KEPT <= now)

    def _end(self, pki: Pki, upload: Upload) -> None:
        status = "failed" if upload.fault else "succeeded"
        for one in upload.certificates:
            self.add(pki, one.der)
        ended = replace(pki, upload=None, status=status, details=upload.fault or None)
        self.keep_pki(ended)
