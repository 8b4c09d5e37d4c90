"""One tenant's people and subscriptions, with the tenant's own token."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.credentials.subscription import Subscription
from shared.devices.subject import Person
from shared.directory.people import People
from shared.directory.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDirectory:
    """Microsoft Graph, asked with the token that *token* has at the time."""

    people: People
    listed: Subscriptions
    token: Callable[[], str]

    def person(self, directory_id: str) -> Person | None:
        """Return who has this id; None if nobody does any more."""
        return self.people.find(directory_id, self.token())

    def disabled(self) -> Iterator[Person]:
        """Yield everybody whose account is disabled; a Failure in the midst: there are more."""
        return self.people.disabled(self.token())

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return all that this app has."""
        return self.listed.list(self.token())

    def subscribe(self, wanted: Subscription, secret: str) -> Subscription:
        """Subscribe; after a Retryable it may be done all the same."""
        return self.listed.create(self.token(), wanted, secret)

    def renew(self, subscription_id: str, expires_at: datetime) -> None:
        """Let it live until then; NotFound if it is gone."""
        self.listed.renew(self.token(), subscription_id, expires_at)

    def unsubscribe(self, subscription_id: str) -> None:
        """End it, unless it is gone already."""
        self.listed.remove(self.token(), subscription_id)
