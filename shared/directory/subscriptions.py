"""Our subscriptions in Microsoft Graph. It lists those of this app alone."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

import httpx
import msgspec

from shared.credentials.subscription import Subscription
from shared.directory import listing, refusals
from shared.directory.graph import Graph
from shared.errors import Failure, NotFound, Rejected, Retryable

TO_SUBSCRIBE = (
    "grant the app the application permission User.Read.All, with admin consent, so that it is "
    "notified of changes"
)
TLS = "v1_2"  # the oldest that the platform speaks


class _Subscription(msgspec.Struct, rename="camel"):
    """
    A subscription as Graph shows it: without its clientState.

    Texts that it leaves out or empty mean the same.
    """

    id: str
    resource: str
    change_type: str
    expiration_date_time: Annotated[datetime, msgspec.Meta(tz=True)]
    notification_url: str | None = None
    lifecycle_notification_url: str | None = None
    include_resource_data: bool | None = None

    def read(self) -> Subscription:
        """Return it in our words; Graph gives back names in a case of its own."""
        kinds = self.change_type.lower().split(",")
        return Subscription(
            subscription_id=self.id,
            address=self.notification_url or "",
            lifecycle_address=self.lifecycle_notification_url or "",
            resource=self.resource.strip("/").lower(),
            change_types=frozenset(kind.strip() for kind in kinds),
            expires_at=self.expiration_date_time,
            with_content=bool(self.include_resource_data),
        )


class Subscriptions:
    """
    Subscriptions without content, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read: what was
    asked may then be done all the same. NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def list(self, token: str) -> tuple[Subscription, ...]:
        """Return all of the app's."""
        found = listing.each(
            self._graph, "subscriptions", token, shape=_Subscription, needs=TO_SUBSCRIBE
        )
        return tuple(each.read() for each in found)

    def create(self, token: str, wanted: Subscription, client_state: str) -> Subscription:
        """
        Subscribe; Graph calls the address before it answers.

        Rejected if it does not take what it was given, or what it heard at the address.
        """
        body = {
            "changeType": ",".join(sorted(wanted.change_types)),
            "notificationUrl": wanted.address,
            "lifecycleNotificationUrl": wanted.lifecycle_address,
            "resource": wanted.resource,
            "expirationDateTime": _written(wanted.expires_at),
            "clientState": client_state,
            "latestSupportedTlsVersion": TLS,
        }
        answer = self._graph.post("subscriptions", token, body)
        if not answer.is_success:
            raise _refused(refusals.read(answer))
        try:
            return msgspec.json.decode(answer.content, type=_Subscription).read()
        except listing.UNREADABLE as error:
            raise Retryable("Microsoft Graph does not say what it has subscribed") from error

    def renew(self, token: str, subscription_id: str, expires_at: datetime) -> None:
        """Let it live until then, and prove anew that we may have it; NotFound if it is gone."""
        body = {"expirationDateTime": _written(expires_at)}
        answer = self._graph.patch(_path(subscription_id), token, body)
        if not answer.is_success:
            raise _failure(refusals.read(answer))

    def remove(self, token: str, subscription_id: str) -> None:
        """End it, unless it is gone already."""
        answer = self._graph.delete(_path(subscription_id), token)
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            raise _failure(refusals.read(answer))


def _refused(refusal: refusals.Refusal) -> Failure:
    if refusal.status == httpx.codes.BAD_REQUEST:
        return Rejected(
            "Microsoft Graph does not subscribe us: it calls the app's public address first, and "
            f"that must be reached from the internet and answer in time ({refusal.trace})"
        )
    return _failure(refusal)


def _failure(refusal: refusals.Refusal) -> Failure:
    if refusal.status == httpx.codes.NOT_FOUND:
        return NotFound(f"Microsoft Graph knows no such subscription ({refusal.trace})")
    return refusals.failure(refusal, needs=TO_SUBSCRIBE)


def _path(subscription_id: str) -> str:
    return f"subscriptions/{quote(subscription_id, safe='')}"


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
