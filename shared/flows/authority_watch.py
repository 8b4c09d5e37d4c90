"""The authorities of one tenant: announced in stages, and when one that was told of is gone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from shared.credentials.certificate import App
from shared.flows.countdown import AnnouncedStages, Countdown
from shared.flows.ports import Clock
from shared.flows.trust_watch_ports import Followed, TrustEvents
from shared.trust.watched import KnownAuthority, WatchedAuthority


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityWatch:
    """Looks how long authorities last, on the ladder of our own certificate."""

    followed: Followed
    stages: AnnouncedStages
    events: TrustEvents
    clock: Clock

    def look(self, app: App, authorities: Iterable[WatchedAuthority]) -> None:
        """Announce each stage of each authority once."""
        known = self.followed.authorities(app.tenant_id)
        for each in authorities:
            self._ending(app, self._trusted(app, each, known.get(each.thumbprint)))

    def miss(self, app: App, trusted: Iterable[WatchedAuthority]) -> None:
        """Announce that what was told of is over, for each that is not among the trusted ones."""
        still = {each.thumbprint for each in trusted}
        for thumbprint, known in self.followed.authorities(app.tenant_id).items():
            if known.is_trusted and thumbprint not in still:
                self._gone(app, known)

    def _trusted(
        self, app: App, authority: WatchedAuthority, known: KnownAuthority | None
    ) -> KnownAuthority:
        """Note one that is new, or back: what was told of it before is over."""
        if known is not None and known.is_trusted:
            return known
        occurrence = known.occurrence + 1 if known else 1
        back = KnownAuthority(authority=authority, occurrence=occurrence, is_trusted=True)
        self.followed.note(app.tenant_id, back)
        return back

    def _ending(self, app: App, known: KnownAuthority) -> None:
        countdown = Countdown(announced=self.stages, clock=self.clock)
        tell = partial(self.events.ca_expiring, app, known)
        countdown.look(app.tenant_id, _subject(known), known.authority.ends_at, tell)

    def _gone(self, app: App, known: KnownAuthority) -> None:
        subject = f"{_subject(known)}-{known.authority.ends_at:%Y%m%d}"
        if self.stages.stages(app.tenant_id, subject):
            self.events.ca_removed(app, known, now=self.clock())
        self.followed.note(app.tenant_id, replace(known, is_trusted=False))


def _subject(known: KnownAuthority) -> str:
    return f"ca-{known.authority.thumbprint}-{known.occurrence}"
