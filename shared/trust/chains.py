"""Whether authorities lead to a root, and which of them a certificate leads through."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from cryptography import x509 as library
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from shared.errors import Rejected
from shared.trust import x509
from shared.trust.authority import Authority
from shared.trust.unreadable import UNREADABLE
from shared.trust.x509 import CertificateFacts

OLD_HASHES = ("md5", "sha1")
LEAST_BITS = 2048  # of an RSA key
# Of authorities with the name that a certificate says signed it: so many keys are tried.
NAMESAKES = 20
LONGEST = 10  # authorities, the root among them: as far as Entra ID follows them


class Fault(StrEnum):
    """What is wrong with an authority in a store."""

    UNREADABLE = "unreadable"
    NO_ISSUER = "no_issuer"  # whoever signed it is not in the store
    NO_ROOT = "no_root"  # its issuers go round, or end at one that lacks an issuer of its own
    NOT_A_ROOT = "not_a_root"  # marked as one, though another signed it
    ROOT_UNMARKED = "root_unmarked"  # self-signed, and not marked as a root
    BAD_SIGNATURE = "bad_signature"  # the issuer's name fits, its key does not
    WRONG_KEY_ID = "wrong_key_id"  # the issuer signed it, and it names another key
    NO_AUTHORITY = "no_authority"  # without the CA flag: it may sign no certificate
    MAY_NOT_SIGN = "may_not_sign"  # its key usage does not let it sign certificates
    NO_SUBJECT_KEY_ID = "no_subject_key_id"
    NO_AUTHORITY_KEY_ID = "no_authority_key_id"
    TOO_LONG = "too_long"
    WEAK = "weak"  # by SHA-1, or with an RSA key under 2048 bits
    TWICE = "twice"  # the same certificate again


SAYS = {
    Fault.UNREADABLE: "this is no certificate that can be read: remove it, and add it anew",
    Fault.NO_ISSUER: "{issuer}, who signed it, is not in the store: add that authority",
    Fault.NO_ROOT: "its chain ends before a root: mend the authorities above it",
    Fault.NOT_A_ROOT: "it did not sign itself, so it is no root: add it anew as an intermediate",
    Fault.ROOT_UNMARKED: "it signed itself, so it is a root: add it anew as one",
    Fault.BAD_SIGNATURE: "{issuer} in the store has another key than the one that signed it: "
    "add the issuer's certificate that was valid then",
    Fault.WRONG_KEY_ID: "it names another key than its issuer {issuer} has, and Entra ID builds "
    "chains by key names: add the issuer's certificate with that key",
    Fault.NO_AUTHORITY: "it is not a CA's certificate: remove it",
    Fault.MAY_NOT_SIGN: "its key usage does not let it sign certificates: renew it",
    Fault.NO_SUBJECT_KEY_ID: "it names no key of its own, and Entra ID builds chains by key "
    "names: renew it with a subject key identifier",
    Fault.NO_AUTHORITY_KEY_ID: "it does not name its issuer's key, and Entra ID builds chains by "
    "key names: renew it with an authority key identifier",
    Fault.TOO_LONG: f"more than {LONGEST} authorities up to the root: Entra ID does not check "
    "revocation that far",
    Fault.WEAK: "it is signed by SHA-1, or has an RSA key of less than 2048 bits, and whether "
    "Entra ID takes that is not documented: renew it",
    Fault.TWICE: "it stands there twice: remove one, as each has CRL addresses of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One thing that is wrong with one authority."""

    authority: Authority
    fault: Fault
    says: str  # with the next step


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An authority whose certificate can be read."""

    authority: Authority
    certificate: library.Certificate
    facts: CertificateFacts

    @property
    def is_self_signed(self) -> bool:
        """Return whether it stands for itself, and nobody else does."""
        return signed(self.certificate, self.certificate)


def completeness(authorities: Sequence[Authority]) -> tuple[Broken, ...]:
    """
    Return everything that keeps an authority from being used, in the order they were given.

    The stores are apart for Entra ID: ask for one at a time. Dates are not looked at.
    """
    links = {at: each for at, each in enumerate(map(link, authorities)) if each is not None}
    ways = _Ways.among(tuple(links.values()))
    seen: set[bytes] = set()
    broken: list[Broken] = []
    for at, authority in enumerate(authorities):
        here = links.get(at)
        faults = _faults(here, ways) if here else iter((Fault.UNREADABLE,))
        twice = (Fault.TWICE,) if authority.certificate in seen else ()
        seen.add(authority.certificate)
        issuer = here.facts.issuer if here else ""
        broken += [
            Broken(authority=authority, fault=each, says=SAYS[each].format(issuer=issuer))
            for each in (*faults, *twice)
        ]
    return tuple(broken)


def link(authority: Authority) -> Link | None:
    """Return an authority with what its certificate says; None if that cannot be read."""
    try:
        certificate = x509.parsed(authority.certificate)
        facts = x509.facts_of(certificate)
    except Rejected:
        return None
    return Link(authority=authority, certificate=certificate, facts=facts)


def signed(issuer: library.Certificate, certificate: library.Certificate) -> bool:
    """Return whether an issuer signed a certificate: its name and its key say so."""
    if issuer.subject != certificate.issuer:
        return False
    try:
        if isinstance(certificate.signature_hash_algorithm, hashes.SHA1):
            _verify_sha1(issuer, certificate)
        else:
            certificate.verify_directly_issued_by(issuer)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def is_weak(facts: CertificateFacts, *, is_self_signed: bool) -> bool:
    """Return whether it is too weak for these days; a root's own signature proves nothing."""
    by_old_hash = facts.signature_hash in OLD_HASHES and not is_self_signed
    return by_old_hash or (facts.key_kind == "RSA" and facts.key_bits < LEAST_BITS)


