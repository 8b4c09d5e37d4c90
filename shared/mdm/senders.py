"""The MDMs we listen to, by the name in their webhook's address."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.devices.model import Signal, Trust
from shared.errors import NotFound, Unverified
from shared.mdm import signature, standard
from shared.mdm.signature import Verified


class Secrets(Protocol):
    """Where webhook secrets are kept."""

    def live(self, name: str, at_most: timedelta = ...) -> tuple[str, ...]:
        """Return the live versions, newest first, as they stood at most so long ago."""
        ...

    def expires_at(self, name: str) -> datetime | None:
        """Return when the last of the live versions expires; None if one carries no date."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One MDM, as configured in MDM_SENDERS."""

    name: str
    tenant_id: str
    secret_name: str
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One verified webhook call, and what it says, if it concerns us."""

    delivery_id: str
    signal: Signal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """Reads what the configured senders send."""

    senders: Mapping[str, Sender]
    secrets: Secrets
    clock: Callable[[], datetime]

    def read(self, sender: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Return what was sent; NotFound, Unverified or Rejected where it cannot be trusted."""
        known = self.senders.get(sender)
        if known is None:
            raise NotFound(f"no sender named {sender[:64]} is configured in MDM_SENDERS")
        verified = self._verify(known, headers, body)
        return Delivery(delivery_id=verified.delivery_id, signal=self._signal(known, verified))

    def secret_names(self, tenant_id: str) -> list[str]:
        """Return the names of the secrets of a tenant's senders."""
        return sorted(
            {each.secret_name for each in self.senders.values() if each.tenant_id == tenant_id}
        )

    def secret_ends(self, name: str) -> datetime | None:
        """Return when the last live version of a secret expires; None if one carries no date."""
        return self.secrets.expires_at(name)

    def _verify(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> Verified:
        """Check the signature; before refusing, look whether the secret has just been changed."""
        now = self.clock()
        signature.claimed(headers, now)  # what cannot be right does not reach the vault
        cached = self.secrets.live(sender.secret_name)
        try:
            return signature.verify(headers, body, secrets=cached, now=now)
        except Unverified:
            current = self.secrets.live(sender.secret_name, timedelta())
            if current == cached:
                raise
            return signature.verify(headers, body, secrets=current, now=now)

    def _signal(self, sender: Sender, verified: Verified) -> Signal | None:
        report = standard.read(verified.body)
        if report is None:
            return None
        told_apart = f"{sender.name}:{verified.delivery_id}"
        return Signal(
            signal_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart)),
            tenant_id=sender.tenant_id,
            sender=sender.name,
            trust=sender.trust,
            posture=report.posture,
            mailbox=report.mailbox,
            device_id=report.device_id,
            # A sender whose clock runs ahead must not outrank all later reports.
            occurred_at=min(report.occurred_at, self.clock()),
            ownership=report.ownership,
        )
