"""What every request passes through: token, route, permission, operation."""

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.local.simulators.entra.directory import Directory
from infra.local.simulators.graph.bearer import Caller, admit
from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.faults import Faults
from infra.local.simulators.graph.refusals import RefusedError, bad_request, denied
from infra.local.simulators.graph.replication import Replication
from infra.local.simulators.graph.route import Route

_VERSION = "/v1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The way from a request to the handler of its operation."""

    directory: Directory
    jwks: Callable[[], dict[str, Any]]
    routes: Sequence[Route]
    faults: Faults
    replication: Replication
    clock: Callable[[], datetime]
    lock: threading.RLock  # held while a handler looks at the directory or changes it

    def name(self, request: httpx.Request) -> str:
        """Return the name of the call, or nothing for a path and method that mean none."""
        for route in self.routes:
            if route.method == request.method and route.match(_path(request)):
                return route.name
        return ""

    def admit(self, request: httpx.Request) -> Caller:
        """Return the caller, or raise `RefusedError`."""
        if request.url.scheme != "https":
            raise bad_request("Graph is reached over TLS only.", code="BadRequest")
        return admit(request, jwks=self.jwks, now=self.clock())

    def answer(self, request: httpx.Request, caller: Caller) -> httpx.Response:
        """Carry a request out, or fail it if that was ordered."""
        route, said = self._route(request)
        fault = self.faults.take(route.name)
        if fault:
            return fault.meet(lambda: self._carry_out(request, caller, route, said))
        return self._carry_out(request, caller, route, said)

    def _route(self, request: httpx.Request) -> tuple[Route, dict[str, str]]:
        path = _path(request)
        known = [(route, match) for route in self.routes if (match := route.match(path))]
        for route, match in known:
            if route.method == request.method:
                said = match.groupdict()
                return route, {name: value for name, value in said.items() if value is not None}
        if known:
            raise RefusedError(
                405,
                "Request_BadRequest",
                "Specified HTTP method is not allowed for the request target.",
            )
        segment = path.rpartition("/")[2]
        raise bad_request(f"Resource not found for the segment '{segment}'.", code="BadRequest")

    def _carry_out(
        self, request: httpx.Request, caller: Caller, route: Route, said: dict[str, str]
    ) -> httpx.Response:
        tenant = self.directory.tenant(caller.tenant_id)
        if tenant is None or (route.needs and not caller.may(route.needs)):
            raise denied()
        with self.lock if route.is_locked else nullcontext():
            call = Call(
                request=request,
                caller=caller,
                tenant=tenant,
                said=said,
                replication=self.replication,
                now=self.clock(),
            )
            return route.handler(call)


def _path(request: httpx.Request) -> str:
    """Return the path below v1.0; of another version the whole path, with no slash in front."""
    path = request.url.path
    return path.removeprefix(_VERSION) if path.startswith(f"{_VERSION}/") else path.lstrip("/")
