"""Somebody asks whether users' certificates work: look at each row, and grade it."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared.errors import Failure, Retryable
from shared.flows import trust_standing
from shared.flows.crl_check import CrlCheck
from shared.flows.ports import Clock
from shared.flows.trust_examination import Asked, Examination
from shared.flows.trust_ports import OrganizationSettings, TrustReading
from shared.flows.trust_standing import Standing, tried
from shared.trust import x509
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority
from shared.trust.doctor import stores
from shared.trust.doctor.findings import Report
from shared.trust.doctor.lists import Looked

# Each may take ten seconds, twice, while somebody waits; and 45 MB of memory, twice.
SIDE_BY_SIDE = 4
# The platform ends an answer after 230 seconds; what has begun by then may take twenty more.
PATIENCE = timedelta(seconds=120)
NO_TIME = "there was no time left for this: ask for one tenant alone, and again in some minutes"
LOG_KEPT = timedelta(days=30)
SIGN_INS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """Looks at one tenant; what cannot be read makes only its own rows unknown."""

    tenant_id: str
    directory: TrustReading
    organization: OrganizationSettings
    crls: CrlCheck
    may_write: bool
    clock: Clock

    def standing(self, ends_at: datetime | None = None) -> Standing:
        """Return how it stands, without its revocation lists; nothing is asked after *ends_at*."""
        if ends_at is not None and self.clock() >= ends_at:
            return trust_standing.unread(self.tenant_id, Retryable(NO_TIME), clock=self.clock)
        return trust_standing.read(
            self.tenant_id, self.directory, self.organization, clock=self.clock
        )

    def report(self, asked: Asked, ends_at: datetime | None = None) -> Report:
        """Return all rows; each thing is read once, and what is not read in time is unknown."""
        ends_at = ends_at or self.clock() + PATIENCE
        standing = self.standing(ends_at)
        account = tried(lambda: self.directory.account(asked.user)) if asked.user else None
        return Examination(
            standing=standing,
            asked=asked,
            account=account,
            sign_ins=self._sign_ins(account) if isinstance(account, Account) else (),
            permissions=tried(lambda: self._permissions(ends_at)),
            looked=self._looked(standing, asked, ends_at),
            may_write=self.may_write,
        ).report()

    def _sign_ins(self, account: Account) -> Sequence[SignIn] | Failure:
        since = self.clock() - LOG_KEPT
        return tried(lambda: self.directory.sign_ins(account.directory_id, since, SIGN_INS))

    def _permissions(self, ends_at: datetime) -> Collection[str]:
        self._check_time(ends_at)
        return self.directory.permissions()

    def _looked(self, standing: Standing, asked: Asked, ends_at: datetime) -> tuple[Looked, ...]:
        """
        Look at each authority's lists, once where both stores have it with the same address.

        Whoever may have signed the sample comes first: there may be no time for all.
        """
        once = {(x.certificate, x.crl_url, x.delta_crl_url): x for x in standing.authorities}
        issuer = x509.facts(asked.certificate).issuer if asked.certificate else ""
        likely = sorted(once.values(), key=lambda each: stores.named(each) != issuer)
        look = partial(self._look_in_time, asked, ends_at)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return tuple(pool.map(look, likely))

    def _look_in_time(self, asked: Asked, ends_at: datetime, authority: Authority) -> Looked:
        try:
            self._check_time(ends_at)
            return self._look(asked, authority)
        except Failure as failure:
            return Looked(
                authority=authority, troubles=(), is_usable=False, made_at=None, failure=failure
            )

    def _look(self, asked: Asked, authority: Authority) -> Looked:
        """Keep what is needed of the lists, and not the lists: they may be large."""
        report = self.crls.look(authority)
        made = [each.this_update for each in (report.base, report.delta) if each]
        return Looked(
            authority=authority,
            troubles=report.troubles,
            is_usable=report.is_usable,
            made_at=max(made, default=None),
            next_update=report.next_update,
            listed=report.listed(asked.serial_number) if asked.certificate else None,
        )

    def _check_time(self, ends_at: datetime) -> None:
        if self.clock() >= ends_at:
            raise Retryable(NO_TIME)
