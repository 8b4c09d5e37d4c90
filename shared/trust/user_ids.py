"""
The values by which a user's certificateUserIds name a certificate.

The forms are those of Microsoft's page on the attribute; how the values in them are spelled,
those that Microsoft's own cmdlet writes (Get-EntraUserCertificateUserIdsFromCertificate).
"""

from dataclasses import dataclass

from shared.trust.method import CertificateField
from shared.trust.x509 import CertificateFacts

REVERSED = (
    "the serial number stands there backwards, as in Active Directory's altSecurityIdentities: "
    "whether Entra ID reads it so is not documented; write it as the certificate shows it"
)
KEY_HASH = (
    "SHA-1 of the key stands there, where Microsoft's cmdlet writes the certificate's SHA-1 "
    "thumbprint: which one Entra ID compares is not documented; write both"
)
NOT_FIRST = (
    "only the first such name of a certificate is known to be compared: issue it with one name"
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """One value that names the certificate; `doubt` says why it may not count."""

    text: str
    doubt: str = ""


def spellings(facts: CertificateFacts, field: CertificateField) -> tuple[Spelling, ...]:
    """Return by what a field would be named; nothing if the certificate lacks the field."""
    issuer, subject = facts.windows_issuer, facts.windows_subject
    match field:
        case CertificateField.PRINCIPAL_NAME:
            found = _names("X509:<PN>", facts.upns)
        case CertificateField.RFC822_NAME:
            found = _names("X509:<RFC822>", facts.emails)
        case CertificateField.SUBJECT:
            found = _some("X509:<S>", subject)
        case CertificateField.ISSUER_AND_SUBJECT:
            found = _some(f"X509:<I>{issuer}<S>", subject)
        case CertificateField.SUBJECT_KEY_IDENTIFIER:
            found = _some("X509:<SKI>", facts.subject_key_id)
        case CertificateField.SHA1_PUBLIC_KEY:
            of_key = _some("X509:<SHA1-PUKEY>", facts.sha1_public_key, KEY_HASH)
            found = (*_some("X509:<SHA1-PUKEY>", facts.thumbprint_sha1), *of_key)
        case CertificateField.ISSUER_AND_SERIAL_NUMBER:
            found = _serial_numbers(f"X509:<I>{issuer}<SR>", facts.serial_number)
    return found


def comparable(value: str) -> str:
    """Return a value with its hex in lower case: Microsoft itself writes both."""
    head, mark, tail = value.rpartition(">")
    return head + mark + tail.lower() if head.endswith(("<SKI", "<SHA1-PUKEY", "<SR")) else value


def _names(prefix: str, names: tuple[str, ...]) -> tuple[Spelling, ...]:
    first, others = names[:1], names[1:]
    return (
        *(Spelling(prefix + name) for name in first),
        *(Spelling(prefix + name, NOT_FIRST) for name in others),
    )


def _some(prefix: str, value: str, doubt: str = "") -> tuple[Spelling, ...]:
    return (Spelling(prefix + value, doubt),) if value else ()


def _serial_numbers(prefix: str, serial_number: str) -> tuple[Spelling, ...]:
    plain = serial_number.lower()
    octets = bytes.fromhex(plain.zfill(len(plain) + len(plain) % 2))
    padded = b"\0" + octets  # how a number is encoded that begins with a one bit
    return (
        Spelling(prefix + octets.hex()),
        Spelling(prefix + padded.hex()),
        Spelling(prefix + octets[::-1].hex(), REVERSED),
        Spelling(prefix + padded[::-1].hex(), REVERSED),
    )
