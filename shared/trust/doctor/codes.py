"""Codes that programs may rely on; `advice` says what each means and what to do."""

from enum import StrEnum


class Code(StrEnum):
    """
    Something that was found.

    Beside these there is `ca_...` for each fault of a chain and `crl_...` for each trouble
    with a revocation list.
    """

    NOT_PERMITTED = "not_permitted"
    NOT_ANSWERED = "not_answered"
    NOT_TOLD = "not_told"
    USER_NOT_GIVEN = "user_not_given"
    USER_UNKNOWN = "user_unknown"
    NOT_IN_USE = "not_in_use"
    USE_UNKNOWN = "use_unknown"

    MODERN_AUTHENTICATION_OFF = "modern_authentication_off"
    MODERN_AUTHENTICATION_UNKNOWN = "modern_authentication_unknown"
    PROMPT_UNSET = "prompt_unset"
    PROMPT_TRANSLATED = "prompt_translated"
    PROMPT_UNKNOWN = "prompt_unknown"
    FEDERATION_NOT_SHOWN = "federation_not_shown"
    ADFS_NOT_CHECKABLE = "adfs_not_checkable"

    NOTHING_TRUSTED = "nothing_trusted"
    AUTHORITY_EXPIRED = "authority_expired"
    AUTHORITY_NOT_YET_VALID = "authority_not_yet_valid"
    AUTHORITY_EXPIRING = "authority_expiring"
    CLASSIC_IN_USE = "classic_in_use"
    IN_BOTH_STORES = "in_both_stores"
    SAMPLE_WITHOUT_CHAIN = "sample_without_chain"

    CRL_ADDRESS_MISSING = "crl_address_missing"
    CRL_ADDRESS_WRONG = "crl_address_wrong"
    CRL_ADDRESS_HTTPS = "crl_address_https"
    DELTA_ADDRESS_ALONE = "delta_address_alone"
    CRL_OLDER_THAN_REVOCATION = "crl_older_than_revocation"
    SAMPLE_REVOKED = "sample_revoked"
    SAMPLE_REVOCATION_UNKNOWN = "sample_revocation_unknown"

    NO_BINDINGS = "no_bindings"
    PRIORITIES_CLASH = "priorities_clash"
    SAMPLE_NOT_MAPPED = "sample_not_mapped"
    SAMPLE_MAPPING_UNKNOWN = "sample_mapping_unknown"
    SAMPLE_WITHOUT_MAIL_ADDRESS = "sample_without_mail_address"
    METHOD_OFF = "method_off"
    NOBODY_MAY = "nobody_may"
    MEMBERSHIP_UNKNOWN = "membership_unknown"
    SETTINGS_UNKNOWN = "settings_unknown"
    RULE_ISSUER_UNKNOWN = "rule_issuer_unknown"
    RULE_POLICY_WRONG = "rule_policy_wrong"

    USER_IS_A_GUEST = "user_is_a_guest"
    PERMISSION_MISSING = "permission_missing"
    WRITES_OFF = "writes_off"
    REVOCATION_USELESS = "revocation_useless"
    ACCOUNT_DISABLED = "account_disabled"
    NO_CERTIFICATE_SIGN_IN = "no_certificate_sign_in"
    SIGN_IN_METHOD_UNKNOWN = "sign_in_method_unknown"
    SIGN_IN_REFUSED = "sign_in_refused"


# Nothing is wrong where these stand: more can be told if more is asked.
NOT_ASKED = frozenset({Code.USER_NOT_GIVEN})
