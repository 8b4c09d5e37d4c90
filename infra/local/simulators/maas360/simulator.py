"""MaaS360: one customer's devices, the web services on them, and what tests say goes wrong."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from infra.local.simulators.maas360 import wire
from infra.local.simulators.maas360.account import Account
from infra.local.simulators.maas360.actions import Actions, ActionStatus
from infra.local.simulators.maas360.call import Call
from infra.local.simulators.maas360.devices import Devices, Fact
from infra.local.simulators.maas360.faults import ConnectionDropped, Fault, Faults
from infra.local.simulators.maas360.journal import LOST, Answered
from infra.local.simulators.maas360.refusals import RefusedError, invalid_token
from infra.local.simulators.maas360.routes import Needs, Route, routes
from infra.local.simulators.maas360.sign_in import SignIn
from infra.local.simulators.maas360.tokens import Tokens


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


class MaaS360:
    """
    The web services of one customer, with a directory that tests fill and change.

    Facts about a device go by their names on the wire (`lastReported=`, `mailboxDeviceId=`);
    dates may be given as `datetime`, and then stand in both forms. `calls` is what was asked.
    """

    def __init__(
        self,
        account: Account,
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.calls: list[Answered] = []
        self.faults = Faults()
        self._clock, self._sleep = clock, sleep
        self._devices, self._actions, self._tokens = Devices(), Actions(), Tokens()
        self._sign_in = SignIn(account, self._tokens)
        self._routes = routes(self._sign_in, self._devices, self._actions)
        self._lock = threading.RLock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request and add it to `calls`."""
        name = self.name(request)
        self._sleep(self.faults.seconds(name))
        fault = self.faults.take(name)
        try:
            with self._lock:
                response = fault(lambda: self._answer(request)) if fault else self._answer(request)
        except ConnectionDropped:
            self._note(name, request, LOST)
            raise
        self._note(name, request, response.status_code)
        return response

    def name(self, request: httpx.Request) -> str:
        """Return what `calls` and faults would call this request."""
        for route in self._routes:
            if route.method == request.method and route.match(request.url.path):
                return route.name
        return ""

    def count(self, name: str) -> int:
        """Count the calls of a name so far, whatever came of them."""
        return sum(call.name == name for call in tuple(self.calls))

    def inject(self, fault: Fault, *, on: str = "", times: int = 1, after: int = 0) -> None:
        """Let *times* calls named *on* (or any) meet the fault, once *after* were spared."""
        self.faults.plan(fault, on=on, times=times, after=after)

    def add_device(self, **facts: Fact) -> str:
        """Enrol a device and return its maas360DeviceID; what is not said is made up."""
        with self._lock:
            return self._devices.add(facts, self._clock())

    def change(self, device_id: str, **facts: Fact) -> None:
        """Change facts about a device; only `lastReported=` makes it report."""
        with self._lock:
            self._devices.change(device_id, facts)

    def remove(self, device_id: str) -> None:
        """Forget a device."""
        with self._lock:
            self._devices.remove(device_id)

    def device(self, device_id: str) -> dict[str, str]:
        """Return everything known of a device now."""
        with self._lock:
            return dict(self._devices.find(device_id) or {})

    def record_action(
        self,
        device_id: str,
        kind: str,
        *,
        by: str = "admin",
        at: datetime | None = None,
        status: ActionStatus = ActionStatus.PENDING,
        **details: str,
    ) -> str:
        """Note an action in the history, at *at* or now, and return its actionID."""
        at = at or self._clock()
        details = {"deviceName": self.device(device_id).get("deviceName", ""), **details}
        with self._lock:
            return self._actions.record(
                device_id, kind, by=by, at=at, status=status, details=details
            )

    def settle_action(self, action_id: str, status: ActionStatus) -> None:
        """Let an action come to *status*."""
        with self._lock:
            self._actions.settle(action_id, status)

    def record_compliance_event(
        self, device_id: str, *, at: datetime | None = None, **details: str
    ) -> None:
        """Note what a compliance rule did, at *at* or now."""
        with self._lock:
            self._actions.note_event(device_id, details, at or self._clock())

    def revoke_tokens(self) -> None:
        """Make every token that is out worthless."""
        with self._lock:
            self._tokens.revoke()

    def lock_account(self) -> None:
        """Refuse further sign-ins; tokens that are out stay good (a guess)."""
        with self._lock:
            self._sign_in.is_locked = True

    def unlock_account(self) -> None:
        """Let the account sign in again."""
        with self._lock:
            self._sign_in.unlock()

    def change_password(self, password: str) -> None:
        """Give the account another password; tokens that are out stay good (a guess)."""
        with self._lock:
            self._sign_in.account = replace(self._sign_in.account, password=password)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme != "https":
            return wire.page(403, "This service is reached over TLS only")
        matching = [route for route in self._routes if route.match(request.url.path)]
        for route in matching:
            if route.method == request.method:
                return self._carry_out(request, route)
        return wire.page(405, "Method Not Allowed") if matching else wire.page(404, "Not Found")

    def _carry_out(self, request: httpx.Request, route: Route) -> httpx.Response:
        match = route.match(request.url.path)
        billing_id = match["billing_id"] if match else ""
        try:
            if route.needs is Needs.TOKEN:
                self._admit(request, billing_id)
            call = Call(request=request, billing_id=billing_id, now=self._clock())
            return wire.answer(request, route.root, route.handler(call))
        except RefusedError as refused:
            error = {"errorCode": str(refused.code), "errorDesc": str(refused)}
            return wire.answer(request, route.root, error, refused.status)

    def _admit(self, request: httpx.Request, billing_id: str) -> None:
        """Raise `RefusedError` without a good token; at another customer's address none is."""
        if billing_id != self._sign_in.account.billing_id:
            raise invalid_token()
        self._tokens.admit(request.headers.get("Authorization", ""), self._clock())

    def _note(self, name: str, request: httpx.Request, status: int) -> None:
        asked = Answered(
            name=name,
            method=request.method,
            path=request.url.path,
            query=dict(request.url.params),
            status=status,
        )
        self.calls.append(asked)
