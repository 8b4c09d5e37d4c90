"""What the watch over the authorities of users' certificates needs from the world."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shared.credentials.certificate import App
from shared.credentials.expiry import Stage
from shared.flows.crl_check import CrlReport
from shared.trust.authority import Authority
from shared.trust.watched import CrlPlace, CrlWord, KnownAuthority, KnownCrl


class Stores(Protocol):
    """Where one tenant keeps the authorities that it trusts."""

    def authorities(self) -> tuple[Authority, ...]:
        """Return what the PKI store holds, of all infrastructures."""
        ...

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return what the classic store holds."""
        ...


class Crls(Protocol):
    """Looks at CRLs, and takes a few seconds for each at most."""

    def look(self, authority: Authority, *, last_number: int | None = None) -> CrlReport:
        """Return how an authority's lists stand, next to the number that was seen before."""
        ...


class Followed(Protocol):
    """What is remembered of authorities and CRLs; where two workers write, one gives way."""

    def authorities(self, tenant_id: str) -> Mapping[str, KnownAuthority]:
        """Return what is known of a tenant's authorities, by their thumbprints."""
        ...

    def note(self, tenant_id: str, known: KnownAuthority) -> None:
        """Note what is known of an authority."""
        ...

    def crls(self, tenant_id: str) -> Mapping[str, KnownCrl]:
        """Return what is known of a tenant's CRLs, by the keys of their places."""
        ...

    def keep(self, tenant_id: str, known: KnownCrl) -> None:
        """Note what is known of a CRL, unless somebody has noted more since it was read."""
        ...


class TrustEvents(Protocol):
    """What we tell the world about what a tenant trusts."""

    def ca_expiring(
        self,
        app: App,
        known: KnownAuthority,
        *,
        stage: Stage,
        ends_at: datetime,
        now: datetime,
    ) -> None:
        """Announce that an authority has come to a stage on its way to expiry."""
        ...

    def ca_removed(self, app: App, known: KnownAuthority, *, now: datetime) -> None:
        """Announce that an authority whose end was told of is trusted no longer."""
        ...

    def crl_stale(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that a CRL is due, or that nobody can go by it."""
        ...

    def crl_unreachable(
        self, app: App, place: CrlPlace, word: CrlWord, *, occurrence: int, now: datetime
    ) -> None:
        """Announce that a CRL cannot be fetched."""
        ...

    def crl_fresh(
        self, app: App, place: CrlPlace, *, why: str, occurrence: int, now: datetime
    ) -> None:
        """Announce that what was told of a CRL is over, and why."""
        ...
