"""How the audit is put together, and which settings it tells of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from azure.storage.blob import BlobServiceClient

from shared.audit.configuration import Flat, flat
from shared.audit.daily_seal import Sealing
from shared.config import Settings
from shared.flows.ports import Pins
from shared.identity.secrets import WebhookSecrets
from shared.identity.vault import Vault
from shared.records.append_blobs import AppendBlobs
from shared.records.audit_export import AuditExport
from shared.records.audit_log import CONTAINER, AuditLog
from shared.records.audit_settings import AuditSettings
from shared.records.audited_journal import AuditedJournal
from shared.records.auditing import Auditing
from shared.records.journal import Journal
from shared.records.tables import Table
from shared.tenants import Tenant


@dataclass(frozen=True)
class Audit:
    """Each part once, made when another asks for it; nothing is called yet."""

    settings: Settings
    service: BlobServiceClient
    secrets: WebhookSecrets
    table: Callable[[str], Table]
    clock: Callable[[], datetime]

    def journal(self, journal: Journal) -> AuditedJournal:
        """Return the journal, of which the audit knows everything first."""
        return AuditedJournal(journal, self.auditing)

    @cached_property
    def blobs(self) -> AppendBlobs:
        """The files."""
        return AppendBlobs(self.service, CONTAINER)

    @cached_property
    def export(self) -> AuditExport:
        """What is in them, to read."""
        return AuditExport(self.blobs)

    @cached_property
    def log(self) -> AuditLog:
        """The chains."""
        return AuditLog(self.blobs, self.clock)

    @cached_property
    def auditing(self) -> Auditing:
        """What records the operations."""
        told = {
            name: told_settings(self.settings, each) for name, each in self.settings.tenants.items()
        }
        return Auditing(
            log=self.log,
            settings=AuditSettings(self.table("audit"), told),
            secrets=self.secrets,
            clock=self.clock,
        )

    def sealing(self, vault: Vault, pins: Pins) -> Sealing:
        """Return what seals the chains."""
        return Sealing(log=self.log, vault=vault, pins=pins, clock=self.clock)

    def ping(self) -> None:
        """Raise a Failure unless it can be written to, and names can be told apart."""
        self.blobs.ping()
        self.auditing.ping()


def told_settings(settings: Settings, tenant: Tenant) -> Flat:
    """Return what decides about a tenant, flat; no secret, and no address that may hold one."""
    app = tenant.app
    senders: Mapping[str, object] = {
        name: each
        for name, each in settings.senders.items()
        if str(each.tenant_id) == app.tenant_id
    }
    return flat(
        {
            "tenant": {
                "organization": tenant.organization,
                "client_id": app.client_id,
                "credential": app.credential,
                "certificate_name": app.certificate_name,
                "object_id": app.object_id,
            },
            "limits": tenant.limits,
            "senders": senders,
            "receivers": {name: each.kind for name, each in settings.receivers.items()},
            "schedules": settings.schedules,
            "key_vault_url": settings.key_vault_url,
            "event_grid_endpoint": settings.event_grid_endpoint,
        }
    )
