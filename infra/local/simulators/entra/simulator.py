"""The endpoints of Entra ID: requests in, answers out."""

import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.local.simulators.entra import discovery
from infra.local.simulators.entra.assertion import Assertion, verify
from infra.local.simulators.entra.directory import Application, Directory, Tenant
from infra.local.simulators.entra.issuer import Issuer, Subject
from infra.local.simulators.entra.refusals import RefusedError
from infra.local.simulators.entra.token_request import TokenRequest

_TOKEN_SECONDS = 3599
_IDENTITY_TOKEN_SECONDS = 86399  # tokens of managed identities live a day


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Entra:
    """Entra ID: `directory` says who exists, a call answers one request."""

    def __init__(self, *, clock: Callable[[], datetime] = _now) -> None:
        self.directory = Directory(clock)
        self.tokens_issued: Counter[str] = Counter()  # by client id
        self.last_assertion: Assertion | None = None
        self._clock = clock
        self._issuer = Issuer()
        self._faults: deque[httpx.Response] = deque()
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, as the login host of the public cloud would."""
        try:
            return self._route(request)
        except RefusedError as refused:
            body = refused.body(self._clock(), request.headers)
            return httpx.Response(refused.status, json=body)

    def jwks(self) -> dict[str, Any]:
        """Return the public keys by which resources check this service's tokens."""
        return self._issuer.jwks()

    def managed_identity_token(self, resource: str, principal_id: str) -> tuple[str, int]:
        """Return a token for a managed identity of the home tenant, and its expiry (unix)."""
        if resource.rstrip("/") not in self.directory.resources:
            raise LookupError(f"no resource {resource}")
        subject = Subject(
            tenant_id=self.directory.home.tenant_id,
            client_id=str(uuid.uuid5(uuid.NAMESPACE_OID, principal_id)),
            object_id=principal_id,
        )
        now = self._clock()
        seconds = _IDENTITY_TOKEN_SECONDS
        token = self._issuer.token(subject, audience=resource, now=now, seconds=seconds)
        return token, int(now.timestamp()) + seconds

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

    def _route(self, request: httpx.Request) -> httpx.Response:
        name, _, endpoint = request.url.path.removeprefix("/").partition("/")
        if request.url.scheme != "https" or not endpoint:
            return httpx.Response(404)
        base = f"https://{request.url.netloc.decode('ascii')}"
        match request.method, endpoint:
            case "GET", "discovery/instance" if name == "common":
                asked = request.url.params.get("authorization_endpoint", "/common")
                return discovery.instances(base, asked)
            case "GET", "discovery/v2.0/keys":
                return httpx.Response(200, json=self.jwks())
            case "GET", "v2.0/.well-known/openid-configuration":
                return discovery.metadata(base, self._tenant(name))
            case "POST", "oauth2/v2.0/token":
                return self._token(request, base, name)
            case _, "oauth2/v2.0/token":
                raise RefusedError(900561, "The endpoint only accepts POST requests.")
            case _:
                return httpx.Response(404)

    def _tenant(self, name: str) -> Tenant:
        tenant = self.directory.tenant(name)
        if tenant is None:
            raise RefusedError(90002, f"Tenant '{name}' not found.")
        return tenant

    def _token(self, request: httpx.Request, base: str, name: str) -> httpx.Response:
        with self._lock:
            if self._faults:
                return self._faults.popleft()
        tenant = self._tenant(name)
        wanted = TokenRequest.read(request)
        application = self._application(wanted.client_id, tenant)
        self.last_assertion = assertion = Assertion.read(wanted.assertion)
        verify(
            assertion,
            client_id=application.client_id,
            audiences=[f"{base}/{alias}/oauth2/v2.0/token" for alias in tenant.names],
            certificates=application.certificates,
            now=self._clock(),
        )
        if wanted.resource.rstrip("/") not in self.directory.resources:
            raise RefusedError(
                500011,
                f"The resource principal named {wanted.resource} was not found in the tenant "
                f"named {tenant.tenant_id}.",
            )
        return self._issue(application, tenant, wanted.resource)

    def _application(self, client_id: str, tenant: Tenant) -> Application:
        application = self.directory.application(client_id)
        if application is None or tenant.tenant_id not in application.principals:
            raise RefusedError(
                700016,
                f"Application with identifier '{client_id}' was not found in the directory "
                f"'{tenant.tenant_id}'.",
            )
        if not application.principals[tenant.tenant_id].enabled:
            raise RefusedError(7000112, f"Application '{client_id}' is disabled.")
        return application

    def _issue(self, application: Application, tenant: Tenant, resource: str) -> httpx.Response:
        principal = application.principals[tenant.tenant_id]
        subject = Subject(
            tenant_id=tenant.tenant_id,
            client_id=application.client_id,
            object_id=principal.object_id,
            roles=principal.roles.get(resource.rstrip("/"), ()),
            wids=principal.wids,
        )
        token = self._issuer.token(
            subject, audience=resource, now=self._clock(), seconds=_TOKEN_SECONDS
        )
        with self._lock:
            self.tokens_issued[application.client_id] += 1
        return httpx.Response(
            200,
            headers={"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"},
            json={
                "token_type": "Bearer",
                "expires_in": _TOKEN_SECONDS,
                "ext_expires_in": _TOKEN_SECONDS,
                "access_token": token,
            },
        )
