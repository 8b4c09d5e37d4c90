"""What every simulated sender has: a name, its events, and a way to compose each of them."""

import secrets as randomness
from collections.abc import Callable, Collection
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A secret as each end holds it; the same text twice where the scheme is symmetric."""

    signs: str  # what the sender signs with: compose's secret
    checks: str  # what an administrator pastes into the receiver's vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """
    A vendor's webhook sender.

    compose(event: str, phone: Phone, *, url: str, secret: str, at: datetime) returns the request
    and raises ValueError for an event that is not in events; a vendor may take more keywords.
    """

    name: str
    events: tuple[str, ...]  # the vendor's own names, most useful first
    compose: Callable[..., httpx.Request]
    new_secret: Callable[[], Keys]


def new_shared_secret() -> Keys:
    """Return fresh text of 43 characters that both ends hold, safe in a URL and a header."""
    return _shared(randomness.token_urlsafe(32))


def new_basic_pair() -> Keys:
    """Return a fresh "user:password", as both ends hold it."""
    return _shared(f"mdm:{randomness.token_urlsafe(32)}")


def check_event(event: str, events: Collection[str]) -> None:
    """Raise ValueError where the vendor has no event of that name."""
    if event not in events:
        raise ValueError(f"no event {event!r}; there are: {', '.join(events)}")


def _shared(text: str) -> Keys:
    return Keys(signs=text, checks=text)
