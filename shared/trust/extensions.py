"""What the extensions of a certificate say."""

from collections.abc import Iterator
from typing import TypeVar

from cryptography import x509

from shared.errors import Rejected

PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
UTF8_STRING = 0x0C

Kind = TypeVar("Kind", bound=x509.ExtensionType)


def found(told: x509.Extensions, kind: type[Kind]) -> Kind | None:
    """Return the extension of a kind, if it is there."""
    try:
        return told.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_authority(told: x509.Extensions) -> bool:
    """Return whether it says that it is an authority's."""
    there = found(told, x509.BasicConstraints)
    return bool(there and there.ca)


def may_sign_certificates(told: x509.Extensions) -> bool:
    """Return whether its key may be used for that; a certificate that names no use allows any."""
    there = found(told, x509.KeyUsage)
    return there is None or there.key_cert_sign


def may_sign_in(told: x509.Extensions) -> bool:
    """Return whether its key may sign, as a device does to prove that it has the key."""
    there = found(told, x509.KeyUsage)
    return there is None or there.digital_signature


def may_sign_crls(told: x509.Extensions) -> bool:
    """Return whether its key may be used for that; a certificate that names no use allows any."""
    there = found(told, x509.KeyUsage)
    return there is None or there.crl_sign


def subject_key_id(told: x509.Extensions) -> str:
    """Return the name of its key, in hex."""
    there = found(told, x509.SubjectKeyIdentifier)
    return there.digest.hex() if there else ""


def authority_key_id(told: x509.Extensions) -> str:
    """Return the name of the key that signed it, in hex."""
    there = found(told, x509.AuthorityKeyIdentifier)
    return (there.key_identifier or b"").hex() if there else ""


def upns(told: x509.Extensions) -> tuple[str, ...]:
    """Return its principal names; Rejected for one that is no text."""
    return tuple(
        _text(name.value)
        for name in _names(told)
        if isinstance(name, x509.OtherName) and name.type_id == PRINCIPAL_NAME
    )


def emails(told: x509.Extensions) -> tuple[str, ...]:
    """Return its RFC 822 names."""
    return tuple(name.value for name in _names(told) if isinstance(name, x509.RFC822Name))


def policies(told: x509.Extensions) -> tuple[str, ...]:
    """Return the policies it was issued under."""
    there = found(told, x509.CertificatePolicies)
    return tuple(each.policy_identifier.dotted_string for each in there or ())


def purposes(told: x509.Extensions) -> tuple[str, ...]:
    """Return what it may be used for; nothing stands for everything."""
    there = found(told, x509.ExtendedKeyUsage)
    return tuple(each.dotted_string for each in there or ())


def crl_urls(told: x509.Extensions) -> tuple[str, ...]:
    """Return where it says its revocation is told."""
    there = found(told, x509.CRLDistributionPoints)
    return tuple(
        name.value
        for point in there or ()
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    )


def _names(told: x509.Extensions) -> Iterator[x509.GeneralName]:
    there = found(told, x509.SubjectAlternativeName)
    yield from there or ()


def _text(value: bytes) -> str:
    """Return what a DER-encoded UTF8String of a short or long form holds."""
    if len(value) < 2 or value[0] != UTF8_STRING:  # noqa: PLR2004 - tag and length
        raise Rejected("the certificate has a principal name that is no UTF-8: issue it anew")
    first, rest = value[1], value[2:]
    wide = first & 0x7F if first & 0x80 else 0
    length = int.from_bytes(rest[:wide], "big") if wide else first
    if len(rest) != wide + length:
        raise Rejected("the certificate has a principal name that is cut short: issue it anew")
    try:
        return rest[wide:].decode()
    except UnicodeDecodeError as error:
        raise Rejected("the certificate has a principal name that is no UTF-8") from error
