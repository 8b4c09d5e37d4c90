"""Sign-ins in a tenant's log in Microsoft Graph: whether by certificate, and how they ended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import quote

import httpx
import msgspec

from shared.directory import listing
from shared.directory.accounts import Moment, object_id
from shared.directory.graph import Graph
from shared.trust.account import SignIn

MOST = 1000  # entries on a page
CERTIFICATE = "x.509"  # in lower case; how the method's name begins
# Steps that say nothing of how the user proved who it is.
OF_BEFORE = frozenset({"previously satisfied", "satisfied by token"})
TO_READ = (
    "grant the app the application permission AuditLog.Read.All, with admin consent, so that it "
    "can see sign-ins; the log can be read only in a tenant with Entra ID P1 or P2, too"
)


class _Step(msgspec.Struct, rename="camel"):
    authentication_method: str | None = None


class _Status(msgspec.Struct, rename="camel"):
    error_code: int
    failure_reason: str | None = None


class _SignIn(msgspec.Struct, rename="camel"):
    created_date_time: Moment
    status: _Status
    authentication_details: list[_Step] | None = None
    client_app_used: str | None = None
    app_display_name: str | None = None

    def read(self) -> SignIn:
        """Return it in our words."""
        return SignIn(
            at=self.created_date_time,
            by_certificate=_by_certificate(self.authentication_details or ()),
            error_code=self.status.error_code,
            failure=(self.status.failure_reason or "") if self.status.error_code else "",
            client_app=self.client_app_used or "",
            app_name=self.app_display_name or "",
        )


class SignIns:
    """
    The log of interactive sign-ins, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read; NotPermitted
    if the token lacks a permission, or the tenant a licence.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        # v1.0 tells of no steps, and so not of certificates.
        self._graph = Graph(http, base_url, "beta")

    def last(
        self, directory_id: str, since: datetime, at_most: int, token: str
    ) -> tuple[SignIn, ...]:
        """Return the user's last sign-ins since then, the newest first."""
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = quote(f"userId eq '{object_id(directory_id)}' and createdDateTime ge {moment}")
        # Graph's own order is the one we want; it is not documented to take any other.
        path = f"auditLogs/signIns?$filter={wanted}&$top={min(at_most, MOST)}"
        rows = listing.each(self._graph, path, token, shape=_SignIn, needs=TO_READ)
        found = [row.read() for row in islice(rows, at_most)]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _by_certificate(steps: Sequence[_Step]) -> bool | None:
    """Whether a certificate was shown; None if no step tells, as for minutes after a sign-in."""
    methods = {(step.authentication_method or "").casefold() for step in steps} - OF_BEFORE - {""}
    return any(each.startswith(CERTIFICATE) for each in methods) if methods else None
