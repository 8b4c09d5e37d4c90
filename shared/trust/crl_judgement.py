"""What is wrong with a list that was read: who signed it, its time, and its place among others."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509

from shared.trust.crl import LARGEST_INTERACTIVE, Crl
from shared.trust.crl_trouble import CrlTrouble, Found
from shared.trust.unreadable import UNREADABLE
from shared.trust.x509 import facts_of

QUOTED = 200  # characters of what whoever answers at an address may have written
OLD = 0.8  # of its life: whoever publishes lists in time has published a newer one by then


def of_base(
    crl: Crl, authority: x509.Certificate, *, url: str, at: datetime, last_number: int | None
) -> Iterator[Found]:
    """Yield what is wrong with a base list; `last_number` is what its number was last time."""
    yield from _of_any(crl, authority, "base", url=url, at=at)
    yield from _of_time(crl, at, stale=CrlTrouble.STALE, named="base")
    if crl.delta_base is not None:
        yield Found(
            CrlTrouble.BASE_IS_DELTA,
            "a delta CRL stands at the base's address: exchange the addresses",
        )
    if crl.number is not None and last_number is not None and crl.number < last_number:
        yield Found(
            CrlTrouble.NUMBER_WENT_BACK,
            f"CRL number {crl.number} is lower than {last_number}, seen before: "
            "Entra ID takes no older list; publish a new one with a higher number",
        )


def of_delta(
    delta: Crl, base: Crl | None, authority: x509.Certificate, *, url: str, at: datetime
) -> Iterator[Found]:
    """Yield what is wrong with a delta, by itself and to its base."""
    yield from _of_any(delta, authority, "delta", url=url, at=at)
    yield from _of_time(delta, at, stale=CrlTrouble.DELTA_STALE, named="delta")
    if delta.delta_base is None:
        yield Found(
            CrlTrouble.DELTA_IS_BASE,
            "what stands at the delta's address is no delta CRL: correct the address",
        )
    elif base is not None:
        yield from _of_pair(base, delta, delta.delta_base)


def _of_pair(base: Crl, delta: Crl, least: int) -> Iterator[Found]:
    """RFC 5280, 5.2.4: what has to hold before a delta may be combined with a base."""
    if base.number is None or base.number < least:
        yield Found(
            CrlTrouble.DELTA_OF_NEWER_BASE,
            f"the delta CRL goes with base number {least} or newer, the base has "
            f"{'none' if base.number is None else base.number}: publish the base anew",
        )
    elif delta.number is not None and delta.number < base.number:
        yield Found(
            CrlTrouble.DELTA_OLDER_THAN_BASE,
            f"delta number {delta.number} is older than base number {base.number}: "
            "publish a new delta with each base",
        )


def _of_any(
    crl: Crl, authority: x509.Certificate, named: str, *, url: str, at: datetime
) -> Iterator[Found]:
    yield from _of_signer(crl, authority, named)
    yield from _of_scope(crl, named, url)
    if crl.this_update > at:
        yield Found(
            CrlTrouble.NOT_YET_VALID,
            f"the {named} CRL holds from {crl.this_update:%Y-%m-%d %H:%M} UTC on: "
            "correct the CA's clock, or wait",
        )
    if crl.number is None:
        yield Found(
            CrlTrouble.NO_NUMBER,
            f"the {named} CRL has no number, and Entra ID tells newer from older by it: "
            "let the CA number its lists",
        )
    if crl.size > LARGEST_INTERACTIVE:
        yield Found(
            CrlTrouble.LARGE,
            f"the {named} CRL has {crl.size / 1_000_000:.0f} MB; over 20 MB Entra ID refuses "
            "whoever signs in first: take expired certificates off it",
        )


def _of_signer(crl: Crl, authority: x509.Certificate, named: str) -> Iterator[Found]:
    facts = facts_of(authority)
    if crl.content.issuer != authority.subject:
        yield Found(
            CrlTrouble.WRONG_ISSUER,
            f"the {named} CRL is {_quoted(crl.issuer)}'s, not {facts.subject}'s: "
            "correct the address",
        )
    elif not _is_signed(crl, authority):
        yield Found(
            CrlTrouble.WRONG_SIGNATURE,
            f"the {named} CRL is not signed with this CA certificate's key: correct the "
            "address, or trust the CA's renewed certificate as well",
        )
    elif not crl.authority_key_id or not facts.subject_key_id:
        yield Found(
            CrlTrouble.NO_KEY_ID,
            f"the {named} CRL or the CA names no key, and Entra ID builds chains by key names: "
            "let the CA write subject and authority key identifiers",
        )
    elif crl.authority_key_id != facts.subject_key_id:
        yield Found(
            CrlTrouble.WRONG_KEY_ID,
            f"the {named} CRL names another key than the CA certificate has: publish it anew",
        )
    if not facts.may_sign_crls:
        yield Found(
            CrlTrouble.MAY_NOT_SIGN,
            "the CA certificate's key usage does not allow it to sign CRLs: renew it with cRLSign",
        )


def _is_signed(crl: Crl, authority: x509.Certificate) -> bool:
    try:
        # A kind of key that signs no lists is refused by a TypeError.
        return crl.content.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except UNREADABLE:
        return False


def _quoted(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}..."


def _of_scope(crl: Crl, named: str, url: str) -> Iterator[Found]:
    if crl.unknown_critical:
        yield Found(
            CrlTrouble.UNKNOWN_CRITICAL,
            f"the {named} CRL says something critical that is not known "
            f"({_quoted(', '.join(crl.unknown_critical))}): publish it without",
        )
    if crl.leaves_out:
        yield Found(
            CrlTrouble.PARTIAL,
            f"the {named} CRL is partial: it leaves out {', '.join(crl.leaves_out)}; "
            "configure the address of the whole list",
        )
    elif crl.points and url not in crl.points:
        yield Found(
            CrlTrouble.OTHER_POINT,
            f"the {named} CRL says that it is the list of {_quoted(crl.points[0])}: "
            "if the CA divides its list, others of its certificates are not on this one",
        )


def _of_time(crl: Crl, at: datetime, *, stale: CrlTrouble, named: str) -> Iterator[Found]:
    ends = crl.next_update
    if ends is None:
        yield Found(
            CrlTrouble.NO_NEXT_UPDATE,
            f"the {named} CRL does not say when the next one comes: let the CA write NextUpdate",
        )
    elif ends <= at:
        yield Found(
            stale,
            f"the {named} CRL ended {ends:%Y-%m-%d %H:%M} UTC, nobody can sign in by this CA: "
            "publish a new one",
        )
    elif at - crl.this_update >= OLD * max(ends - crl.this_update, timedelta()):
        yield Found(
            CrlTrouble.DUE,
            f"the {named} CRL ends {ends:%Y-%m-%d %H:%M} UTC and most of its life is gone: "
            "see why the CA has published no newer one",
        )
