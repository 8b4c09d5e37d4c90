"""From what was read of a tenant to the graded rows: X1 to X12."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from shared.errors import Failure, NotFound, Rejected
from shared.flows.trust_standing import Standing, known
from shared.trust import x509
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority
from shared.trust.doctor import leaving, lists, settings, sign_in, stores
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, Report, finding, found, overall, unread
from shared.trust.doctor.lists import Looked
from shared.trust.doctor.rows import Row
from shared.trust.method import CertificateMethod

A = TypeVar("A")
Details = Iterable[Detail]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom and which certificate the report is to be about, if anybody's in particular."""

    user: str = ""  # UPN or object id
    certificate: bytes | None = None  # DER, readable

    @property
    def serial_number(self) -> str:
        """The certificate's, hex; "" without one."""
        return x509.facts(self.certificate).serial_number if self.certificate else ""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """All that was read; a Failure stands where something could not be."""

    standing: Standing
    asked: Asked
    account: Account | Failure | None  # None: nobody was named
    sign_ins: Sequence[SignIn] | Failure
    permissions: Collection[str] | Failure
    looked: Sequence[Looked]
    may_write: bool

    def report(self) -> Report:
        """Grade every row."""
        read = self.standing
        rows = (
            finding(
                Row.MODERN_AUTHENTICATION,
                _judged(read.modern_authentication, sign_in.modern_authentication),
            ),
            finding(Row.PROMPT_LOGIN, _judged(read.domains, sign_in.prompt_login)),
            finding(Row.PKI_STORE, self._pki()),
            finding(Row.CLASSIC_STORE, self._classic()),
            finding(Row.CRL_ADDRESSES, self._addresses()),
            finding(Row.CRLS, self._crls()),
            finding(Row.SESSIONS, self._sessions()),
            finding(Row.BINDINGS, _judged(read.method, self._bindings)),
            finding(Row.METHOD, _judged(read.method, self._method)),
            finding(Row.FEDERATION, _judged(read.domains, sign_in.federation)),
            finding(Row.RULES, self._rules()),
            finding(Row.LOST_PHONE, self._lost_phone()),
            finding(Row.SIGN_INS, self._sign_ins()),
        )
        return Report(
            tenant_id=read.tenant_id,
            at=read.at,
            grade=overall(rows),
            in_use=read.in_use,
            user=self.asked.user,
            rows=rows,
        )

    @cached_property
    def _unread_stores(self) -> tuple[Detail, ...]:
        stood = {"the PKI store": self.standing.pki, "the classic store": self.standing.classic}
        return tuple(unread(x, name) for name, x in stood.items() if isinstance(x, Failure))

    def _pki(self) -> Details:
        method = known(self.standing.method)

        def judge(ours: Sequence[Authority]) -> Details:
            return stores.pki(
                ours,
                self.standing.at,
                classic=known(self.standing.classic),
                is_enabled=method.is_enabled if method else None,
            )

        yield from _judged(self.standing.pki, judge)
        yield from self._chain()

    def _chain(self) -> Details:
        """Look for its chain; one that is not in what could be read may be in what could not."""
        if self.asked.certificate is None:
            return
        trusted = (known(self.standing.pki) or (), known(self.standing.classic) or ())
        told = stores.sample(self.asked.certificate, *trusted, self.standing.at)
        if told.code is None or not self._unread_stores:
            yield told
        else:
            yield found(Code.USE_UNKNOWN, told.meaning, stores.SAMPLE)

    def _classic(self) -> Details:
        newer = known(self.standing.pki) or ()
        at = self.standing.at
        return _judged(self.standing.classic, lambda ours: stores.classic(ours, at, newer))

    def _addresses(self) -> Details:
        method = known(self.standing.method)
        requires = method.requires_crl if method else None
        yield from self._unread_stores
        if self.standing.authorities or not self._unread_stores:
            yield from lists.addresses(self.standing.authorities, requires_crl=requires)

    @cached_property
    def _signer(self) -> bytes | None:
        """The authority that has signed the sample; None without a sample, or a chain for it."""
        if self.asked.certificate is None:
            return None
        trusted = (known(self.standing.pki) or (), known(self.standing.classic) or ())
        above = stores.issuers(self.asked.certificate, *trusted, self.standing.at)
        return None if isinstance(above, Rejected) else above[0].certificate

    def _crls(self) -> Details:
        yield from self._unread_stores
        account = self.account if isinstance(self.account, Account) else None
        if self.looked or not self._unread_stores:
            yield from lists.lists(self.looked, account, self._signer)
        if isinstance(self.account, Failure):
            yield _nobody(self.account)
        if self.asked.certificate is not None:
            yield self._revoked()

    def _revoked(self) -> Detail:
        """Look among the lists of whoever signed the sample."""
        theirs = [each for each in self.looked if each.authority.certificate == self._signer]
        listed = next((each.listed for each in theirs if each.listed), None)
        return lists.sample(listed, is_usable=any(each.is_usable for each in theirs))

    def _sessions(self) -> Details:
        yield from leaving.writes(may_write=self.may_write)
        yield from _judged(self.permissions, leaving.sessions)
        if self.account is not None:
            yield from self._of_account(lambda account: (leaving.valid_from(account),))

    def _bindings(self, method: CertificateMethod) -> Details:
        yield from settings.bindings(method)
        if self.asked.certificate is not None:
            sample = x509.facts(self.asked.certificate)
            yield from self._of_account(lambda account: settings.mapped(sample, method, account))

    def _method(self, method: CertificateMethod) -> Details:
        yield from settings.method(method, is_anything_trusted=self.standing.is_anything_trusted)
        if self.asked.user:
            yield from settings.membership(method, self.asked.user)

    def _rules(self) -> Details:
        def judge(method: CertificateMethod) -> Details:
            yield from settings.rules(method, self.standing.authorities)
            if self.asked.certificate is not None:
                yield settings.counts_as(x509.facts(self.asked.certificate), method)

        return _judged(self.standing.method, judge)

    def _lost_phone(self) -> Details:
        yield from leaving.writes(may_write=self.may_write)
        yield from _judged(self.permissions, leaving.lost_phone)
        yield from self._unread_stores
        yield from lists.useless(self.looked)
        exchange = self.standing.modern_authentication
        yield unread(exchange, "Exchange") if isinstance(exchange, Failure) else leaving.reached()

    def _sign_ins(self) -> Details:
        def judge(account: Account) -> Details:
            return _judged(self.sign_ins, lambda last: sign_in.sign_ins(account, last))

        return self._of_account(judge)

    def _of_account(self, judge: Callable[[Account], Details]) -> Details:
        match self.account:
            case None:
                return (found(Code.USER_NOT_GIVEN),)
            case Failure() as failure:
                return (_nobody(failure),)
            case account:
                return judge(account)


def _judged(answer: A | Failure, judge: Callable[[A], Details]) -> Details:
    return (unread(answer),) if isinstance(answer, Failure) else judge(answer)


def _nobody(failure: Failure) -> Detail:
    if isinstance(failure, NotFound):
        return found(Code.USER_UNKNOWN, str(failure))
    return unread(failure, "the user")
