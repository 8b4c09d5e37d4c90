"""The authorities in a tenant's PKI store in Microsoft Graph: each is changed by itself."""

from datetime import timedelta
from urllib.parse import quote

import httpx
import msgspec

from shared.directory import listing, refusals
from shared.directory.authority_row import CRL, DELTA, ShownAuthority, decoded, new_authority
from shared.directory.graph import Graph
from shared.errors import Failure, NotFound, NotPermitted, Rejected, Retryable
from shared.trust import x509
from shared.trust.authority import Authority

CONTAINERS = "directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
DELETED = "directory/deletedItems"
OURS = "easgate"  # the container that we make where there is none
NOT_YET_SHOWN = timedelta(seconds=10)
TO_READ = (
    "grant the app the application permission PublicKeyInfrastructure.Read.All, with admin "
    "consent, so that it can see which authorities the users' certificates may be from"
)
TO_CHANGE = (
    "grant the app the application permission PublicKeyInfrastructure.ReadWrite.All, with admin "
    "consent, so that it can change which authorities the users' certificates may be from"
)


class _Container(msgspec.Struct):
    id: str


class TrustStore:
    """
    The PKI store, by a bearer token that each call is given; repeating a change does no harm.

    Retryable while Graph is down or busy, and for an answer that cannot be read: a change may
    then be made all the same. NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def list(self, token: str) -> tuple[Authority, ...]:
        """Return all authorities, of all containers."""
        return self._all(token, TO_READ)

    def add(self, authority: Authority, token: str) -> None:
        """
        Trust an authority, with these addresses; one that was removed lately is brought back.

        Rejected if it is no certificate, or Graph does not take it.
        """
        x509.parsed(authority.certificate)
        standing = self._standing(authority, token) or self._restored(authority, token)
        if not standing:
            self._create(authority, token)
        for each in standing:
            self._point(each, authority.crl_url, authority.delta_crl_url, token)

    def remove(self, authority: Authority, token: str) -> None:
        """Trust an authority no longer, whichever containers it is in, if in any."""
        for each in self._standing(authority, token):
            answer = self._graph.delete(_path(each), token)
            if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
                raise refusals.failure(refusals.read(answer), needs=TO_CHANGE)

    def set_crl(self, authority: Authority, crl_url: str, delta_crl_url: str, token: str) -> None:
        """Set an authority's addresses; NotFound if it is not there."""
        standing = self._standing(authority, token)
        if not standing:
            raise NotFound("the PKI store holds no such authority: add it, with its addresses")
        for each in standing:
            self._point(each, crl_url, delta_crl_url, token)

    def _all(self, token: str, needs: str) -> tuple[Authority, ...]:
        found: list[Authority] = []
        for container_id in self._containers(token, needs):
            path = f"{_container(container_id)}/certificateAuthorities"
            rows = listing.each(self._graph, path, token, shape=ShownAuthority, needs=needs)
            try:
                found += [row.read(container_id) for row in rows]
            except NotFound as gone:
                raise Retryable(f"part of the PKI store went while it was read: {gone}") from gone
        return tuple(found)

    def _containers(self, token: str, needs: str) -> tuple[str, ...]:
        rows = listing.each(self._graph, CONTAINERS, token, shape=_Container, needs=needs)
        return tuple(row.id for row in rows)

    def _standing(self, wanted: Authority, token: str) -> tuple[Authority, ...]:
        """Return where the same certificate stands; ids may be those of another time."""
        return tuple(each for each in self._all(token, TO_CHANGE) if _is_same(each, wanted))

    def _restored(self, wanted: Authority, token: str) -> tuple[Authority, ...]:
        """Bring it back, if it can be: Graph keeps what is removed for 30 days."""
        for authority_id in self._deleted(wanted, token):
            answer = self._graph.post(f"{DELETED}/{quote(authority_id, safe='')}/restore", token)
            if answer.is_success:
                return self._standing(wanted, token) or _not_yet_shown()
            failure = refusals.failure(refusals.read(answer), needs=TO_CHANGE)
            if not isinstance(failure, Rejected):
                raise failure
        return ()

    def _deleted(self, wanted: Authority, token: str) -> tuple[str, ...]:
        path = f"{DELETED}/microsoft.graph.certificateAuthorityDetail"
        rows = listing.each(self._graph, path, token, shape=ShownAuthority, needs=TO_CHANGE)
        try:
            return tuple(row.id for row in rows if decoded(row.certificate) == wanted.certificate)
        except (Rejected, NotPermitted):
            return ()  # what cannot be looked through is not needed: it is made anew

    def _create(self, wanted: Authority, token: str) -> None:
        known = self._containers(token, TO_CHANGE) or (self._new_container(token),)
        container_id = wanted.container_id if wanted.container_id in known else known[0]
        path = f"{_container(container_id)}/certificateAuthorities"
        answer = self._graph.post(path, token, new_authority(wanted))
        # What is there already is refused, too: an attempt whose answer was lost may have added it.
        if not answer.is_success and not self._standing(wanted, token):
            raise _refused(refusals.read(answer))

    def _new_container(self, token: str) -> str:
        answer = self._graph.post(CONTAINERS, token, {"displayName": OURS})
        if not answer.is_success:
            raise _refused(refusals.read(answer))
        try:
            return msgspec.json.decode(answer.content, type=_Container).id
        except listing.UNREADABLE as error:
            raise Retryable("Microsoft Graph does not say which container it has made") from error

    def _point(self, authority: Authority, crl_url: str, delta_crl_url: str, token: str) -> None:
        if (authority.crl_url, authority.delta_crl_url) == (crl_url, delta_crl_url):
            return
        body = {CRL: crl_url or None, DELTA: delta_crl_url or None}
        answer = self._graph.patch(_path(authority), token, body)
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=TO_CHANGE)


def _is_same(shown: Authority, wanted: Authority) -> bool:
    """Whether it is the same certificate; without any, only the ids can tell."""
    has_id = shown.authority_id == wanted.authority_id
    return shown.certificate == wanted.certificate and (bool(shown.certificate) or has_id)


def _not_yet_shown() -> tuple[Authority, ...]:
    raise Retryable(
        "Microsoft Graph has brought the authority back and does not show it yet",
        after=NOT_YET_SHOWN,
    )


def _refused(refusal: refusals.Refusal) -> Failure:
    failure = refusals.failure(refusal, needs=TO_CHANGE)
    if not isinstance(failure, Rejected):
        return failure
    # What was made a moment ago, be it this or its container, is not known to every server.
    if refusal.is_of_a_duplicate or refusal.status == httpx.codes.NOT_FOUND:
        return Retryable(
            f"Microsoft Graph does not show everywhere yet what was made: {failure}",
            after=NOT_YET_SHOWN,
        )
    return Rejected(
        "Microsoft Graph does not take the authority: sign-in by certificate has to be enabled "
        "before, a certificate may have 8 KB, and there may be 250 of them "
        f"({refusal.trace})"
    )


def _container(container_id: str) -> str:
    return f"{CONTAINERS}/{quote(container_id, safe='')}"


def _path(authority: Authority) -> str:
    authority_id = quote(authority.authority_id, safe="")
    return f"{_container(authority.container_id)}/certificateAuthorities/{authority_id}"
