"""What a validation can find, each under its own code."""

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Misconfigured


class Grade(StrEnum):
    """
    How a check came out; what cannot be checked is unknown, never healthy.

    A warning is about something that works and should be changed all the same.
    """

    PASS = "pass"  # noqa: S105 - a grade
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Finding(StrEnum):
    """A code that programs may rely on; what it means and what to do stands in `advice`."""

    NOT_TRIED = "not_tried"
    PIN_UNREADABLE = "pin_unreadable"

    VAULT_UNREACHABLE = "vault_unreachable"
    VAULT_DENIED = "vault_denied"
    VAULT_REFUSES = "vault_refuses"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_PENDING = "certificate_pending"
    CERTIFICATE_DISABLED = "certificate_disabled"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    KEY_UNREADABLE = "key_unreadable"
    KEY_NOT_RSA = "key_not_rsa"
    KEY_TOO_SMALL = "key_too_small"
    KEY_MAY_NOT_SIGN = "key_may_not_sign"
    KEY_EXPORTABLE = "key_exportable"
    KEY_EXPORTABILITY_UNKNOWN = "key_exportability_unknown"
    SIGNING_DENIED = "signing_denied"
    KEY_MISMATCH = "key_mismatch"

    GRAPH_NOT_ASKED = "graph_not_asked"
    GRAPH_UNREACHABLE = "graph_unreachable"
    GRAPH_REFUSES = "graph_refuses"
    REGISTRATION_UNREADABLE = "registration_unreadable"
    REGISTRATION_ELSEWHERE = "registration_elsewhere"
    NOTHING_REGISTERED = "nothing_registered"
    NOT_REGISTERED = "not_registered"
    REGISTERED_EXPIRED = "registered_expired"
    REGISTERED_NOT_YET_VALID = "registered_not_yet_valid"

    ENTRA_UNREACHABLE = "entra_unreachable"
    ENTRA_REFUSES = "entra_refuses"
    TENANT_UNKNOWN = "tenant_unknown"
    CLOUD_WRONG = "cloud_wrong"
    APP_UNKNOWN = "app_unknown"
    APP_DISABLED = "app_disabled"
    CERTIFICATE_UNKNOWN_TO_ENTRA = "certificate_unknown_to_entra"
    SIGNATURE_REFUSED = "signature_refused"
    CERTIFICATE_OUTSIDE_DATES = "certificate_outside_dates"
    CERTIFICATE_REVOKED = "certificate_revoked"
    SUBJECT_NOT_TRUSTED = "subject_not_trusted"
    CLOCK_WRONG = "clock_wrong"
    ASSERTION_MALFORMED = "assertion_malformed"
    PUBLIC_CLIENT = "public_client"
    CREDENTIAL_NOT_SENT = "credential_not_sent"
    SECRET_INSTEAD = "secret_instead"  # noqa: S105 - a code
    EXCHANGE_NOT_IN_TENANT = "exchange_not_in_tenant"
    TOKEN_SCOPE_WRONG = "token_scope_wrong"  # noqa: S105 - a code
    CONSENT_MISSING = "consent_missing"
    CONDITIONAL_ACCESS = "conditional_access"
    FEDERATION_MISMATCH = "federation_mismatch"
    TOKEN_NO_ROLE = "token_no_role"  # noqa: S105 - a code
    TOKEN_LOOKALIKE_ROLE = "token_lookalike_role"  # noqa: S105 - a code

    EXCHANGE_UNREACHABLE = "exchange_unreachable"
    EXCHANGE_REFUSES = "exchange_refuses"
    EXCHANGE_REFUSES_TOKEN = "exchange_refuses_token"  # noqa: S105 - a code
    EXCHANGE_NO_ROLE = "exchange_no_role"
    CMDLETS_UNREADABLE = "cmdlets_unreadable"
    CMDLET_GONE = "cmdlet_gone"
    ROLE_TOO_NARROW = "role_too_narrow"
    ROLE_GLOBAL_ADMINISTRATOR = "role_global_administrator"
    ROLE_TOO_BROAD = "role_too_broad"
    ROLE_WIDENS_ITSELF = "role_widens_itself"
    WRITES_OFF = "writes_off"
    SCOPE_LIMITED = "scope_limited"
    SCOPE_EMPTY = "scope_empty"
    SCOPE_UNKNOWN = "scope_unknown"
    ACCESS_POLICY_NO_LIMIT = "access_policy_no_limit"
    ACCESS_POLICIES_UNREADABLE = "access_policies_unreadable"


@dataclass(frozen=True, slots=True)
class Advice:
    """What a finding is, for whoever has to mend it."""

    grade: Grade
    meaning: str
    remedy: str  # one sentence


class Found(Misconfigured):
    """A failure of which it is known what a validation calls it."""

    def __init__(self, finding: Finding, message: str) -> None:
        super().__init__(message)
        self.finding = finding
