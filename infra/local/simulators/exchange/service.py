"""The admin API itself: what is routed where, what goes wrong, and the log of it all."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from uuid import UUID

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.admission import Caller, admit
from infra.local.simulators.exchange.answers import Answer, ErrorStyle
from infra.local.simulators.exchange.bearer import KeysOf
from infra.local.simulators.exchange.cmdlets import CMDLETS
from infra.local.simulators.exchange.envelope import read_invocation
from infra.local.simulators.exchange.errors import CmdletError, HttpError
from infra.local.simulators.exchange.faults import Faults
from infra.local.simulators.exchange.paging import Paging
from infra.local.simulators.exchange.performance import Performance
from infra.local.simulators.exchange.tenant import Tenant

_PATH = re.compile(r"/adminapi/(?P<version>[^/]+)/(?P<tenant>[^/]+)/(?P<resource>[^/]+)")


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
            return self._route(request, path["version"], path["tenant"], path["resource"])
        except HttpError as refused:
            return refused.response
        except CmdletError as failed:
            return answers.error(failed, self.error_style)

    def _route(
        self, request: httpx.Request, version: str, tenant: str, resource: str
    ) -> httpx.Response:
        named = self._tenants.get(tenant.casefold())
        caller = admit(request, tenant=named, jwks=self._jwks, now=self._clock())
        match version, resource, request.method:
            case "beta", "InvokeCommand", "POST":
                return self._invoke(request, caller)
            case "v1.0", "EXOModuleFile", "GET":
                return _module_file(request, caller)
            case ("beta" | "v1.0", "InvokeCommand", _) | ("v1.0", "EXOModuleFile", _):
                return answers.answer(405)
            case _:
                return answers.answer(404)

    def _invoke(self, request: httpx.Request, caller: Caller) -> httpx.Response:
        if not caller.roles:
            return answers.nul_403()
        call = read_invocation(request)
        self._sleep(self.faults.seconds(call.cmdlet))
        with self._lock:
            performance = Performance(
                caller=caller,
                call=call,
                url=request.url,
                paging=self.paging,
                style=self.error_style,
                now=self._clock(),
            )
            return self._perform(performance)

    def _perform(self, performance: Performance) -> httpx.Response:
        """Run the command as the planned faults allow, and log it whatever happens."""
        call, status = performance.call, None
        try:
            fault = self.faults.take(call.cmdlet)
            response = fault(performance) if fault else performance()
            status = response.status_code
        finally:
            self.calls.append(
                Call(
                    tenant_id=str(performance.caller.tenant.tenant_id),
                    cmdlet=call.cmdlet,
                    parameters=call.parameters,
                    headers=call.headers,
                    at=performance.now,
                    status=status,
                    executed=performance.executed,
                )
            )
        return response


def _module_file(request: httpx.Request, caller: Caller) -> httpx.Response:
    """List the cmdlets that the caller's roles hold."""
    if not caller.roles:
        return answers.not_allowed_to_call("EXOModuleFile")
    if not request.url.params.get("Version", "").startswith("3."):
        return answers.answer(400)
    if request.headers.get("CommandName") != "*":
        return answers.answer(400)
    held = sorted(cmdlet.name for cmdlet in CMDLETS.values() if cmdlet.roles & caller.roles)
    answer = Answer(rows=[{"exportedCmdlets": ",".join(held)}])
    return answers.success(str(request.url.copy_with(query=None)), answer)
