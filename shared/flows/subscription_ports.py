"""What it takes to be notified by Microsoft Graph, from the world and from an administrator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.credentials.subscription import Chore, Subscription
from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Trust
from shared.devices.subject import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One sender of ours that Microsoft Graph is to call."""

    sender: str
    tenant_id: str
    trust: Trust
    secret_name: str
    address: str  # the sender's webhook, on the app's public host, without a query


class Directory(Protocol):
    """One tenant's people and subscriptions."""

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all that this app has."""
        ...

    def subscribe(self, wanted: Subscription, secret: str) -> Subscription:
        """Subscribe; after a Retryable it may be done all the same."""
        ...

    def renew(self, subscription_id: str, expires_at: datetime) -> None:
        """Let one live until then; NotFound if it is gone."""
        ...

    def unsubscribe(self, subscription_id: str) -> None:
        """End one, unless it is gone already."""
        ...

    def disabled(self) -> Iterator[Person]:
        """Yield everybody whose account is disabled; a Failure in the midst: there are more."""
        ...


class Secrets(Protocol):
    """The senders' secrets."""

    def live(self, name: str, at_most: timedelta) -> Sequence[LiveSecret]:
        """Return the live versions, newest first, as they stood at most so long ago."""
        ...


class Chores(Protocol):
    """What is to be done for each sender, and when it was last brought up to date."""

    def want(self, sender: str, what: str) -> None:
        """Note what is to be done, from now on."""
        ...

    def of(self, sender: str) -> Sequence[Chore]:
        """Return all that is to be done."""
        ...

    def done(self, sender: str, chore: Chore) -> None:
        """Forget the chore, unless it has been wanted anew since."""
        ...

    def caught_up_at(self, sender: str) -> datetime | None:
        """Return up to when all was reported; None if it never was."""
        ...

    def caught_up(self, sender: str, at: datetime) -> None:
        """Note that all was reported, as it stood then or later."""
        ...
