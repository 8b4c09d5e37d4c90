"""
One certificate revocation list: read, and asked; it may hold a million entries.

They stay in the library's memory as the bytes that came: none becomes an object of ours
before somebody asks for its serial number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shared.errors import Rejected
from shared.trust import crl_head, extensions
from shared.trust.unreadable import UNREADABLE

LARGEST = 45_000_000  # bytes: what Entra ID takes at all (public cloud; MB taken as a million)
LARGEST_INTERACTIVE = 20_000_000  # and what it takes while a person waits
LONGEST_NUMBER = 20 * 8  # bits: RFC 5280, 5.2.3
PEM = b"-----BEGIN "
# Those that we heed; any other that is critical makes a list unusable (RFC 5280, 5.2).
HEEDED = (x509.CRLNumber.oid, x509.DeltaCRLIndicator.oid, x509.IssuingDistributionPoint.oid)
SERIAL_NUMBER = re.compile(r"[0-9A-Fa-f]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A certificate that is on a list."""

    revoked_at: datetime
    reason: str = ""  # as RFC 5280 spells it: keyCompromise; "" if none is given
    is_off_again: bool = False  # a delta says so: what the base says of it counts no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """What a list says of itself; whether it is to be believed is for crl_judgement to say."""

    this_update: datetime
    next_update: datetime | None
    number: int | None
    delta_base: int | None  # the least number of a base that it goes with; None: it is no delta
    issuer: str
    authority_key_id: str  # hex; "" if it names no key
    size: int  # bytes, as it came
    leaves_out: tuple[str, ...] = ()  # what is not on it even if it is revoked
    points: tuple[str, ...] = ()  # the addresses that it says it is the list of
    unknown_critical: tuple[str, ...] = ()  # object identifiers
    content: x509.CertificateRevocationList = field(repr=False, compare=False)

    def listed(self, serial_number: str) -> Listed | None:
        """Return whether it lists this serial number (hex) as revoked; Rejected if that is none."""
        found = self.entry(serial_number)
        return None if found is None or found.is_off_again else found

    def entry(self, serial_number: str) -> Listed | None:
        """Return what it says of a serial number (hex); Rejected if that is none."""
        number = as_number(serial_number)
        found = self.content.get_revoked_certificate_by_serial_number(number)
        if found is None:
            return None
        reason = _reason(found)
        return Listed(
            revoked_at=found.revocation_date_utc,
            reason=reason.value if reason else "",
            is_off_again=reason is x509.ReasonFlags.remove_from_crl,
        )


def as_number(serial_number: str) -> int:
    """Return what a serial number in hex is, with or without colons and blanks; else Rejected."""
    plain = re.sub(r"[\s:]", "", serial_number.strip()).removeprefix("0x")
    if not SERIAL_NUMBER.fullmatch(plain):
        raise Rejected("a serial number is written in hex, as the certificate's details show it")
    return int(plain, 16)


def read(body: bytes) -> Crl:
    """Return the list in DER or PEM; Rejected if there is none that can be read."""
    try:
        is_pem = body[:64].lstrip().startswith(PEM)
        content = x509.load_pem_x509_crl(body) if is_pem else x509.load_der_x509_crl(body)
        der = content.public_bytes(Encoding.DER) if is_pem else body
        if crl_head.size(der) > crl_head.LARGEST:
            raise Rejected(
                "what this revocation list says before and after its entries is too long"
            )
        return _told(content, size=len(body))
    except UNREADABLE as error:
        raise Rejected("this is no revocation list that can be read") from error


def _told(content: x509.CertificateRevocationList, *, size: int) -> Crl:
    told = content.extensions
    number = extensions.found(told, x509.CRLNumber)
    delta = extensions.found(told, x509.DeltaCRLIndicator)
    key = extensions.found(told, x509.AuthorityKeyIdentifier)
    place = extensions.found(told, x509.IssuingDistributionPoint)
    numbers = [each.crl_number for each in (number, delta) if each]
    if any(each.bit_length() > LONGEST_NUMBER for each in numbers):
        raise Rejected("this revocation list has a number of more than 20 bytes")
    return Crl(
        this_update=content.last_update_utc,
        next_update=content.next_update_utc,
        number=number.crl_number if number else None,
        delta_base=delta.crl_number if delta else None,
        issuer=content.issuer.rfc4514_string(),
        authority_key_id=(key.key_identifier or b"").hex() if key else "",
        size=size,
        leaves_out=tuple(_left_out(place)) if place else (),
        points=tuple(_points(place)) if place else (),
        unknown_critical=tuple(
            each.oid.dotted_string for each in told if each.critical and each.oid not in HEEDED
        ),
        content=content,
    )


def _left_out(place: x509.IssuingDistributionPoint) -> Iterator[str]:
    """Yield what a list leaves out that covers a part only (RFC 5280, 5.2.5)."""
    if place.only_contains_ca_certs:
        yield "users' certificates"
    if place.only_contains_attribute_certs:
        yield "all but attribute certificates"
    if place.only_some_reasons:
        yield "certificates that are revoked for other reasons"
    if place.indirect_crl:
        yield "whatever is listed under another authority's name"


def _points(place: x509.IssuingDistributionPoint) -> Iterator[str]:
    for name in place.full_name or ():
        if isinstance(name, x509.UniformResourceIdentifier):
            yield name.value


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    """Return why; a reason that cannot be read does not make a certificate good again."""
    try:
        found = extensions.found(entry.extensions, x509.CRLReason)
    except UNREADABLE:
        return None
    return found.reason if found else None
