"""A subscription, and how it looks on the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509

from infra.local.simulators.graph.bearer import Caller
from infra.local.simulators.graph.shapes import instant
from infra.local.simulators.graph.user_directory import Change, User

NAMES = (
    *("id", "resource", "applicationId", "changeType", "clientState", "notificationUrl"),
    *("notificationQueryOptions", "lifecycleNotificationUrl", "expirationDateTime", "creatorId"),
    *("includeResourceData", "latestSupportedTlsVersion", "encryptionCertificate"),
    *("encryptionCertificateId", "notificationUrlAppId"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """For whom the data of notifications is encrypted."""

    certificate: x509.Certificate
    certificate_id: str  # the subscriber's own name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who is to be told of what, where, and until when."""

    subscription_id: str
    tenant_id: str
    application_id: str
    creator_id: str
    resource: str  # as it was written
    user_id: str  # empty: every user of the tenant
    change_type: str  # as it was written
    changes: frozenset[Change]
    notification_url: str
    lifecycle_url: str  # empty: it hears nothing about itself
    client_state: str | None = field(repr=False)
    expires: datetime
    tls: str
    sealing: Sealing | None  # none: notifications come without data
    token_app_id: str | None  # the audience of validation tokens, if not the application itself
    reauthorize_by: datetime | None = None  # after that, changes are lost until it is done

    @property
    def audience(self) -> str:
        """Return to whom validation tokens are made out."""
        return self.token_app_id or self.application_id

    def is_of(self, caller: Caller) -> bool:
        """Say whether *caller* has made it; an app sees whatever it made in the tenant."""
        own = (caller.tenant_id, caller.client_id) == (self.tenant_id, self.application_id)
        return own and (not caller.is_person or caller.object_id == self.creator_id)

    def wants(self, user: User, change: Change, now: datetime) -> bool:
        """Say whether it is told of this change."""
        paused = self.reauthorize_by is not None and now >= self.reauthorize_by
        about_it = self.tenant_id == user.tenant_id and self.user_id in ("", user.object_id)
        return about_it and change in self.changes and not paused

    @property
    def shape(self) -> dict[str, Any]:
        """
        Return what can be read of it.

        Documents show the client state in answers; real answers have null, to its maker too.
        """
        known = {
            "id": self.subscription_id,
            "resource": self.resource,
            "applicationId": self.application_id,
            "changeType": self.change_type,
            "notificationUrl": self.notification_url,
            "lifecycleNotificationUrl": self.lifecycle_url or None,
            "expirationDateTime": instant(self.expires),
            "creatorId": self.creator_id,
            "includeResourceData": True if self.sealing else None,
            "latestSupportedTlsVersion": self.tls,
            "encryptionCertificateId": self.sealing.certificate_id if self.sealing else None,
            "notificationUrlAppId": self.token_app_id,
        }
        return {name: known.get(name) for name in NAMES}
