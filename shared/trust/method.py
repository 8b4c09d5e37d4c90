"""Sign-in by certificate as a tenant has set it: for whom, how strong, and who a certificate is."""

from enum import StrEnum

import msgspec


class CertificateField(StrEnum):
    """What of a certificate says whose it is."""

    PRINCIPAL_NAME = "PrincipalName"
    RFC822_NAME = "RFC822Name"
    SUBJECT_KEY_IDENTIFIER = "SubjectKeyIdentifier"
    SHA1_PUBLIC_KEY = "SHA1PublicKey"
    ISSUER_AND_SUBJECT = "IssuerAndSubject"
    SUBJECT = "Subject"
    ISSUER_AND_SERIAL_NUMBER = "IssuerAndSerialNumber"


class UserProperty(StrEnum):
    """What of a user it has to be equal to."""

    UPN = "userPrincipalName"
    ON_PREMISES_UPN = "onPremisesUserPrincipalName"
    CERTIFICATE_USER_IDS = "certificateUserIds"


class Mode(StrEnum):
    """What a sign-in by certificate counts as."""

    SINGLE_FACTOR = "x509CertificateSingleFactor"
    MULTI_FACTOR = "x509CertificateMultiFactor"


class RuleKind(StrEnum):
    """By what a rule tells certificates apart."""

    ISSUER = "issuerSubject"
    POLICY = "policyOID"
    ISSUER_AND_POLICY = "issuerSubjectAndPolicyOID"


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Tried in the order of priorities, the lowest number first."""

    certificate_field: CertificateField
    user_property: UserProperty
    priority: int


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What certificates of one issuer or policy count as, in place of the default."""

    kind: RuleKind
    identifier: str  # of issuer and policy: both, with a semicolon between them
    mode: Mode


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group, or everybody, that a setting is about."""

    id: str  # of the group; "all_users" is everybody


class CertificateMethod(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The method's settings, as far as we read and write them."""

    is_enabled: bool
    bindings: tuple[Binding, ...] = ()
    default_mode: Mode = Mode.SINGLE_FACTOR
    rules: tuple[Rule, ...] = ()
    include: tuple[Target, ...] = ()
    exclude: tuple[Target, ...] = ()
    requires_crl: bool | None = None  # None: Entra ID does not say
    # What the tenant has set and we have no word for; a change leaves it as it is.
    unknown: tuple[str, ...] = ()
