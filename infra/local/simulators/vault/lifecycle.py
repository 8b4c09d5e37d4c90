"""What happens to certificates by itself: operations complete, renewals fall due."""

from datetime import datetime, timedelta
from typing import Any

from infra.local.simulators.vault import issuing
from infra.local.simulators.vault.store import Certificate, CertificateVersion, Pending, Store


def settle(store: Store, now: datetime) -> None:
    """Do what the service would have done by *now*."""
    for certificate in store.certificates.values():
        if certificate.deleted:
            continue
        if _renewal_is_due(certificate, now):
            start(certificate, now, ready=now)
        if certificate.pending and certificate.pending.status == "inProgress":
            _advance(certificate, certificate.pending, now)


def start(
    certificate: Certificate,
    now: datetime,
    *,
    ready: datetime,
    enabled: bool = True,
    tags: dict[str, str] | None = None,
) -> Pending:
    """Begin a new version, which is there from *ready* on."""
    reuse = certificate.policy["key_props"]["reuse_key"] and certificate.versions
    key = certificate.versions[-1].key if reuse else issuing.new_key(certificate.policy)
    certificate.pending = Pending(
        key=key, enabled=enabled, tags=tags or {}, started=now, ready=ready
    )
    return certificate.pending


def _advance(certificate: Certificate, pending: Pending, now: datetime) -> None:
    if pending.cancellation_requested:
        pending.status = "cancelled"
    elif pending.ready <= now:
        pending.status = "completed"
        certificate.versions.append(
            CertificateVersion(
                version=pending.version,
                certificate=issuing.self_signed(certificate.policy, pending.key, pending.ready),
                key=pending.key,
                policy=certificate.policy,
                enabled=pending.enabled,
                tags=pending.tags,
                created=pending.started,
                updated=pending.ready,
            )
        )


def _renewal_is_due(certificate: Certificate, now: datetime) -> bool:
    if not certificate.versions or certificate.policy["issuer"]["name"] != "Self":
        return False
    if certificate.pending and certificate.pending.status == "inProgress":
        return False
    latest = certificate.versions[-1].certificate
    starts, ends = latest.not_valid_before_utc, latest.not_valid_after_utc
    return any(
        action["action"]["action_type"] == "AutoRenew"
        and now >= _trigger(action["trigger"], starts, ends)
        for action in certificate.policy["lifetime_actions"]
    )


def _trigger(trigger: dict[str, Any], starts: datetime, ends: datetime) -> datetime:
    days: int | None = trigger.get("days_before_expiry")
    if days is not None:
        return ends - timedelta(days=days)
    percentage: int = trigger["lifetime_percentage"]
    return starts + (ends - starts) * percentage / 100
