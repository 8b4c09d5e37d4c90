"""As much of DER (X.690) as a revocation list needs."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509

BIT_STRING, OCTET_STRING, SEQUENCE, ENUMERATED, BOOLEAN = 0x03, 0x04, 0x30, 0x0A, 0x01
_INTEGER, _OID, _UTC_TIME, _GENERALIZED_TIME = 0x02, 0x06, 0x17, 0x18
_SHORT, _BASE, _YEAR_OF_FOUR_DIGITS = 0x80, 0x80, 2050
_TRUE = b"\x01\x01\xff"

Extension = tuple[x509.ExtensionType, bool]  # and whether it is critical


def header(tag: int, length: int) -> bytes:
    """Return what stands before a content of this length."""
    if length < _SHORT:
        return bytes((tag, length))
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size


def tlv(tag: int, *content: bytes) -> bytes:
    """Return one element."""
    whole = b"".join(content)
    return header(tag, len(whole)) + whole


def integer(value: int) -> bytes:
    """Return an INTEGER that is not negative."""
    return tlv(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def object_identifier(oid: x509.ObjectIdentifier) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *others = map(int, oid.dotted_string.split("."))
    return tlv(_OID, b"".join(map(_base_128, (first * 40 + second, *others))))


def time(moment: datetime) -> bytes:
    """Return a Time as RFC 5280 wants it: UTCTime until 2049, in whole seconds."""
    moment = moment.astimezone(UTC)
    if moment.year < _YEAR_OF_FOUR_DIGITS:
        return tlv(_UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(_GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())


def extensions(of: Iterable[Extension]) -> bytes:
    """Return Extensions, or nothing if there are none: an empty sequence is not allowed."""
    each = [_extension(extension, is_critical=critical) for extension, critical in of]
    return tlv(SEQUENCE, *each) if each else b""


def _extension(extension: x509.ExtensionType, *, is_critical: bool) -> bytes:
    critical = _TRUE if is_critical else b""  # false is the default, which DER leaves out
    value = tlv(OCTET_STRING, extension.public_bytes())
    return tlv(SEQUENCE, object_identifier(extension.oid), critical, value)


def _base_128(number: int) -> bytes:
    digits = [number % _BASE]
    while number := number // _BASE:
        digits.append(number % _BASE | _BASE)
    return bytes(reversed(digits))
