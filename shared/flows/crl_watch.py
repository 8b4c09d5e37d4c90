"""One CRL after the other: what is wrong with it is announced once, and that it is over."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.credentials.certificate import App
from shared.flows import crl_standing
from shared.flows.ports import Clock
from shared.flows.trust_watch_ports import Crls, Followed, TrustEvents
from shared.trust.authority import Authority
from shared.trust.watched import CrlStage, CrlWord, KnownCrl

REMEMBERED = 50  # words of one trouble
WELL, UNUSED = "in_order", "not_used"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlWatch:
    """Looks at CRLs."""

    crls: Crls
    followed: Followed
    events: TrustEvents
    clock: Clock

    def look(self, app: App, authority: Authority, known: KnownCrl) -> None:
        """Announce what is wrong with one, each thing once, or that all is well again."""
        report = self.crls.look(authority, last_number=known.number)
        now = self.clock()
        found = crl_standing.seen(known, report, now)
        if words := crl_standing.words(report, found, now):
            found = self._tell(app, found, words, now)
        elif found.is_open and found.failing_since is None:
            found = self._over(app, found, WELL, now)
        # Told before it is noted: a death in between repeats the events under their ids.
        self.followed.keep(app.tenant_id, found)

    def unused(self, app: App, known: KnownCrl) -> None:
        """Announce that what was told of one is over, as nobody goes by it any more."""
        if known.is_open:
            ended = self._over(app, known, UNUSED, self.clock())
            self.followed.keep(app.tenant_id, ended)

    def _tell(
        self, app: App, known: KnownCrl, words: tuple[CrlWord, ...], now: datetime
    ) -> KnownCrl:
        if not known.is_open:
            known = replace(known, is_open=True, occurrence=known.occurrence + 1, told=())
        new = [each for each in words if each.key not in known.told]
        for word in new:
            is_unreachable = word.stage is CrlStage.UNREACHABLE
            tell = self.events.crl_unreachable if is_unreachable else self.events.crl_stale
            tell(app, known.place, word, occurrence=known.occurrence, now=now)
        told = (*known.told, *(each.key for each in new))
        return replace(known, told=told[-REMEMBERED:])

    def _over(self, app: App, known: KnownCrl, why: str, now: datetime) -> KnownCrl:
        self.events.crl_fresh(app, known.place, why=why, occurrence=known.occurrence, now=now)
        return replace(known, is_open=False, told=())
