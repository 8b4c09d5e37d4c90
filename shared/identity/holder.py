"""The tokens of one resource: kept while good, renewed in time, by one thread at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared.credentials.certificate import App
from shared.errors import Failure, Retryable
from shared.identity.login import Token
from shared.telemetry import measures

# Gets a new token for an app, and keeps it the moment it is there.
Earn = Callable[[App, Callable[[Token], Token]], Token]

REFRESH_BEFORE = timedelta(minutes=5)
STILL_USABLE = timedelta(seconds=60)
REMEMBER_FAILURE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    """Why the last attempt failed: others who wait behind it need not all try again."""

    failure: Failure
    at: datetime


class Holder:
    """One token per tenant, renewed before it expires."""

    def __init__(self, earn: Earn, clock: Callable[[], datetime]) -> None:
        self._earn = earn
        self._clock = clock
        self._held: dict[str, Token] = {}
        self._since: dict[str, datetime] = {}
        self._failed: dict[str, _Failed] = {}
        self._locks: dict[str, threading.Lock] = {}

    def token(self, app: App) -> str:
        """Return a usable token text, from memory if one is held."""
        with self._lock(app):
            held = self._held.get(app.tenant_id)
            left = held.expires_at - self._clock() if held else timedelta()
            if held and left > REFRESH_BEFORE:
                measures.token_age(app.tenant_id, self._clock() - self._since[app.tenant_id])
                return held.text
            try:
                return self._renew(app).text
            except Retryable:
                if held and left > STILL_USABLE:
                    return held.text
                raise

    def renewed(self, app: App, refused: str) -> str:
        """Return a token other than the *refused* one, which nobody is handed again."""
        with self._lock(app):
            held = self._held.get(app.tenant_id)
            if held and held.text != refused:
                return held.text
            self._held.pop(app.tenant_id, None)
            return self._renew(app).text

    def hold(self, app: App, token: Token) -> None:
        """Take a token that was got past this memory."""
        with self._lock(app):
            self._keep(app, token)

    def _lock(self, app: App) -> threading.Lock:
        return self._locks.setdefault(app.tenant_id, threading.Lock())

    def _renew(self, app: App) -> Token:
        """Get a new token; those who waited behind a failure share it for a while."""
        failed = self._failed.get(app.tenant_id)
        rest = failed.at + REMEMBER_FAILURE - self._clock() if failed else timedelta()
        if failed and rest > timedelta():
            raise _again(failed.failure, rest)
        try:
            return self._earn(app, partial(self._keep, app))
        except Failure as failure:
            self._failed[app.tenant_id] = _Failed(failure=failure, at=self._clock())
            raise

    def _keep(self, app: App, token: Token) -> Token:
        # Held at once: a pin that cannot be written costs no token.
        self._held[app.tenant_id] = token
        self._since[app.tenant_id] = self._clock()
        return token


def _again(failure: Failure, rest: timedelta) -> Failure:
    """Return the failure for one who waited behind it."""
    if isinstance(failure, Retryable):
        return Retryable(str(failure), after=max(failure.after or rest, rest))
    return failure.with_traceback(None)
