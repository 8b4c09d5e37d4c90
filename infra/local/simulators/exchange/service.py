"""The admin API itself: what is routed where, what goes wrong, and the log of it all."""

import base64
import binascii
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from threading import RLock
from uuid import UUID

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.admission import Caller, admit
from infra.local.simulators.exchange.answers import ErrorStyle
from infra.local.simulators.exchange.batch import perform_batch
from infra.local.simulators.exchange.bearer import KeysOf
from infra.local.simulators.exchange.envelope import Invocation, read_address, read_invocation
from infra.local.simulators.exchange.errors import CmdletError, HttpError
from infra.local.simulators.exchange.fault_plan import BATCH, MODULE_FILE, Faults
from infra.local.simulators.exchange.module_file import module_file
from infra.local.simulators.exchange.paging import Paging
from infra.local.simulators.exchange.performance import Errand, Performance
from infra.local.simulators.exchange.tenant import Tenant

_PATH = re.compile(r"/adminapi/(?P<version>[^/]+)/(?P<tenant>[^/]+)/(?P<resource>.+)")
_STATISTICS = re.compile(
    r"mailbox\('(?P<key>[^']+)'\)/MobileDevice/Exchange\.GetMobileDeviceStatistics\(\)/?",
    re.IGNORECASE,
)
_TOO_MANY = "Your recent queries have surpassed the permitted limit."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of the log: a command that arrived, and what became of it."""

    tenant_id: str
    cmdlet: str
    parameters: Mapping[str, object]
    headers: Mapping[str, str]  # names in lower case, without the token
    at: datetime
    status: int | None  # None: the connection was dropped
    executed: bool  # the cmdlet ran, whatever the answer was


class Exchange:
    """
    Exchange Online as the admin API shows it.

    Raises ConnectionDropped instead of answering where a fault says so.
    """

    def __init__(
        self,
        *,
        jwks: KeysOf,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.faults = Faults()
        self.paging = Paging()
        self.error_style = ErrorStyle()
        self.batch_order = Random(0)  # noqa: S311 - shuffles replies the same way each time
        self.calls: list[Call] = []
        self._jwks, self._clock, self._sleep = jwks, clock, sleep
        self._tenants: dict[str, Tenant] = {}  # by id and by domain
        self._lock = RLock()

    def add_tenant(self, tenant_id: str, domain: str = "contoso.onmicrosoft.com") -> Tenant:
        """Add a tenant; its URL segment may be its id or its domain."""
        tenant = Tenant(UUID(tenant_id), domain, clock=self._clock, lock=self._lock)
        self._tenants[str(tenant.tenant_id)] = self._tenants[domain.casefold()] = tenant
        return tenant

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        request.read()
        if self.faults.down:
            return answers.answer(503)
        path = _PATH.fullmatch(request.url.path)
        if path is None:
            return answers.answer(404)
        try:
            caller = self._admit(request, path["tenant"])
            with caller.tenant.throttle.slot() as admitted:
                if not admitted:
                    return _throttled(caller.tenant, 1)
                return self._route(request, caller, path["version"], path["resource"])
        except HttpError as refused:
            return refused.response
        except CmdletError as failed:
            return answers.error(failed, self.error_style)

    def _admit(self, request: httpx.Request, tenant: str) -> Caller:
        named = self._tenants.get(tenant.casefold())
        return admit(request, tenant=named, jwks=self._jwks, now=self._clock())

    def _route(
        self, request: httpx.Request, caller: Caller, version: str, resource: str
    ) -> httpx.Response:
        match version, resource, request.method:
            case "beta", "InvokeCommand", "POST":
                return self._invoke(request, caller)
            case "beta", "$batch", "POST":
                return self._errand(caller, BATCH, lambda: self._batch(request))
            case "v1.0", ("EXOModuleFile" | "EXOBanner('AutogenSession')"), "GET":
                return self._errand(caller, MODULE_FILE, lambda: module_file(request, caller))
            case ("beta" | "v1.0", "InvokeCommand" | "$batch", _) | ("v1.0", "EXOModuleFile", _):
                return answers.answer(405)
            case "beta", _, "GET" if match := _STATISTICS.fullmatch(resource):
                return self._statistics(request, caller, match["key"])
            case _:
                return answers.answer(404)

    def _invoke(self, request: httpx.Request, caller: Caller) -> httpx.Response:
        if not caller.roles:
            return answers.nul_403()
        return self._command(read_invocation(request), caller, request.url)

    def _statistics(self, request: httpx.Request, caller: Caller, key: str) -> httpx.Response:
        """Answer the one cmdlet that is read by GET as well, its mailbox in base64 or plain."""
        if request.url.params.get("IsEncoded", "").casefold() == "true":
            try:
                key = base64.b64decode(key, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return answers.answer(400)
        call = read_address(request, "Get-MobileDeviceStatistics", {"Mailbox": key})
        return self._command(call, caller, request.url)

    def _errand(
        self, caller: Caller, name: str, run: Callable[[], httpx.Response]
    ) -> httpx.Response:
        self._sleep(self.faults.seconds(name))
        fault = self.faults.take(name, {})
        return fault(Errand(caller.tenant, run)) if fault else run()

    def _batch(self, request: httpx.Request) -> httpx.Response:
        return perform_batch(request, self._item, self.batch_order)

    def _item(self, request: httpx.Request) -> httpx.Response:
        """Answer one item of a batch, which passes both gates by its own token."""
        try:
            return self._invoke(request, self._admit(request, request.url.path.split("/")[3]))
        except HttpError as refused:
            return refused.response
        except CmdletError as failed:
            return answers.error(failed, self.error_style)

    def _command(self, call: Invocation, caller: Caller, url: httpx.URL) -> httpx.Response:
        """Wait as long as the command takes, without holding up any other, and perform it."""
        if wait := caller.tenant.throttle.spend(self._clock()):
            self._log(call, caller, 429, executed=False)
            return _throttled(caller.tenant, wait)
        self._sleep(self.faults.seconds(call.cmdlet))
        performance = Performance(
            caller=caller,
            call=call,
            url=url,
            paging=self.paging,
            style=self.error_style,
            now=self._clock(),
            lock=self._lock,
        )
        status = None
        try:
            fault = self.faults.take(call.cmdlet, call.parameters)
            response = fault(performance) if fault else performance()
            status = response.status_code
        finally:
            self._log(call, caller, status, executed=performance.executed)
        return response

    def _log(self, call: Invocation, caller: Caller, status: int | None, *, executed: bool) -> None:
        self.calls.append(
            Call(
                tenant_id=str(caller.tenant.tenant_id),
                cmdlet=call.cmdlet,
                parameters=call.parameters,
                headers=call.headers,
                at=self._clock(),
                status=status,
                executed=executed,
            )
        )


def _throttled(tenant: Tenant, seconds: int) -> httpx.Response:
    return answers.busy(429, str(seconds) if tenant.throttle.tells_when else None, _TOO_MANY)
