"""Federated credentials: whose tokens an application may show instead of a certificate's."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.local.simulators.entra.assertion import Assertion, check_times
from infra.local.simulators.entra.issuer import (
    EXCHANGE_AUDIENCE,
    EXCHANGE_RESOURCE_ID,
    USER_ASSIGNED,
    Issuer,
)
from infra.local.simulators.entra.refusals import RefusedError

_LIMIT = 20  # of one application


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedCredential:
    """One foreign identity that may speak for an application; nothing in it is checked."""

    issuer: str
    subject: str  # the object id, for a managed identity
    audience: str
    usable_from: datetime


class Federation:
    """The federated credentials of all applications; `propagation` delays new ones."""

    def __init__(self, clock: Callable[[], datetime], issuer: Issuer) -> None:
        self.propagation = timedelta()
        self._clock = clock
        self._issuer = issuer
        self._credentials: dict[str, tuple[FederatedCredential, ...]] = {}  # by client id
        self._lock = threading.Lock()

    def add(
        self, client_id: str, *, issuer: str, subject: str, audience: str = EXCHANGE_AUDIENCE
    ) -> FederatedCredential:
        """Add a credential, however wrong; ValueError for a 21st, or the same identity again."""
        added = FederatedCredential(
            issuer=issuer,
            subject=subject,
            audience=audience,
            usable_from=self._clock() + self.propagation,
        )
        with self._lock:
            known = self.of(client_id)
            if len(known) >= _LIMIT:
                raise ValueError(f"application {client_id} has {_LIMIT} federated credentials")
            if any((one.issuer, one.subject) == (issuer, subject) for one in known):
                raise ValueError("issuer and subject must be unique on an application")
            self._credentials[client_id] = (*known, added)
        return added

    def remove(self, client_id: str, credential: FederatedCredential) -> None:
        """Take a credential off; one that is not there raises LookupError."""
        with self._lock:
            known = self.of(client_id)
            if credential not in known:
                raise LookupError(f"application {client_id} has no such federated credential")
            self._credentials[client_id] = tuple(one for one in known if one != credential)

    def of(self, client_id: str) -> tuple[FederatedCredential, ...]:
        """Return the credentials of an application."""
        return self._credentials.get(client_id, ())

    def verify(self, assertion: Assertion, client_id: str) -> None:
        """Raise `RefusedError` unless *assertion* is a token that may speak for the client."""
        now = self._clock()
        claims = assertion.claims
        usable = [one for one in self.of(client_id) if one.usable_from <= now]
        by_issuer = [one for one in usable if one.issuer == claims.get("iss")]
        if not by_issuer:
            raise _unmatched(700211, "issuer", claims.get("iss"))
        self._issuer.check(assertion.compact)
        check_times(claims, now)
        if USER_ASSIGNED not in str(claims.get("xms_mirid")):
            raise RefusedError(700236)
        _check(by_issuer, str(claims.get("sub")), str(claims.get("aud")))


def _check(usable: list[FederatedCredential], subject: str, audience: str) -> None:
    by_subject = [one for one in usable if one.subject == subject]
    if not by_subject and subject.casefold() in {one.subject.casefold() for one in usable}:
        raise _unmatched(
            7002138,
            "subject",
            subject,
            " The subject matches with case-insensitive"
            " comparison, but not with case-sensitive comparison.",
        )
    if not by_subject:
        raise _unmatched(700213, "subject", subject)
    # The token bears the id of the resource, the credential its name.
    name = EXCHANGE_AUDIENCE if audience == EXCHANGE_RESOURCE_ID else audience
    if name not in {one.audience for one in by_subject}:
        raise _unmatched(700212, "audience", audience)


def _unmatched(code: int, part: str, presented: object, why: str = "") -> RefusedError:
    return RefusedError(
        code,
        f"No matching federated identity record found for presented assertion {part} "
        f"'{presented}'.{why} Check your federated identity credential Subject, Audience and "
        "Issuer against the presented assertion.",
    )
