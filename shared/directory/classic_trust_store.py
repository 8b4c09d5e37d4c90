"""The authorities in a tenant's classic store in Microsoft Graph: one object, never changed."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

import httpx
import msgspec

from shared.directory import listing, refusals
from shared.directory.authority_row import decoded, encoded
from shared.directory.graph import Graph
from shared.errors import Failure, Rejected, Retryable
from shared.trust.authority import Authority, Store

EMPTY = "the classic store of authorities holds nothing now"
TO_READ = (
    "grant the app the application permission Organization.Read.All, with admin consent, so that "
    "it can see the classic store of authorities"
)
TO_CHANGE = (
    "grant the app the application permission Organization.ReadWrite.All, with admin consent, so "
    "that it can change the classic store of authorities"
)


class _Authority(msgspec.Struct, rename="camel"):
    certificate: str | None = None
    is_root_authority: bool | None = None
    certificate_revocation_list_url: str | None = None
    delta_certificate_revocation_list_url: str | None = None

    def read(self) -> Authority:
        """Return it in our words."""
        return Authority(
            store=Store.CLASSIC,
            certificate=decoded(self.certificate),
            is_root=bool(self.is_root_authority),
            crl_url=self.certificate_revocation_list_url or "",
            delta_crl_url=self.delta_certificate_revocation_list_url or "",
        )


class _Configuration(msgspec.Struct, rename="camel"):
    id: str
    certificate_authorities: list[_Authority] | None = None


class ClassicTrustStore:
    """
    The classic store, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read; NotPermitted
    if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str, tenant_id: str) -> None:
        self._graph = Graph(http, base_url)
        organization = quote(tenant_id, safe="")
        self._path = f"organization/{organization}/certificateBasedAuthConfiguration"

    def list(self, token: str) -> tuple[Authority, ...]:
        """Return all authorities."""
        return _authorities(self._configurations(token, TO_READ))

    def replace(
        self, authorities: Sequence[Authority], token: str, *, kept: Sequence[Authority] | None
    ) -> None:
        """
        Put these in place of all that is there; nothing is done if just these are there.

        Retryable, and nothing is done, if anything is there that is not *kept*; None: all of
        it may go. What is there is deleted first. Whatever fails after that leaves the store
        empty and is Retryable; if Graph does not take these, what was there is made again,
        and it is Rejected.
        """
        standing = self._configurations(token, TO_CHANGE)
        held = _authorities(standing)
        if _is_same(held, authorities):
            return
        if held and kept is not None and not _is_same(held, kept):
            raise Retryable("the classic store shows something else than a moment ago")
        for each in standing:
            self._delete(each.id, token)
        if authorities:
            self._create_or_restore(authorities, held, token)

    def _create_or_restore(
        self, authorities: Sequence[Authority], held: Sequence[Authority], token: str
    ) -> None:
        try:
            self._create(authorities, token)
        except Rejected as refusal:
            if not held:
                raise
            # Without a look: what was deleted a moment ago may be shown for a while.
            self._create(held, token)
            raise Rejected(f"{refusal}; what was there is made again") from refusal

    def _configurations(self, token: str, needs: str) -> Sequence[_Configuration]:
        return tuple(
            listing.each(self._graph, self._path, token, shape=_Configuration, needs=needs)
        )

    def _delete(self, configuration_id: str, token: str) -> None:
        answer = self._graph.delete(f"{self._path}/{quote(configuration_id, safe='')}", token)
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            raise refusals.failure(refusals.read(answer), needs=TO_CHANGE)

    def _create(self, authorities: Sequence[Authority], token: str) -> None:
        body = {"certificateAuthorities": [_body(each) for each in authorities]}
        try:
            answer = self._graph.post(self._path, token, body)
        except Retryable as error:
            raise Retryable(f"{EMPTY}: {error}", after=error.after) from error
        if not answer.is_success:
            raise _refused(refusals.read(answer))


def _refused(refusal: refusals.Refusal) -> Failure:
    failure = refusals.failure(refusal, needs=TO_CHANGE)
    # There can be only one: what was deleted is not gone everywhere, or another hand made one.
    if isinstance(failure, Rejected) and not refusal.is_of_a_duplicate:
        return Rejected(f"the classic store takes no such authorities: {failure}")
    return Retryable(f"{EMPTY}: {failure}")


def _authorities(configurations: Sequence[_Configuration]) -> tuple[Authority, ...]:
    return tuple(
        row.read() for each in configurations for row in each.certificate_authorities or ()
    )


def _is_same(shown: Sequence[Authority], wanted: Sequence[Authority]) -> bool:
    return Counter(map(_content, shown)) == Counter(map(_content, wanted))


def _content(authority: Authority) -> tuple[bytes, bool, str, str]:
    return (
        authority.certificate,
        authority.is_root,
        authority.crl_url,
        authority.delta_crl_url,
    )


def _body(authority: Authority) -> dict[str, object]:
    texts = {
        "certificateRevocationListUrl": authority.crl_url,
        "deltaCertificateRevocationListUrl": authority.delta_crl_url,
    }
    return {
        "certificate": encoded(authority.certificate),
        "isRootAuthority": authority.is_root,
        **{name: text for name, text in texts.items() if text},
    }
