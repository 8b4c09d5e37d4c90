"""How the revocation lists of an authority stand at this moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore

from shared.errors import Rejected, Retryable
from shared.flows.trust_ports import CrlSource
from shared.trust import crl, crl_judgement, x509
from shared.trust.authority import Authority
from shared.trust.crl import Crl, Listed
from shared.trust.crl_trouble import FORGED, UNUSABLE, CrlTrouble, Found, Unfetched

# At a time, by one worker: each takes some 100 MB for a while if its lists are as large as may be.
AT_ONCE = 4
A_TURN = timedelta(seconds=15)  # is waited for no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlReport:
    """What was found at an authority's addresses; a list is here even if it is not to be used."""

    authority: Authority
    base: Crl | None
    delta: Crl | None
    troubles: tuple[Found, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Return whether Entra ID can go by it, and so whether who is not on it is not revoked."""
        return self.base is not None and not any(each.trouble in UNUSABLE for each in self.troubles)

    @property
    def next_update(self) -> datetime | None:
        """Return when it has to be replaced: the sooner of both."""
        ends = [each.next_update for each in (self.base, self.delta) if each and each.next_update]
        return min(ends, default=None)

    def listed(self, serial_number: str) -> Listed | None:
        """
        Return whether a serial number (hex) is revoked; Rejected if it is none.

        What a delta says counts first if it is newer than its base, else not at all. None
        says something only if the report is usable; lists that are not the authority's say nothing.
        """
        if any(each.trouble in FORGED for each in self.troubles):
            return None
        delta = self.delta if self._is_delta_newer else None
        for each in (delta, self.base):
            found = each and each.entry(serial_number)
            if found:
                return None if found.is_off_again else found
        return None

    @property
    def _is_delta_newer(self) -> bool:
        if self.base is None or self.delta is None:
            return self.delta is not None
        if self.base.number is None or self.delta.number is None:
            return self.delta.this_update > self.base.this_update
        return self.delta.number > self.base.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlCheck:
    """Looks at the lists of an authority; a few at a time, whoever asks."""

    source: CrlSource
    clock: Callable[[], datetime]
    turns: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, AT_ONCE))
    a_turn: timedelta = A_TURN

    def look(self, authority: Authority, *, last_number: int | None = None) -> CrlReport:
        """
        Return how its lists stand; `last_number` is what its base's number was last time.

        Retryable while too many others are looked at.
        """
        with self._turn():
            return self._report(authority, last_number)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.turns.acquire(timeout=self.a_turn.total_seconds()):
            raise Retryable("too many CRLs are looked at just now: try again in a minute")
        try:
            yield
        finally:
            self.turns.release()

    def _report(self, authority: Authority, last_number: int | None) -> CrlReport:
        try:
            signer = x509.parsed(authority.certificate)
        except Rejected as error:
            unreadable = Found(CrlTrouble.UNREADABLE, f"the authority's own certificate: {error}")
            return CrlReport(authority=authority, base=None, delta=None, troubles=(unreadable,))
        troubles: list[Found] = []
        base = self._list(authority.crl_url, "base", troubles)
        delta = self._delta(authority, base, troubles)
        at = self.clock()
        if base:
            url = authority.crl_url
            troubles += crl_judgement.of_base(base, signer, url=url, at=at, last_number=last_number)
        if delta:
            url = authority.delta_crl_url
            troubles += crl_judgement.of_delta(delta, base, signer, url=url, at=at)
        return CrlReport(authority=authority, base=base, delta=delta, troubles=tuple(troubles))

    def _delta(self, authority: Authority, base: Crl | None, troubles: list[Found]) -> Crl | None:
        if not authority.delta_crl_url:
            return None
        if authority.delta_crl_url == authority.crl_url:
            says = "base and delta CRL have one address: correct the delta's, or leave it out"
            troubles.append(Found(CrlTrouble.DELTA_SAME_ADDRESS, says))
            return None
        delta = self._list(authority.delta_crl_url, "delta", troubles)
        if delta and base is None:
            says = "there is a delta CRL, and no base that it goes with: publish the base"
            troubles.append(Found(CrlTrouble.DELTA_WITHOUT_BASE, says))
        return delta

    def _list(self, url: str, named: str, troubles: list[Found]) -> Crl | None:
        if not url:
            says = "no CRL address: what this CA has signed is never revoked; configure one"
            troubles.append(Found(CrlTrouble.NOT_CONFIGURED, says))
            return None
        if url.lower().startswith("https:"):
            says = f"the {named} CRL is fetched over https, which may need a list to be checked: "
            troubles.append(Found(CrlTrouble.OVER_HTTPS, says + "offer it over http"))
        try:
            return crl.read(self.source.fetch(url))
        except Unfetched as error:
            troubles.append(Found(error.trouble, f"{named} CRL: {error}"))
        except Rejected as error:
            troubles.append(Found(CrlTrouble.UNREADABLE, f"{named} CRL: {error}"))
        return None
