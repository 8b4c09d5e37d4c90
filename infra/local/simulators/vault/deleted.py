"""Certificates that are deleted and can still come back."""

from datetime import datetime
from typing import Any

import httpx

from infra.local.simulators.vault import shapes
from infra.local.simulators.vault.call import Call
from infra.local.simulators.vault.paging import page
from infra.local.simulators.vault.store import Certificate, Store


class DeletedCertificates:
    """Handlers of soft delete: what is deleted keeps its name until it is purged."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def delete(self, call: Call) -> httpx.Response:
        """Delete all versions, with their keys and secrets."""
        certificate = self._store.certificate(call.name)
        certificate.deleted = call.now
        return httpx.Response(200, json=_shape(call.base, certificate, call.now))

    def get(self, call: Call) -> httpx.Response:
        """Return one deleted certificate."""
        certificate = self._store.deleted_certificate(call.name)
        deleted = certificate.deleted or call.now
        return httpx.Response(200, json=_shape(call.base, certificate, deleted))

    def list(self, call: Call) -> httpx.Response:
        """List the deleted certificates."""
        items = [
            shapes.item(call.base, known, known.versions[-1], named=name)
            | shapes.removal(call.base, known, known.deleted)
            for name, known in sorted(self._store.certificates.items())
            if known.deleted and known.versions
        ]
        return page(call, items)

    def recover(self, call: Call) -> httpx.Response:
        """Bring a deleted certificate back as it was."""
        certificate = self._store.deleted_certificate(call.name)
        certificate.deleted = None
        version = certificate.version("")
        return httpx.Response(200, json=shapes.bundle(call.base, certificate, version))

    def purge(self, call: Call) -> httpx.Response:
        """Remove a deleted certificate for good."""
        self._store.deleted_certificate(call.name)
        del self._store.certificates[call.name]
        return httpx.Response(204)


def _shape(base: str, certificate: Certificate, deleted: datetime) -> dict[str, Any]:
    removal = shapes.removal(base, certificate, deleted)
    if not certificate.versions and certificate.pending:
        return shapes.unissued(base, certificate, certificate.pending) | removal
    return shapes.bundle(base, certificate, certificate.version("")) | removal
