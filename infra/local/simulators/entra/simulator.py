"""The endpoints of Entra ID: requests in, answers out."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.local.simulators.entra import discovery
from infra.local.simulators.entra.app_only import AppOnly
from infra.local.simulators.entra.assertion import Assertion
from infra.local.simulators.entra.codes import ANSWERS
from infra.local.simulators.entra.delegated import Delegated
from infra.local.simulators.entra.device_code import DeviceCodes
from infra.local.simulators.entra.directory import Directory, Tenant
from infra.local.simulators.entra.federation import Federation
from infra.local.simulators.entra.identities import Identities
from infra.local.simulators.entra.issuer import Issuer
from infra.local.simulators.entra.public_clients import PublicClients
from infra.local.simulators.entra.refusals import RefusedError
from infra.local.simulators.entra.token_request import read_form, required

_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_NOT_STORED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Entra:
    """Entra ID: `directory` says who exists, a call answers one request."""

    def __init__(self, *, clock: Callable[[], datetime] = _now) -> None:
        self.directory = Directory(clock)
        self.tokens_issued: Counter[str] = Counter()  # by client id
        self._clock = clock
        self._issuer = Issuer()
        self.federation = Federation(clock, self._issuer)
        self.public_clients = PublicClients()
        self.device_codes = DeviceCodes()
        self._app_only = AppOnly(
            directory=self.directory,
            issuer=self._issuer,
            federation=self.federation,
            public_clients=self.public_clients,
            clock=clock,
        )
        self._delegated = Delegated(
            directory=self.directory,
            issuer=self._issuer,
            codes=self.device_codes,
            clients=self.public_clients,
            clock=clock,
        )
        self._identities = Identities(directory=self.directory, issuer=self._issuer, clock=clock)
        self._faults: deque[httpx.Response | RefusedError] = deque()
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, as the login host of the public cloud would."""
        try:
            return self._route(request)
        except RefusedError as refused:
            body = refused.body(self._clock(), request.headers)
            return httpx.Response(refused.status, json=body)

    @property
    def last_assertion(self) -> Assertion | None:
        """The last client assertion that could be read, whether or not it was believed."""
        return self._app_only.last_assertion

    def jwks(self) -> dict[str, Any]:
        """Return the public keys by which resources check this service's tokens."""
        return self._issuer.jwks()

    def managed_identity_token(
        self,
        resource: str,
        principal_id: str,
        *,
        roles: Collection[str] = (),
        wids: Collection[str] = (),
        resource_id: str = "",
    ) -> tuple[str, int]:
        """Return a token for a managed identity of the home tenant, and its expiry (unix)."""
        return self._identities.token(
            resource, principal_id, roles=roles, wids=wids, resource_id=resource_id
        )

    def notification_token(self, tenant_id: str, app_id: str, *, version: str = "1.0") -> str:
        """Return what Graph puts beside notifications with data to the app *app_id*."""
        return self._issuer.notification_token(
            tenant_id, app_id, now=self._clock(), version=version
        )

    def fail_next(
        self,
        status: int,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next *times* token requests with *status*, before looking at them."""
        for _ in range(times):
            self._faults.append(httpx.Response(status, json=body, headers=headers))

    def refuse_next(self, code: int, text: str = "", *, times: int = 1) -> None:
        """Refuse the next *times* token requests by an AADSTS code; KeyError if it is not known."""
        if code not in ANSWERS:
            raise KeyError(code)
        self._faults.extend(RefusedError(code, text) for _ in range(times))

    def _route(self, request: httpx.Request) -> httpx.Response:
        name, _, endpoint = request.url.path.removeprefix("/").partition("/")
        if request.url.scheme != "https" or not endpoint:
            return httpx.Response(404)
        base = f"https://{request.url.netloc.decode('ascii')}"
        match request.method, endpoint:
            case "POST", "oauth2/v2.0/token":
                return self._token(request, base, name)
            case "POST", "oauth2/v2.0/devicecode":
                said = self._delegated.begin(read_form(request), self._tenant(name))
                return httpx.Response(200, headers=_NOT_STORED, json=said)
            case _, "oauth2/v2.0/token" | "oauth2/v2.0/devicecode":
                raise RefusedError(900561)
            case "GET", _:
                return self._document(request, base, name=name, endpoint=endpoint)
            case _:
                return httpx.Response(404)

    def _document(
        self, request: httpx.Request, base: str, *, name: str, endpoint: str
    ) -> httpx.Response:
        match endpoint:
            case "discovery/instance" if name == "common":
                asked = request.url.params.get("authorization_endpoint", "/common")
                return discovery.instances(base, asked)
            case "discovery/v2.0/keys":
                return httpx.Response(200, json=self.jwks())
            case "v2.0/.well-known/openid-configuration":
                return discovery.metadata(base, self._tenant(name))
            case _:
                return httpx.Response(404)

    def _tenant(self, name: str) -> Tenant:
        tenant = self.directory.tenant(name)
        if tenant is None:
            raise RefusedError(90002, f"Tenant '{name}' not found.")
        return tenant

    def _token(self, request: httpx.Request, base: str, name: str) -> httpx.Response:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
        if isinstance(fault, RefusedError):
            raise fault
        if fault is not None:
            return fault
        tenant, form = self._tenant(name), read_form(request)
        match required(form, "grant_type"):
            case "client_credentials":
                answer = self._app_only.grant(form, base=base, tenant=tenant)
            case grant if grant == _DEVICE_CODE:
                answer = self._delegated.redeem(form, tenant)
            case "refresh_token":
                answer = self._delegated.refresh(form, tenant)
            case grant:
                raise RefusedError(70003, f"The grant type '{grant}' is not supported.")
        with self._lock:
            self.tokens_issued[form["client_id"]] += 1
        return httpx.Response(200, headers=_NOT_STORED, json=answer)
