"""The MDMs we listen to, by the name in their webhook's address."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Posture, Trust
from shared.devices.subject import Report
from shared.errors import Gone, NotFound, Unverified
from shared.mdm.call import Answer, Call
from shared.mdm.reading import names_somebody
from shared.mdm.vendor import Answers, Heard, Vendor
from shared.mdm.verification import Claim, Scheme, Verified, verify

LIFECYCLE = "lifecycle."  # kinds that are about the sender's subscription, and not about devices


class Secrets(Protocol):
    """Where webhook secrets are kept."""

    def live(self, name: str, at_most: timedelta = ...) -> tuple[LiveSecret, ...]:
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
    vendor: Vendor
    scheme: Scheme
    # What its kinds of event mean, before what its vendor says; None: nothing to us.
    events: Mapping[str, Posture | None] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    is_retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one verified call says, as far as it concerns us, and the kinds nobody knows."""

    reports: tuple[Report, ...] = ()
    unknown: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()  # what has to be done about the sender's subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """Reads what the configured senders send."""

    senders: Mapping[str, Sender]
    secrets: Secrets
    clock: Callable[[], datetime]
    asked: tuple[tuple[str, str], ...] = ()  # tenant and secret name of those that we ask

    def answers(self, name: str) -> Answers:
        """Return the status codes that a sender acts upon."""
        known = self.senders.get(name)
        return known.vendor.answers if known else Answers()

    def greet(self, name: str, call: Call) -> Answer | None:
        """Answer a handshake, if the call is one; NotFound or Gone if nobody is expected."""
        sender = self._expected(name)
        return sender.vendor.greet(call, sender.origins)

    def read(self, name: str, call: Call) -> Delivery:
        """Return what was sent; NotFound, Unverified or Rejected where it cannot be trusted."""
        sender = self._expected(name)
        verified = self._verified(sender, call)
        reports, unknown = [], []
        heard = sender.vendor.read(verified)
        for each, told_apart in zip(heard, _told_apart(heard, verified), strict=True):
            posture = self._posture(sender, each)
            if posture is not None and names_somebody(each.subject):
                told_of = f"{sender.name}:{told_apart}"
                reports.append(self._report(sender, each, posture, told_of, verified.secret))
            elif posture is not None:
                unknown.append(f"{each.kind}, which names nobody")
            elif each.kind not in {**sender.vendor.meanings, **sender.events}:
                unknown.append(each.kind)
        return Delivery(
            reports=tuple(reports), unknown=tuple(unknown), wanted=_wanted(sender, heard)
        )

    def secret_names(self, tenant_id: str) -> list[str]:
        """Return the names of the secrets of a tenant's senders."""
        calling = [(each.tenant_id, each.secret_name) for each in self.senders.values()]
        return sorted({name for whose, name in (*calling, *self.asked) if whose == tenant_id})

    def secret_ends(self, name: str) -> datetime | None:
        """Return when the last live version of a secret expires; None if one carries no date."""
        return self.secrets.expires_at(name)

    def _expected(self, name: str) -> Sender:
        known = self.senders.get(name)
        if known is None:
            raise NotFound(f"no sender named {name[:64]!r} is configured in MDM_SENDERS")
        if known.is_retired:
            raise Gone(f"sender {name} is retired in MDM_SENDERS: take the webhook out of its MDM")
        return known

    def _verified(self, sender: Sender, call: Call) -> Verified:
        """Check who sends; before refusing, look whether the secret has just been changed."""
        # What cannot be right does not reach the vault.
        claim: Claim = sender.scheme.claim(call, self.clock())
        cached = self.secrets.live(sender.secret_name)
        try:
            return verify(claim, call, cached)
        except Unverified:
            current = self.secrets.live(sender.secret_name, timedelta())
            if current == cached:
                raise
            return verify(claim, call, current)

    @staticmethod
    def _posture(sender: Sender, heard: Heard) -> Posture | None:
        """Return what an event says of its device; None if it is nothing to us."""
        if heard.kind in sender.events:
            return sender.events[heard.kind]
        return heard.posture or sender.vendor.meanings.get(heard.kind)

    def _report(
        self, sender: Sender, heard: Heard, posture: Posture, told_of: str, secret: LiveSecret
    ) -> Report:
        now = self.clock()
        return Report(
            report_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told_of)),
            tenant_id=sender.tenant_id,
            sender=sender.name,
            trust=sender.trust,
            posture=posture,
            subject=heard.subject,
            # A sender whose clock runs ahead must not outrank all later reports.
            occurred_at=min(heard.occurred_at or now, now),
            about=heard.about,
            ownership=heard.ownership,
            verified_by=f"{secret.name}/{secret.version}",
        )


def _wanted(sender: Sender, heard: Sequence[Heard]) -> tuple[str, ...]:
    """Return what the events that its vendor knows ask us to do, each once."""
    kinds = dict.fromkeys(each.kind for each in heard if each.kind in sender.vendor.meanings)
    return tuple(kind.removeprefix(LIFECYCLE) for kind in kinds if kind.startswith(LIFECYCLE))


def _told_apart(heard: Sequence[Heard], verified: Verified) -> list[str]:
    """Return a name for each event, the same whenever it is delivered."""
    delivery = verified.delivery_id or sha256(verified.body).hexdigest()
    if len(heard) == 1 and verified.delivery_id:
        return [delivery]
    return [each.event_id or f"{delivery}:{place}" for place, each in enumerate(heard)]
