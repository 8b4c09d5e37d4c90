"""What a vault tells subscribers about its certificates, each fact once to each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from infra.local.simulators.vault.store import Certificate, CertificateVersion, Store

_NEAR = timedelta(days=30)  # fixed, whatever the policy says of renewal


class EventKind(StrEnum):
    """The event types of certificates."""

    NEW_VERSION = "Microsoft.KeyVault.CertificateNewVersionCreated"
    NEAR_EXPIRY = "Microsoft.KeyVault.CertificateNearExpiry"
    EXPIRED = "Microsoft.KeyVault.CertificateExpired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateEvent:
    """One thing that happened to one version of a certificate."""

    kind: EventKind
    name: str
    version: str
    starts: datetime
    ends: datetime
    noticed: datetime


Subscriber = Callable[[CertificateEvent], object]


@dataclass(slots=True)
class _Subscription:
    """One subscriber, deaf to the versions that were there before it."""

    subscriber: Subscriber
    told: set[tuple[EventKind, str]] = field(default_factory=set)
    older: frozenset[str] = frozenset()


class Announcements:
    """Who is told of what happens in a store; a vault locks around every use."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subscriptions: list[_Subscription] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell *subscriber* of the versions that are created from now on."""
        known = self._store.certificates.values()
        older = frozenset(one.version for certificate in known for one in certificate.versions)
        self._subscriptions.append(_Subscription(subscriber, older=older))

    def due(self, now: datetime) -> list[tuple[Subscriber, CertificateEvent]]:
        """Return what has not been told yet, and count it as told."""
        found = []
        happened = list(self._happened(now))
        for subscription in self._subscriptions:
            for event in happened:
                fact = event.kind, event.version
                if event.version not in subscription.older and fact not in subscription.told:
                    subscription.told.add(fact)
                    found.append((subscription.subscriber, event))
        return found

    def _happened(self, now: datetime) -> Iterator[CertificateEvent]:
        for certificate in self._store.certificates.values():
            if certificate.deleted:
                continue
            for version in certificate.versions:  # each was the current one when it was made
                yield _event(EventKind.NEW_VERSION, certificate, version, now)
            for version in certificate.versions[-1:]:
                ends = version.certificate.not_valid_after_utc
                if now >= ends - _NEAR:
                    yield _event(EventKind.NEAR_EXPIRY, certificate, version, now)
                if now >= ends:
                    yield _event(EventKind.EXPIRED, certificate, version, now)


def _event(
    kind: EventKind, certificate: Certificate, version: CertificateVersion, now: datetime
) -> CertificateEvent:
    return CertificateEvent(
        kind=kind,
        name=certificate.name,
        version=version.version,
        starts=version.certificate.not_valid_before_utc,
        ends=version.certificate.not_valid_after_utc,
        noticed=now,
    )
