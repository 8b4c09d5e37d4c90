"""Authorities in a PKI: listed, added, read, changed and deleted, one by one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx

from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.collection import Asking, Field, Kind
from infra.local.simulators.graph.refusals import RefusedError, bad_request, not_found
from infra.local.simulators.graph.trust import bodies, certificates
from infra.local.simulators.graph.trust.certificates import Certificate
from infra.local.simulators.graph.trust.pkis import LONGEST_NAME, PATH, Pkis
from infra.local.simulators.graph.trust.store import Authority, Pki, Trust

KIND = "certificateAuthorityDetail"
_COMPUTED = {  # from the certificate: they may be sent, and have to be right: a guess
    "issuer": bodies.text_or_null,
    "issuerSubjectKeyIdentifier": bodies.text_or_null,
    "expirationDateTime": bodies.text,
    "thumbprint": bodies.text,
}
_WRITABLE = {
    "certificateAuthorityType": bodies.one_of("root", "intermediate"),
    "displayName": bodies.at_most(LONGEST_NAME),  # the limit is a PKI's: a guess
    "certificateRevocationListUrl": bodies.address_or_null,
    "deltacertificateRevocationListUrl": bodies.address_or_null,
    "isIssuerHintEnabled": bodies.flag,
}
_SENT = {**_WRITABLE, **_COMPUTED, "certificate": bodies.text}
NAMES = {*_SENT, "id", "deletedDateTime", "createdDateTime"}
ASKING = Asking(
    kind=KIND,
    names=NAMES,
    fields={
        "certificateAuthorityType": Field(),
        "expirationDateTime": Field(kind=Kind.INSTANT, is_ordered=True),
        "thumbprint": Field(operators=frozenset({"eq", "startswith"})),
    },
)


class Authorities:
    """The operations on the authorities of a PKI."""

    def __init__(self, trust: Trust, pkis: Pkis) -> None:
        self._trust, self._pkis = trust, pkis

    def list(self, call: Call) -> httpx.Response:
        """Return the authorities of a PKI."""
        pki = self._pkis.named(call)
        found = [one.shape for one in self._trust.authorities(pki)]
        return ASKING.answer(call, _path(pki), found)

    def get(self, call: Call) -> httpx.Response:
        """Return one authority."""
        pki = self._pkis.named(call)
        return call.one(_path(pki), self._named(call, pki).shape, kind=KIND)

    def create(self, call: Call) -> httpx.Response:
        """Add an authority; of what the documents call required only the certificate is."""
        pki = self._pkis.named(call)
        sent = bodies.checked(call.body(), _SENT, kind=KIND)
        if "certificate" not in sent:
            raise bad_request("The property 'certificate' is required.")
        certificate = certificates.from_text(sent["certificate"])
        check_new(self._trust, pki, [certificate])
        made = Authority(
            pki_id=pki.pki_id,
            tenant_id=pki.tenant_id,
            certificate=certificate,
            created=call.now,
            # What the type is when nobody says is not documented: a guess.
            kind="root" if certificate.is_self_issued else "intermediate",
        )
        made = self._trust.keep(_changed(made, sent))
        call.replication.made(made.authority_id)
        return call.one(_path(pki), made.shape, kind=KIND, status=201)

    def update(self, call: Call) -> httpx.Response:
        """Change an authority, but not whose certificate it is, and return it."""
        pki = self._pkis.named(call)
        known = self._named(call, pki)
        sent = bodies.checked(call.body(), {**_SENT, "createdDateTime": bodies.text}, kind=KIND)
        changed = self._trust.keep(_changed(known, sent))
        return call.one(_path(pki), changed.shape, kind=KIND)

    def delete(self, call: Call) -> httpx.Response:
        """Delete an authority; it can be restored."""
        pki = self._pkis.named(call)
        self._trust.keep(replace(self._named(call, pki), deleted=call.now))
        return nothing()

    def _named(self, call: Call, pki: Pki) -> Authority:
        wanted = call.said["authority"].lower()
        for one in self._trust.authorities(pki):
            if one.authority_id == wanted and call.replication.shows(wanted):
                return one
        raise not_found(wanted)


def check_new(trust: Trust, pki: Pki, new: list[Certificate]) -> None:
    """Raise `RefusedError` for a certificate the PKI has, or for one too many."""
    there = {one.certificate.thumbprint for one in trust.authorities(pki)}
    prints = {one.thumbprint for one in new}
    if there & prints or len(prints) < len(new):
        raise bad_request("Duplicate Certificate exists.")
    if len(new) > trust.room(pki.tenant_id):
        raise bad_request("The maximum number of certificate authorities has been reached.")


def _changed(known: Authority, sent: Mapping[str, Any]) -> Authority:
    shape = known.shape
    for name in {*_COMPUTED, "certificate", "createdDateTime"} & set(sent):
        if not _is_same(name, sent[name], shape[name]):
            raise _fixed(name)
    return replace(
        known,
        kind=sent.get("certificateAuthorityType", known.kind),
        name=sent.get("displayName", known.name),
        crl_url=sent.get("certificateRevocationListUrl", known.crl_url),
        delta_crl_url=sent.get("deltacertificateRevocationListUrl", known.delta_crl_url),
        is_hinted=sent.get("isIssuerHintEnabled", known.is_hinted),
    )


def _is_same(name: str, sent: object, there: object) -> bool:
    if name in {"thumbprint", "issuerSubjectKeyIdentifier"}:
        return str(sent).casefold() == str(there).casefold()
    return sent == there


def _fixed(name: str) -> RefusedError:
    return bad_request(f"The property '{name}' does not match the certificate.")


def _path(pki: Pki) -> str:
    return f"{PATH}('{pki.pki_id}')/certificateAuthorities"
