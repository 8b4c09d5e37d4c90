"""The part of a validation behind the token: what it holds, and what Exchange makes of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from shared.credentials import credential, rights
from shared.credentials.findings import Finding
from shared.credentials.rights import Feature, Lack, WriteScope
from shared.credentials.validation import Verdict
from shared.errors import NotPermitted
from shared.flows.links import Asked, Links, Trouble

OF_TOKEN = Trouble.always(Finding.ENTRA_REFUSES)
OF_EXCHANGE = Trouble(
    busy=Finding.EXCHANGE_UNREACHABLE,
    denied=Finding.EXCHANGE_NO_ROLE,
    missing=Finding.EXCHANGE_REFUSES,
    other=Finding.EXCHANGE_REFUSES,
)
OF_CMDLETS = Trouble.always(Finding.CMDLETS_UNREADABLE)
OF_SCOPE = Trouble.always(Finding.SCOPE_UNKNOWN)
OF_POLICIES = Trouble.always(Finding.ACCESS_POLICIES_UNREADABLE)


class Claims(Protocol):
    """What a token says it may do."""

    @property
    def roles(self) -> Sequence[str]:
        """Application permissions, by name."""
        ...

    @property
    def wids(self) -> Sequence[str]:
        """Directory roles, by template id."""
        ...


class Token(Protocol):
    """A token for Exchange."""

    @property
    def text(self) -> str:
        """What is shown to Exchange."""
        ...

    @property
    def claims(self) -> Claims:
        """What it says; Misconfigured if that cannot be read."""
        ...


class Exchange(Protocol):
    """What Exchange lets the holder of one token do."""

    def answering(self) -> str:
        """Return a read that Exchange answers; NotPermitted if the app may run none."""
        ...

    def cmdlets(self) -> frozenset[str]:
        """Return the cmdlets that the app may run."""
        ...

    def lack(self, feature: Feature, allowed: Collection[str], *, may_write: bool) -> Lack:
        """Return what the feature lacks; without writing it needs less."""
        ...

    def write_scope(self, client_id: str) -> WriteScope:
        """Return whom the app may change, by what Exchange shows and by trying."""
        ...

    def named_by_policies(self) -> tuple[str, ...]:
        """Return the client ids that application access policies name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindTheToken:
    """The links from the token on, for one tenant."""

    links: Links
    exchange: Callable[[str], Exchange]  # by the text of a token
    client_id: str
    may_write: bool

    def walk(self, token: Token | None) -> None:
        """Try them all."""
        claims = self.links.ask(token, lambda held: held.claims)
        is_let_in = self.links.check(
            "token holds Exchange.ManageAsApp",
            claims,
            lambda said: credential.granted(said.roles),
            OF_TOKEN,
        )
        reached, is_denied = self._reached(token if is_let_in else None)
        allowed = self.links.ask(reached, lambda asked: asked.cmdlets())
        self.links.check("Exchange names what the app may run", allowed, _counted, OF_CMDLETS)
        lacks_access = self._lacks_access(reached, allowed.value)
        self.links.check(
            "roles are no broader than needed",
            claims,
            lambda said: rights.breadth(said.wids, allowed.value, may_write=self.may_write),
            OF_TOKEN,
        )
        reads = None if is_denied else reached
        self._scope(None if lacks_access else reads, claims.value)
        policies = self.links.ask(reads, lambda asked: asked.named_by_policies())
        judge = partial(rights.policies, client_id=self.client_id)
        self.links.check("application access policies", policies, judge, OF_POLICIES)

    def _reached(self, token: Token | None) -> tuple[Exchange | None, bool]:
        """Return Exchange, if it is worth asking anything more, and whether reads are denied."""
        reached = self.exchange(token.text) if token else None
        answering = self.links.ask(reached, lambda asked: asked.answering())
        self.links.check(
            "Exchange answers", answering, lambda read: Verdict(says=read), OF_EXCHANGE
        )
        is_denied = isinstance(answering.failure, NotPermitted)  # then it does answer
        return (reached if answering.value or is_denied else None), is_denied

    def _lacks_access(self, reached: Exchange | None, allowed: Collection[str] | None) -> bool:
        """Note what each feature lacks; True if that keeps the app off the lists of devices."""
        lacks_access = False
        for feature in Feature:
            lack = self.links.ask(
                reached if allowed is not None else None,
                partial(self._lack, feature, allowed or ()),
            )
            self.links.check(f"cmdlets for {feature}", lack, rights.enough, OF_CMDLETS)
            if feature is Feature.ACCESS and lack.value is not None:
                lacks_access = bool(lack.value.cmdlets)
        return lacks_access

    def _lack(self, feature: Feature, allowed: Collection[str], exchange: Exchange) -> Lack:
        return exchange.lack(feature, allowed, may_write=self.may_write)

    def _scope(self, reached: Exchange | None, claims: Claims | None) -> None:
        """Note whom the app may change."""
        if reached and not self.may_write:
            off = Asked(value=reached)
            self.links.check("write scope", off, lambda _: Verdict(Finding.WRITES_OFF), OF_SCOPE)
            return
        scope = self.links.ask(reached, lambda asked: asked.write_scope(self.client_id))
        wids = claims.wids if claims else ()
        self.links.check("write scope", scope, lambda seen: rights.reach(seen, wids), OF_SCOPE)


def _counted(cmdlets: Collection[str]) -> Verdict:
    return Verdict(says=f"{len(cmdlets)} cmdlets")
