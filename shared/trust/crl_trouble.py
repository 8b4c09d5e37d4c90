"""What can be wrong with a certificate revocation list."""

from enum import StrEnum
from typing import NamedTuple

from shared.errors import Failure


class CrlTrouble(StrEnum):
    """One thing that is wrong; `UNUSABLE` tells those that shut users out from mere advice."""

    NOT_CONFIGURED = "not_configured"  # nothing that this authority signed is ever revoked
    # Fetching it.
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"  # longer than Entra ID waits
    TOO_LARGE = "too_large"  # more than Entra ID takes at all
    LARGE = "large"  # more than it takes while a person waits: that one is refused, once
    REDIRECTS = "redirects"
    NOT_PUBLIC = "not_public"
    NOT_HTTP = "not_http"
    OVER_HTTPS = "over_https"
    # Reading it.
    UNREADABLE = "unreadable"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_KEY_ID = "wrong_key_id"
    MAY_NOT_SIGN = "may_not_sign"  # the authority's own certificate does not let it sign CRLs
    UNKNOWN_CRITICAL = "unknown_critical"  # says something that must be understood, and is not
    PARTIAL = "partial"  # who is not on it may still be revoked
    OTHER_POINT = "other_point"  # it says that it is the list of another address
    # Its time.
    NOT_YET_VALID = "not_yet_valid"
    STALE = "stale"
    NO_NEXT_UPDATE = "no_next_update"
    DUE = "due"  # most of its life is gone, and there is no newer one
    # Its place among others.
    NO_NUMBER = "no_number"
    NO_KEY_ID = "no_key_id"
    NUMBER_WENT_BACK = "number_went_back"
    BASE_IS_DELTA = "base_is_delta"
    DELTA_IS_BASE = "delta_is_base"
    DELTA_SAME_ADDRESS = "delta_same_address"
    DELTA_WITHOUT_BASE = "delta_without_base"
    DELTA_OF_NEWER_BASE = "delta_of_newer_base"
    DELTA_OLDER_THAN_BASE = "delta_older_than_base"
    DELTA_STALE = "delta_stale"


ADVICE = frozenset(
    {
        CrlTrouble.LARGE,
        CrlTrouble.OVER_HTTPS,
        CrlTrouble.NO_NEXT_UPDATE,
        CrlTrouble.DUE,
        CrlTrouble.NO_NUMBER,
        CrlTrouble.NO_KEY_ID,
        CrlTrouble.OTHER_POINT,
        CrlTrouble.DELTA_OLDER_THAN_BASE,
    }
)
UNUSABLE = frozenset(CrlTrouble) - ADVICE
# Whoever answers at the address may have written it himself.
FORGED = frozenset({CrlTrouble.WRONG_ISSUER, CrlTrouble.WRONG_SIGNATURE})


class Found(NamedTuple):
    """One thing that is wrong, in short words with the next step."""

    trouble: CrlTrouble
    says: str


class Unfetched(Failure):
    """The list could not be fetched; `trouble` says what is in the way."""

    def __init__(self, trouble: CrlTrouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble
