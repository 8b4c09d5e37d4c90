"""A subscription by which Microsoft Graph notifies us, and what has to be done about it."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription, as it is or as it should be."""

    address: str  # whom Graph notifies of changes
    lifecycle_address: str  # and of what happens to the subscription
    resource: str
    change_types: frozenset[str]
    expires_at: datetime
    with_content: bool = False
    subscription_id: str = ""  # empty: Graph does not have it yet

    def serves_as(self, wanted: "Subscription") -> bool:
        """Whether it is what is wanted, but for its end."""
        known = replace(self, subscription_id=wanted.subscription_id, expires_at=wanted.expires_at)
        return known == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to be done for a sender."""

    what: str  # the lifecycle event that asks for it, or our own word
    wanted_at: datetime
    etag: str = ""
