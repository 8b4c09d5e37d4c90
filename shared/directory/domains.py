"""A tenant's domains in Microsoft Graph, and how those that are federated are."""

from urllib.parse import quote

import httpx
import msgspec

from shared.directory import listing, refusals
from shared.directory.graph import Graph
from shared.errors import NotFound
from shared.trust.federation import Domain, Federation, PromptLogin

FEDERATED = "federated"  # in lower case
TO_LIST = (
    "grant the app the application permission Domain.Read.All, with admin consent, so that it can "
    "see the tenant's domains"
)
TO_READ = (
    "grant the app the application permission Domain-InternalFederation.Read.All, with admin "
    "consent, so that it can see how domains are federated"
)
TO_CHANGE = (
    "grant the app the application permission Domain-InternalFederation.ReadWrite.All, with admin "
    "consent, so that it can change how domains are federated"
)


class _Domain(msgspec.Struct, rename="camel"):
    id: str  # its name
    authentication_type: str | None = None
    is_verified: bool | None = None


class _Federation(msgspec.Struct, rename="camel"):
    id: str
    prompt_login_behavior: str | None = None

    def read(self) -> Federation:
        """Return it in our words; a value that we do not know is kept."""
        told = self.prompt_login_behavior or ""
        known = {each.value.casefold(): each for each in PromptLogin}.get(told.casefold())
        return Federation(
            configuration_id=self.id,
            prompt_login=known,
            unknown_prompt_login="" if known else told,
        )


class Domains:
    """
    Domains, by a bearer token that each call is given; repeating a change does no harm.

    Retryable while Graph is down or busy, and for an answer that cannot be read;
    NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def list(self, token: str) -> tuple[Domain, ...]:
        """Return all domains."""
        rows = listing.each(self._graph, "domains", token, shape=_Domain, needs=TO_LIST)
        return tuple(self._read(row, token) for row in rows)

    def set_prompt_login(self, domain: str, behavior: PromptLogin | None, token: str) -> None:
        """Set what becomes of a wish for a fresh sign-in; NotFound if it is not federated."""
        federation = self._federation(domain, token, TO_CHANGE)
        if federation is None:
            raise NotFound(f"{domain} is no federated domain of the tenant: check its name")
        if federation.prompt_login is behavior and not federation.unknown_prompt_login:
            return
        path = f"{_path(domain)}/{quote(federation.configuration_id, safe='')}"
        answer = self._graph.patch(path, token, {"promptLoginBehavior": behavior})
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=TO_CHANGE)

    def _read(self, row: _Domain, token: str) -> Domain:
        is_federated = (row.authentication_type or "").casefold() == FEDERATED
        return Domain(
            name=row.id,
            is_federated=is_federated,
            is_verified=bool(row.is_verified),
            federation=self._federation(row.id, token, TO_READ) if is_federated else None,
        )

    def _federation(self, domain: str, token: str, needs: str) -> Federation | None:
        """Return how a domain is federated; None if Graph knows nothing of the kind."""
        rows = listing.each(self._graph, _path(domain), token, shape=_Federation, needs=needs)
        try:
            first = next(rows, None)
        except NotFound:
            return None  # it is managed, or gone, or has it from the domain above it
        return first.read() if first else None


def _path(domain: str) -> str:
    return f"domains/{quote(domain, safe='')}/federationConfiguration"
