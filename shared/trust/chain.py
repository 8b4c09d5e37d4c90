"""
The way from a user's certificate up to a root that a tenant trusts.

The library's verifier walks it: signatures, dates, CA flags, path lengths, name constraints.
Ours is what it does not know: the names of keys, by which Entra ID builds chains; what a
user's certificate has to be for; and to say the reason in a way that a person can mend. It takes
no RSA key under 2048 bits, no SHA-1, and no certificate that is not of version 3.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509 as library
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from shared.errors import Rejected
from shared.trust import chains, x509
from shared.trust.authority import Authority
from shared.trust.chains import LONGEST, Link
from shared.trust.unreadable import UNREADABLE
from shared.trust.x509 import CertificateFacts

CLIENTS = {
    ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string,
}


def chain(leaf: bytes, authorities: Sequence[Authority], at: datetime) -> tuple[Authority, ...]:
    """
    Return who signed a certificate (DER), up to the root; Rejected says why there is none.

    Of two entries with one certificate the first is returned. Revocation is not looked at.
    """
    certificate = x509.parsed(leaf)
    facts = x509.facts_of(certificate)
    _check_leaf(facts, at)
    links = [each for each in map(chains.link, authorities) if each is not None]
    roots = [each for each in links if each.authority.is_root and each.is_self_signed]
    if not roots:
        raise Rejected("the store has no root: add the authority at the top")
    way = _verified(certificate, roots, links, at)
    _check_purposes(way)
    for lower, upper in pairwise([facts, *(each.facts for each in way)]):
        if not chains.names_key(upper, lower):
            raise Rejected(
                f"{lower.subject} names another key of {upper.subject} than the store's "
                "certificate has, and Entra ID builds chains by key names: add that certificate"
            )
    return tuple(each.authority for each in way)


def _check_leaf(facts: CertificateFacts, at: datetime) -> None:
    if facts.is_ca:
        raise Rejected("this is an authority's certificate, not a user's")
    if facts.purposes and not CLIENTS.intersection(facts.purposes):
        raise Rejected("it is not meant for client authentication: issue one with that purpose")
    if chains.is_weak(facts, is_self_signed=False):
        raise Rejected(
            "it is signed by SHA-1, or has an RSA key of less than 2048 bits, and whether Entra "
            "ID takes that is not documented: issue a stronger one"
        )
    if not facts.may_sign_in:
        raise Rejected("its key usage does not let a device sign in with it: issue another")
    _check_time("the certificate", facts, at)


def _check_purposes(way: Sequence[Link]) -> None:
    """Check that no authority is for other purposes only: those below it are so, too."""
    for each in way:
        if each.facts.purposes and not CLIENTS.intersection(each.facts.purposes):
            raise Rejected(
                f"{each.facts.subject} may sign certificates for other purposes than client "
                "authentication only: renew that authority with this purpose"
            )


def _check_time(named: str, facts: CertificateFacts, at: datetime) -> None:
    if at < facts.not_before:
        raise Rejected(f"{named} is valid from {facts.not_before:%Y-%m-%d %H:%M} UTC on only")
    if at > facts.not_after:
        raise Rejected(f"{named} expired {facts.not_after:%Y-%m-%d %H:%M} UTC: renew it")


def _verified(
    certificate: library.Certificate, roots: Sequence[Link], links: Sequence[Link], at: datetime
) -> list[Link]:
    verifier = (
        PolicyBuilder()
        .store(Store([each.certificate for each in roots]))
        .time(at)
        .max_chain_depth(LONGEST - 1)  # of those between the certificate and the root
        .extension_policies(ca_policy=_of_authorities(), ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    between = [each.certificate for each in links if each not in roots]
    try:
        found = verifier.verify(certificate, between).chain
    except VerificationError as error:
        raise Rejected(_why(certificate, roots, links, at) or _bare(error)) from error
    except UNREADABLE as error:
        raise Rejected(
            "its chain holds what this app cannot read: renew the authorities"
        ) from error
    by_certificate = {each.certificate: each for each in reversed(links)}
    return [by_certificate[each] for each in found[1:]]


def _of_authorities() -> ExtensionPolicy:
    """
    Return what an authority has to say of itself.

    Laxer than the web's rules, as authorities of a company's own often are: no key usage at
    all allows everything, and nothing has to be critical.
    """
    return (
        ExtensionPolicy.permit_all()
        .require_present(library.BasicConstraints, Criticality.AGNOSTIC, None)
        .may_be_present(library.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
    )


def _signs_certificates(
    _policy: Policy, _authority: library.Certificate, usage: library.KeyUsage | None
) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an authority's key usage does not let it sign certificates")


def _why(
    certificate: library.Certificate, roots: Sequence[Link], links: Sequence[Link], at: datetime
) -> str:
    """Return what a person can mend, found step by step upwards; "" if it is something else."""
    here, told, seen = certificate, "the certificate", {certificate}
    # A way that is longer tells nobody anything, and each step costs signatures.
    while len(seen) <= LONGEST and not any(here == each.certificate for each in roots):
        named = [each for each in links if each.certificate.subject == here.issuer]
        above = next((each for each in named if chains.signed(each.certificate, here)), None)
        if above is None:
            issuer = here.issuer.rfc4514_string()
            return (
                f"the store's {issuer} has another key than the one that signed {told}"
                if named
                else f"{issuer}, who signed {told}, is not in the store: add that authority"
            )
        told = f"the authority {above.facts.subject}"
        try:
            _check_time(told, above.facts, at)
        except Rejected as error:
            return str(error)
        here = above.certificate
        if here in seen:
            return f"the authorities above {told} lead round in a circle, to no root"
        seen.add(here)
    return ""


def _bare(error: VerificationError) -> str:
    """Return the library's words without the objects that it quotes."""
    said = str(error).partition(" (encountered processing")[0]
    return f"no chain to a root of the store: {said.removeprefix('validation failed: ')}"
