"""Certificates: read, and what they say of themselves."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from shared.errors import Rejected
from shared.trust import extensions, keys, windows_name
from shared.trust.unreadable import UNREADABLE

PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says; texts are empty where it says nothing."""

    subject: str  # RFC 4514, the last part first: CN=...,DC=example,DC=com
    issuer: str
    windows_subject: str  # DC=com,DC=example,CN=...: as Entra ID's own values spell it
    windows_issuer: str
    serial_number: str  # hex, upper case, without leading zeros
    not_before: datetime
    not_after: datetime
    is_ca: bool
    may_sign_certificates: bool  # no key usage at all: any
    may_sign_crls: bool
    may_sign_in: bool
    subject_key_id: str  # hex, lower case
    authority_key_id: str
    upns: tuple[str, ...]  # principal names among its alternative names
    emails: tuple[str, ...]  # RFC 822 names there
    crl_urls: tuple[str, ...]
    policies: tuple[str, ...]  # object identifiers
    purposes: tuple[str, ...]  # extended key usages as object identifiers; none: any
    thumbprint_sha1: str  # of the whole certificate, hex, lower case
    sha1_public_key: str  # of the key's bits, hex, lower case
    key_kind: str  # RSA, EC, or another's name
    key_bits: int  # 0: not known
    signature_hash: str  # sha256; "" if the algorithm has none of its own


def parsed(der: bytes) -> x509.Certificate:
    """Return the certificate of these bytes, every extension of it readable; else Rejected."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        # Most of it is read when it is asked for; here all of it is, so that nothing fails later.
        _ = (certificate.subject, certificate.issuer, certificate.extensions, certificate.version)
        _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    except UNREADABLE as error:
        raise Rejected("this is no X.509 certificate that can be read: export it anew") from error
    if certificate.serial_number < 0:  # revocation lists could not name it
        raise Rejected("the certificate has a negative serial number: issue it anew")
    return certificate


def from_text(text: str) -> bytes:
    """Return the DER of the one certificate in PEM, or in base64 of DER; else Rejected."""
    blocks = PEM.findall(text)
    if len(blocks) > 1:
        raise Rejected("there is more than one certificate: give them one by one")
    if not blocks and "-----BEGIN" in text:
        raise Rejected("this is PEM, but no certificate: leave keys where they are")
    try:
        der = base64.b64decode("".join((blocks or [text])[0].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("this is neither PEM nor base64 of a certificate") from error
    parsed(der)
    return der


def facts(der: bytes) -> CertificateFacts:
    """Return what the certificate says; Rejected if it is none."""
    return facts_of(parsed(der))


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Return what a certificate that was read says."""
    told = certificate.extensions
    kind, bits = keys.size(certificate)
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        windows_subject=windows_name.spelled(certificate.subject),
        windows_issuer=windows_name.spelled(certificate.issuer),
        serial_number=f"{certificate.serial_number:X}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_ca=extensions.is_authority(told),
        may_sign_certificates=extensions.may_sign_certificates(told),
        may_sign_crls=extensions.may_sign_crls(told),
        may_sign_in=extensions.may_sign_in(told),
        subject_key_id=extensions.subject_key_id(told),
        authority_key_id=extensions.authority_key_id(told),
        upns=extensions.upns(told),
        emails=extensions.emails(told),
        crl_urls=extensions.crl_urls(told),
        policies=extensions.policies(told),
        purposes=extensions.purposes(told),
        thumbprint_sha1=keys.thumbprint_sha1(certificate),
        sha1_public_key=keys.sha1_public_key(certificate),
        key_kind=kind,
        key_bits=bits,
        signature_hash=keys.signature_hash(certificate),
    )
