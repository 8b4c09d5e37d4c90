"""What the daily watch follows: authorities and the places of their CRLs, and what it remembers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from shared.trust.crl_trouble import UNUSABLE, CrlTrouble

# What is in the way of fetching a list; the first two may pass by themselves.
PASSING = frozenset({CrlTrouble.UNREACHABLE, CrlTrouble.TOO_SLOW})
UNFETCHED = PASSING | {
    CrlTrouble.TOO_LARGE,
    CrlTrouble.REDIRECTS,
    CrlTrouble.NOT_PUBLIC,
    CrlTrouble.NOT_HTTP,
}


# Of these the next list is as bad as this one; by its time each is judged anew.
NEVER_RIGHT = UNUSABLE - UNFETCHED - {CrlTrouble.STALE, CrlTrouble.DELTA_STALE}


class CrlStage(StrEnum):
    """How bad it is with a CRL."""

    DUE = "due"  # most of its life is gone, and there is no newer one
    STALE = "stale"  # nobody can go by it: its time is over, or it is not what it should be
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedAuthority:
    """One authority, in however many stores it stands."""

    thumbprint: str  # SHA-256, hex, lower case
    name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAuthority:
    """What is remembered of an authority: one that comes back is counted anew."""

    authority: WatchedAuthority
    occurrence: int
    is_trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPlace:
    """Where an authority's CRL is; its two stores may name different places."""

    thumbprint: str
    name: str = field(compare=False)  # of the authority
    crl_url: str
    delta_crl_url: str

    @property
    def key(self) -> str:
        """Tell it apart from all others of a tenant."""
        urls = sha256(f"{self.crl_url}\n{self.delta_crl_url}".encode()).hexdigest()
        return f"{self.thumbprint}-{urls[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlWord:
    """One thing to tell of a CRL."""

    stage: CrlStage
    code: CrlTrouble
    says: str
    next_update: datetime | None

    @property
    def key(self) -> str:
        """The same for all that need not be told again while the trouble lasts."""
        if self.stage is CrlStage.UNREACHABLE:
            return self.stage
        if self.code in NEVER_RIGHT:
            return f"{self.stage}|{self.code}"
        until = self.next_update.isoformat() if self.next_update else ""
        return f"{self.stage}|{self.code}|{until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCrl:
    """What is remembered of a place; a trouble lasts from its first word until all is well."""

    place: CrlPlace
    occurrence: int = 0  # of troubles, so far
    is_open: bool = False
    told: tuple[str, ...] = ()  # the keys of what was told of this trouble
    number: int | None = None  # the highest that was seen
    next_update: datetime | None = None  # of the list that was last seen
    failing_since: datetime | None = None  # that it could not be fetched
    looked_at: datetime | None = None
    etag: str = ""
