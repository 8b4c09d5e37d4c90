"""By the clock: which authorities of users' certificates near their end, and how CRLs stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.credentials.certificate import App
from shared.errors import Failure, Rejected, Retryable
from shared.flows.authority_watch import AuthorityWatch
from shared.flows.countdown import AnnouncedStages
from shared.flows.crl_watch import CrlWatch
from shared.flows.kept_failures import kept
from shared.flows.ports import Clock
from shared.flows.trust_watch_ports import Crls, Followed, Stores, TrustEvents
from shared.trust import x509
from shared.trust.authority import Authority
from shared.trust.watched import CrlPlace, KnownCrl, WatchedAuthority

# The host lets a run take ten minutes in all; one CRL and its delta may take twenty seconds.
PATIENCE = timedelta(minutes=4)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A CRL that is to be looked at."""

    app: App
    authority: Authority
    known: KnownCrl


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustWatch:
    """The watch over what the tenants trust; *watched* has those that want it."""

    watched: Mapping[str, Stores]
    crls: Crls
    followed: Followed
    stages: AnnouncedStages
    events: TrustEvents
    clock: Clock

    def look(self, apps: Iterable[App]) -> list[Failure]:
        """
        Announce each stage and each trouble once; return what could not be looked at.

        CRLs take their time: those come first that nobody has looked at for longest, and what
        is left over when the time is up comes first the next time. Tenants take turns, so that
        one with many CRLs, or slow ones, does not keep the others waiting for days.
        """
        ends_at = self.clock() + PATIENCE
        failures: list[Failure] = []
        due: list[tuple[int, datetime, _Due]] = []
        for app in (each for each in apps if each.tenant_id in self.watched):
            if self.clock() >= ends_at:
                failures.append(_unread(app))
                continue
            theirs = sorted(self._stores(app, failures), key=_last_look)
            due += [(turn, _last_look(crl), crl) for turn, crl in enumerate(theirs)]
        due.sort(key=lambda each: each[:2])
        for place, (_, _, crl) in enumerate(due):
            if self.clock() >= ends_at:
                return [*failures, _left(len(due) - place)]
            with kept(failures):
                self._crl_watch.look(crl.app, crl.authority, crl.known)
        return failures

    def _stores(self, app: App, failures: list[Failure]) -> list[_Due]:
        """Look at one tenant's authorities, and return which CRLs are to be looked at."""
        due: list[_Due] = []
        stores = self.watched.get(app.tenant_id)
        if stores is not None:
            with kept(failures):
                due += self._tenant(app, stores, failures)
        return due

    def _tenant(self, app: App, stores: Stores, failures: list[Failure]) -> list[_Due]:
        before = len(failures)
        authorities = _read(stores, failures)
        is_whole = len(failures) == before
        trusted = _watched(app, authorities, failures)
        with kept(failures):
            self._authority_watch.look(app, trusted.values())
        if is_whole:
            with kept(failures):
                self._authority_watch.miss(app, trusted.values())
        now, known = self.clock(), self.followed.crls(app.tenant_id)
        # Whoever has expired issues no more CRLs.
        lasting = {name: each for name, each in trusted.items() if each.ends_at > now}
        places = _places(authorities, lasting)
        if is_whole:
            for key in sorted(known.keys() - {each.key for each in places}):
                with kept(failures):
                    self._crl_watch.unused(app, known[key])
        return [
            _Due(app=app, authority=each, known=known.get(place.key, KnownCrl(place=place)))
            for place, each in places.items()
        ]

    @property
    def _authority_watch(self) -> AuthorityWatch:
        return AuthorityWatch(
            followed=self.followed, stages=self.stages, events=self.events, clock=self.clock
        )

    @property
    def _crl_watch(self) -> CrlWatch:
        return CrlWatch(
            crls=self.crls, followed=self.followed, events=self.events, clock=self.clock
        )


def _last_look(crl: _Due) -> datetime:
    return crl.known.looked_at or NEVER


def _read(stores: Stores, failures: list[Failure]) -> Sequence[Authority]:
    """Return what both stores hold; one that cannot be read does not hide the other."""
    found: list[Authority] = []
    for read in (stores.authorities, stores.classic_authorities):
        with kept(failures):
            found += read()
    return found


def _watched(
    app: App, authorities: Iterable[Authority], failures: list[Failure]
) -> dict[str, WatchedAuthority]:
    """Return each certificate once, by its thumbprint."""
    found: dict[str, WatchedAuthority] = {}
    for each in authorities:
        if each.thumbprint not in found:
            with kept(failures):
                found[each.thumbprint] = _of(app, each)
    return found


def _of(app: App, authority: Authority) -> WatchedAuthority:
    try:
        facts = x509.facts(authority.certificate)
    except Rejected as error:
        named = authority.name or authority.thumbprint[:8]
        raise Rejected(f"authority {named} of tenant {app.tenant_id}: {error}") from error
    return WatchedAuthority(
        thumbprint=authority.thumbprint,
        name=authority.name or facts.subject or authority.thumbprint[:8],
        ends_at=facts.not_after,
    )


def _places(
    authorities: Iterable[Authority], lasting: Mapping[str, WatchedAuthority]
) -> dict[CrlPlace, Authority]:
    """Return the places of CRLs, each once, and whose they are."""
    found: dict[CrlPlace, Authority] = {}
    for each in authorities:
        if each.crl_url and each.thumbprint in lasting:
            place = CrlPlace(
                thumbprint=each.thumbprint,
                name=lasting[each.thumbprint].name,
                crl_url=each.crl_url,
                delta_crl_url=each.delta_crl_url,
            )
            found.setdefault(place, each)
    return found


def _unread(app: App) -> Retryable:
    return Retryable(
        f"tenant {app.tenant_id}: what it trusts was not looked at, as the others took too long"
    )


def _left(number: int) -> Retryable:
    return Retryable(
        f"{number} CRLs were not looked at, as the others took too long: they come first next time"
    )
