"""
By the clock: Microsoft Graph notifies us of each tenant's users, and what it did not tell is read.

Each sender has one live subscription. Graph does not show with which secret it was made, so
the address says so: `?version=` and the version of the secret in the vault.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import quote

from shared.credentials.subscription import Chore, Subscription
from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Posture
from shared.devices.subject import About, Person, Report, Subject
from shared.errors import Failure, Misconfigured, NotFound
from shared.flows.ports import Clock
from shared.flows.recognition_ports import SenderQueue
from shared.flows.subscription_ports import Chores, Directory, Listener, Secrets

LIFE = timedelta(days=28)  # Graph gives the changes of users less than 29
# Graph tells of what it could not deliver for few resources, and users are none of them.
CATCHES_UP_AFTER = timedelta(days=7)
TOGETHER = 100  # reports that are put on the queue at once
SECRET_CHARACTERS = range(16, 129)  # what can be guessed is too short; Graph takes 128

RENEW = "reauthorizationRequired"  # Graph's word, as are two of the next
SUBSCRIBED, OVERDUE = "subscribed", "overdue"
CATCH_UP = frozenset({"missed", "subscriptionRemoved", SUBSCRIBED, OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSubscriptions:
    """The watch over the subscriptions of all tenants."""

    directory: Callable[[str], Directory]  # by tenant id
    secrets: Secrets
    chores: Chores
    queue: SenderQueue
    clock: Clock

    def look(self, listeners: Iterable[Listener]) -> list[Failure]:
        """Put each sender's subscription in order, and catch up; return what could not be done."""
        failures: list[Failure] = []
        for listener in listeners:
            try:
                self._tend(listener, self.directory(listener.tenant_id))
            except Failure as failure:
                failures.append(failure)
        return failures

    def _tend(self, listener: Listener, directory: Directory) -> None:
        self._keep_one(listener, directory)
        self._catch_up(listener, directory)

    def _keep_one(self, listener: Listener, directory: Directory) -> None:
        """Leave the sender with one subscription, and that one right."""
        wanted, secret = self._wanted(listener)
        demands = self._open(listener, frozenset({RENEW}))
        ours = [each for each in directory.subscriptions() if _is_of(listener, each)]
        kept = self._right_one(ours, wanted)
        if kept and (demands or kept.expires_at - self.clock() < LIFE / 2):
            kept = _renewed(kept, wanted, directory)
        if kept is None:
            kept = self._subscribed(listener, wanted, secret, directory)
        # Only now: until the new one was there, the old one notified us.
        for other in ours:
            if other.subscription_id != kept.subscription_id:
                directory.unsubscribe(other.subscription_id)
        self._forget(listener, demands)

    def _wanted(self, listener: Listener) -> tuple[Subscription, str]:
        """Return the subscription that should be there, and the secret it is made with."""
        newest = self.secrets.live(listener.secret_name, timedelta())[0]
        address = f"{listener.address}?version={quote(newest.version, safe='')}"
        wanted = Subscription(
            address=address,
            lifecycle_address=address,
            resource="users",
            change_types=frozenset({"updated"}),
            expires_at=self.clock() + LIFE,
        )
        return wanted, _client_state(newest)

    def _right_one(self, ours: Sequence[Subscription], wanted: Subscription) -> Subscription | None:
        """Return the one that may stay; all who look at two of a kind prefer the same."""
        now = self.clock()
        right = [each for each in ours if each.serves_as(wanted) and each.expires_at > now]
        return max(right, key=lambda each: (each.expires_at, each.subscription_id), default=None)

    def _subscribed(
        self, listener: Listener, wanted: Subscription, secret: str, directory: Directory
    ) -> Subscription:
        """
        Subscribe.

        What happened while there was none is to be caught up with. So is what happened while
        there are two: a call that has notifications of both holds two secrets, and proves
        nothing. It is noted first, as a death after subscribing would leave no trace of it.
        """
        self.chores.want(listener.sender, SUBSCRIBED)
        return directory.subscribe(wanted, secret)

    def _catch_up(self, listener: Listener, directory: Directory) -> None:
        """Report everybody who is disabled, if anything asks for it."""
        if not self._open(listener, CATCH_UP) and self._is_overdue(listener):
            self.chores.want(listener.sender, OVERDUE)
        chores = self._open(listener, CATCH_UP)
        if not chores:
            return
        # Kept over a death: whoever goes on makes the same reports under the same ids.
        as_of = max(chore.wanted_at for chore in chores)
        reports = (_report(listener, person, as_of) for person in directory.disabled())
        while batch := tuple(islice(reports, TOGETHER)):
            self.queue.put_words(batch)
        self.chores.caught_up(listener.sender, as_of)
        self._forget(listener, chores)

    def _is_overdue(self, listener: Listener) -> bool:
        last = self.chores.caught_up_at(listener.sender)
        return last is None or self.clock() - last >= CATCHES_UP_AFTER

    def _open(self, listener: Listener, kinds: frozenset[str]) -> list[Chore]:
        return [each for each in self.chores.of(listener.sender) if each.what in kinds]

    def _forget(self, listener: Listener, chores: Iterable[Chore]) -> None:
        for chore in chores:
            self.chores.done(listener.sender, chore)


def _renewed(kept: Subscription, wanted: Subscription, directory: Directory) -> Subscription | None:
    """Let it live as long as a new one; None if it has gone since it was listed."""
    try:
        directory.renew(kept.subscription_id, wanted.expires_at)
    except NotFound:
        return None
    return kept


def _is_of(listener: Listener, subscription: Subscription) -> bool:
    # Should Graph ever spell it differently: one that we no longer know would be made anew.
    return subscription.address.partition("?")[0].lower() == listener.address.lower()


def _client_state(secret: LiveSecret) -> str:
    """Return what Graph is to send along, as the webhook compares it."""
    text = secret.value.strip(" \t\r\n")
    if len(text) not in SECRET_CHARACTERS:
        raise Misconfigured(
            f"the secret {secret.name} in the vault must have {SECRET_CHARACTERS.start} to "
            f"{SECRET_CHARACTERS.stop - 1} characters for Microsoft Graph: store another one"
        )
    return text


def _report(listener: Listener, person: Person, as_of: datetime) -> Report:
    """Return the report that all of a person's devices are to be retired."""
    said = (as_of.isoformat(), person.directory_id, person.upn, person.mail)
    return Report(
        report_id=str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join((listener.sender, *said)))),
        tenant_id=listener.tenant_id,
        sender=listener.sender,
        trust=listener.trust,
        posture=Posture.RETIRED,
        subject=Subject(upn=person.upn, mail=person.mail, directory_id=person.directory_id),
        occurred_at=as_of,
        about=About.OWNER,
        verified_by="microsoft graph",  # read there, not heard
    )
