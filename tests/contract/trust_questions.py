"""
Questions about certificates and revocation lists, with the files that they are about.

`plainly` is what the standard says; what the app says is for a test to compare.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tests.contract.trust_certificates import NOON


class Plainly(StrEnum):
    """What RFC 5280 says of a case, where it leaves no choice."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"  # left to local policy, or handled in more than one way


@dataclass(frozen=True, kw_only=True)
class ChainCase:
    """
    Whether the leaf verifies up to one of the roots, at that moment.

    All files in DER. With `for_client`, the leaf is to be good for TLS client authentication.
    """

    name: str
    plainly: Plainly
    leaf: bytes
    untrusted: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    at: datetime = NOON
    for_client: bool = False


@dataclass(frozen=True, kw_only=True)
class CrlCase:
    """
    Whether the list is signed by this authority, and the moment within its dates.

    `leaf` is a certificate of the authority that no list names: whether that may be relied on
    is the stricter question, in which the list's extensions have a say.
    """

    name: str
    plainly: Plainly  # about both questions; open if they differ
    authority: bytes  # DER; it vouches for itself
    crl: bytes  # as downloaded
    leaf: bytes
    at: datetime = NOON


@dataclass(frozen=True, kw_only=True)
class ListingCase:
    """Whether the list, and the delta to it if there is one, revoke the leaf's serial number."""

    name: str
    plainly: Plainly  # good: it is listed
    authority: bytes
    crl: bytes
    leaf: bytes
    serial: int
    delta: bytes | None = None
    at: datetime = NOON
