"""What every request passes through: token, version, role, operation."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpx

from infra.local.simulators.vault import lifecycle
from infra.local.simulators.vault.bearer import Caller, Gate
from infra.local.simulators.vault.call import Call
from infra.local.simulators.vault.faults import Faults
from infra.local.simulators.vault.refusals import RefusedError, bad_parameter, forbidden
from infra.local.simulators.vault.roles import Assignments
from infra.local.simulators.vault.routes import Route
from infra.local.simulators.vault.store import Store

_API_VERSIONS = (
    *("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6"),
    *("2025-07-01", "2026-04-01"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The way from a request to the handler of its operation, and back."""

    gate: Gate
    roles: Assignments
    faults: Faults
    store: Store
    routes: Sequence[Route]
    clock: Callable[[], datetime]
    lock: threading.RLock  # held while a handler looks at the store or changes it

    def answer(self, request: httpx.Request, path: str) -> tuple[Caller | None, httpx.Response]:
        """Return who asked, if that is known, and the answer."""
        caller = None
        try:
            if request.url.scheme != "https":
                raise bad_parameter("A vault is reached over TLS only.")
            caller = self.gate.admit(request, self.clock())
            fault = self.faults.take(path)
            return caller, fault or self._carry_out(request, path, caller)
        except RefusedError as refused:
            headers = (
                {"WWW-Authenticate": self.gate.challenge}
                if refused.status == HTTPStatus.UNAUTHORIZED
                else {}
            )
            return caller, httpx.Response(refused.status, json=refused.body(), headers=headers)

    def _carry_out(self, request: httpx.Request, path: str, caller: Caller) -> httpx.Response:
        _check_version(request.url.params.get("api-version", ""))
        route, said = self._route(request.method, path)
        name = said.get("name") or ""
        self._authorize(caller, route.action, f"{route.action.partition('/')[0]}/{name}")
        with self.lock:
            now = self.clock()
            lifecycle.settle(self.store, now)
            called = said.get("version") or ""
            return route.handler(Call(request=request, name=name, version=called, now=now))

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str | None]]:
        for route in self.routes:
            if match := route.match(method, path):
                return route, match.groupdict()
        raise bad_parameter(f"{method} {path} is not an operation of this vault.")

    def _authorize(self, caller: Caller, action: str, target: str) -> None:
        if not self.roles.allow(caller.object_id, action, target):
            raise forbidden(
                "Caller is not authorized to perform action on resource.\r\n"
                f"Caller: appid={caller.client_id};oid={caller.object_id};iss={caller.issuer}\r\n"
                f"Action: 'Microsoft.KeyVault/vaults/{action}'\r\nResource: '{target}'\r\n"
                "Assignment: (not found)",
                inner="ForbiddenByRbac",
            )


def _check_version(version: str) -> None:
    """Raise `RefusedError` unless *version* is known: the service has no default."""
    if not version:
        raise bad_parameter("api-version must be specified")
    if version not in _API_VERSIONS:
        raise bad_parameter(f"The specified version ({version}) is not recognized.")
