"""The operations on subscriptions; an app finds its own and nobody else's."""

import uuid
from dataclasses import replace

import httpx

from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.refusals import RefusedError
from infra.local.simulators.graph.subscriptions import wishes
from infra.local.simulators.graph.subscriptions.handshake import Handshake
from infra.local.simulators.graph.subscriptions.model import NAMES, Subscription
from infra.local.simulators.graph.subscriptions.outbound import Outbound
from infra.local.simulators.graph.subscriptions.register import Register
from infra.local.simulators.graph.subscriptions.wishes import Wish, invalid
from infra.local.simulators.graph.user_directory import UserDirectory

_KIND, _PATH = "subscription", "subscriptions"


class Subscriptions:
    """Handlers, one for each operation."""

    def __init__(
        self,
        register: Register,
        users: UserDirectory,
        handshake: Handshake,
        outbound: Outbound | None,
    ) -> None:
        self._register, self._users = register, users
        self._handshake, self._outbound = handshake, outbound

    def create(self, call: Call) -> httpx.Response:
        """Subscribe, once every endpoint has shown that it wants to hear."""
        wish = wishes.read(call.body(), call.now)
        self._check(call, wish)
        for url in wish.endpoints:
            self._handshake.check(url)
        made = _subscription(call, wish)
        self._register.keep(made)
        return call.one(_PATH, made.shape, kind=_KIND, status=201)

    def list(self, call: Call) -> httpx.Response:
        """Return the caller's subscriptions."""
        own = [known.shape for known in self._register.alive() if known.is_of(call.caller)]
        return call.many(_PATH, own, kind=_KIND, names=NAMES)

    def get(self, call: Call) -> httpx.Response:
        """Return one subscription."""
        return call.one(_PATH, self._own(call).shape, kind=_KIND)

    def renew(self, call: Call) -> httpx.Response:
        """Let a subscription last longer, or less long; that reauthorizes it as well."""
        known, body = self._own(call), call.body()
        if set(body) != {"expirationDateTime"} or not isinstance(body["expirationDateTime"], str):
            raise wishes.malformed()
        expires = wishes.expiration(body, call.now)
        renewed = replace(known, expires=expires, reauthorize_by=None)
        self._register.keep(renewed)
        return call.one(_PATH, renewed.shape, kind=_KIND)

    def reauthorize(self, call: Call) -> httpx.Response:
        """Let a subscription go on without lasting longer."""
        self._register.keep(replace(self._own(call), reauthorize_by=None))
        return nothing()

    def delete(self, call: Call) -> httpx.Response:
        """End a subscription."""
        self._register.remove(self._own(call).subscription_id)
        return nothing()

    def _check(self, call: Call, wish: Wish) -> None:
        """Raise `RefusedError` for what is well formed and still cannot be had."""
        for url in wish.endpoints:
            if self._outbound and not self._outbound.accepts(url):
                raise invalid("Notification URLs must be absolute and use HTTPS.")
        if wish.sealing and not (self._outbound and self._outbound.data_of_users):
            raise invalid("Azure Active Directory workload is not enabled for rich notifications.")
        if wish.user_id and self._users.named(call.tenant.tenant_id, wish.user_id) is None:
            raise _missing()

    def _own(self, call: Call) -> Subscription:
        for known in self._register.alive():
            if known.subscription_id == call.said["id"].lower() and known.is_of(call.caller):
                return known
        raise _missing()


def _subscription(call: Call, wish: Wish) -> Subscription:
    return Subscription(
        subscription_id=str(uuid.uuid4()),
        tenant_id=call.tenant.tenant_id,
        application_id=call.caller.client_id,
        creator_id=call.caller.object_id,
        resource=wish.body["resource"],
        user_id=wish.user_id,
        change_type=wish.body["changeType"],
        changes=wish.changes,
        notification_url=wish.body["notificationUrl"],
        lifecycle_url=wish.body.get("lifecycleNotificationUrl") or "",
        client_state=wish.body.get("clientState"),
        expires=wish.expires,
        tls=wish.tls,
        sealing=wish.sealing,
        token_app_id=wish.token_app_id,
    )


def _missing() -> RefusedError:
    return RefusedError(404, "ResourceNotFound", "The object was not found.")
