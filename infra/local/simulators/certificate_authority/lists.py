"""
Revocation lists as RFC 5280, section 5, writes them, and as it forbids them.

They are written by hand: the builder of `cryptography` refuses a list without NextUpdate, and
one of 50 MB would take it minutes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from infra.local.simulators.certificate_authority import der
from infra.local.simulators.certificate_authority.der import SEQUENCE, tlv

_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_EXPLICIT_0 = 0xA0
_VERSION_2 = der.integer(1)
_BATCH = 1024
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# A serial number of 20 bytes is the longest that is allowed; these bytes mark ours.
_PADDING_SERIAL = bytes.fromhex("7f") + b"padding" + bytes(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One revoked certificate."""

    serial: int
    revoked_at: datetime
    reason: x509.ReasonFlags | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """What a list says; `padding` is how many entries more that concern nobody."""

    issuer: x509.Name
    this_update: datetime
    next_update: datetime | None
    entries: tuple[Entry, ...] = ()
    extensions: tuple[der.Extension, ...] = ()
    padding: int = 0

    def signed(self, key: ec.EllipticCurvePrivateKey) -> bytes:
        """Return the list in DER; the same key gives the same bytes."""
        return b"".join(signed(self, key).pieces)


class Signed(NamedTuple):
    """A list in DER: how many bytes, and they."""

    size: int
    pieces: Iterator[bytes]


def signed(crl: Crl, key: ec.EllipticCurvePrivateKey) -> Signed:
    """Sign a list, which may be larger than one wants to hold in memory."""
    digest = hashlib.sha256()
    size = 0
    for piece in _to_be_signed(crl):
        digest.update(piece)
        size += len(piece)
    algorithm = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
    signature = key.sign(digest.digest(), algorithm)
    end = _ECDSA_WITH_SHA256 + tlv(der.BIT_STRING, b"\0", signature)
    begin = der.header(SEQUENCE, size + len(end))
    return Signed(len(begin) + size + len(end), chain([begin], _to_be_signed(crl), [end]))


def _to_be_signed(crl: Crl) -> Iterator[bytes]:
    begin = b"".join(
        (
            _VERSION_2,
            _ECDSA_WITH_SHA256,
            crl.issuer.public_bytes(),
            der.time(crl.this_update),
            der.time(crl.next_update) if crl.next_update else b"",
        )
    )
    known = b"".join(map(_entry, crl.entries))
    listed = len(known) + crl.padding * len(_padding(0, 1))
    if listed:  # without any, the whole sequence is left out
        begin += der.header(SEQUENCE, listed)
    extensions = der.extensions(crl.extensions)
    end = tlv(_EXPLICIT_0, extensions) if extensions else b""
    yield der.header(SEQUENCE, len(begin) + listed + len(end)) + begin + known
    for first in range(0, crl.padding, _BATCH):
        yield _padding(first, min(first + _BATCH, crl.padding))
    yield end


def _entry(entry: Entry) -> bytes:
    reason = [(x509.CRLReason(entry.reason), False)] if entry.reason else []
    return tlv(
        SEQUENCE,
        der.integer(entry.serial),
        der.time(entry.revoked_at),
        der.extensions(reason),
    )


def _padding(first: int, end: int) -> bytes:
    """Return entries of one length, told apart by four bytes."""
    serial = int.from_bytes(_PADDING_SERIAL, "big")
    reason = x509.ReasonFlags.superseded
    model = _entry(Entry(serial=serial, revoked_at=_LONG_AGO, reason=reason))
    before, _, after = model.partition(_PADDING_SERIAL)
    before += _PADDING_SERIAL[:-4]
    return b"".join(before + number.to_bytes(4, "big") + after for number in range(first, end))