def names_key(issuer: CertificateFacts, certificate: CertificateFacts) -> bool:
    """Return whether a certificate names its issuer's key, or at least no other one."""
    named, key = certificate.authority_key_id, issuer.subject_key_id
    return not named or not key or named == key


def _verify_sha1(issuer: library.Certificate, certificate: library.Certificate) -> None:
    """Verify what the library does not: many a company's old root has signed itself by SHA-1."""
    key, said = issuer.public_key(), certificate.signature_algorithm_parameters
    if isinstance(key, rsa.RSAPublicKey) and isinstance(said, padding.PKCS1v15):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, said, hashes.SHA1())  # noqa: S303
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(said, ec.ECDSA):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, said)
    else:
        raise InvalidSignature


@dataclass(frozen=True, slots=True)
class _Ways:
    """Who has signed whom: each key is tried once, as checking a signature may take long."""

    named: dict[library.Certificate, list[Link]]  # those that it says signed it
    issuers: dict[library.Certificate, list[Link]]  # those among them that did
    roots: set[library.Certificate]

    @classmethod
    def among(cls, links: Sequence[Link]) -> Self:
        """Find them among the authorities of one store."""
        there = {each.certificate: each for each in links}
        namesakes: defaultdict[library.Name, list[Link]] = defaultdict(list)
        for each in there.values():
            namesakes[each.certificate.subject].append(each)
        named = {it: namesakes[it.issuer] for it in there}
        return cls(
            named=named,
            issuers={it: _signers(here, named[it]) for it, here in there.items()},
            roots={it.certificate for it in links if it.authority.is_root and it.is_self_signed},
        )


def _signers(here: Link, named: Sequence[Link]) -> list[Link]:
    """Return who signed it; those are tried first whose key it names."""
    likely = sorted(named, key=lambda each: not names_key(each.facts, here.facts))
    return [each for each in likely[:NAMESAKES] if signed(each.certificate, here.certificate)]


def _faults(here: Link, ways: _Ways) -> Iterator[Fault]:
    facts, is_self_signed = here.facts, here.is_self_signed
    if not facts.is_ca:
        yield Fault.NO_AUTHORITY
    if not facts.may_sign_certificates:
        yield Fault.MAY_NOT_SIGN
    if not facts.subject_key_id:
        yield Fault.NO_SUBJECT_KEY_ID
    if is_weak(facts, is_self_signed=is_self_signed):
        yield Fault.WEAK
    if is_self_signed:
        if not here.authority.is_root:
            yield Fault.ROOT_UNMARKED
        return
    if here.authority.is_root:
        yield Fault.NOT_A_ROOT
    if not facts.authority_key_id:
        yield Fault.NO_AUTHORITY_KEY_ID
    yield from _above(here, ways)


def _above(here: Link, ways: _Ways) -> Iterator[Fault]:
    """Yield what is wrong on the way from an intermediate up to a root."""
    issuers = ways.issuers[here.certificate]
    if not issuers:
        yield Fault.BAD_SIGNATURE if ways.named[here.certificate] else Fault.NO_ISSUER
    elif not any(names_key(each.facts, here.facts) for each in issuers):
        yield Fault.WRONG_KEY_ID
    else:
        steps = _steps_to_root(here, ways)
        if steps is None:
            yield Fault.NO_ROOT
        elif steps > LONGEST:
            yield Fault.TOO_LONG


def _steps_to_root(here: Link, ways: _Ways) -> int | None:
    """Return how many authorities the shortest way has, both ends counted; None: there is none."""
    reached, seen, steps = [here], {here.certificate}, 1
    while reached:
        if any(each.certificate in ways.roots for each in reached):
            return steps
        above = {
            issuer.certificate: issuer
            for each in reached
            for issuer in ways.issuers[each.certificate]
            if issuer.certificate not in seen and names_key(issuer.facts, each.facts)
        }
        reached = list(above.values())
        seen.update(above)
        steps += 1
    return None
