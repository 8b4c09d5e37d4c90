"""A tenant with one application, seen by the token endpoint and by Graph, for Graph's tests."""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from infra.local.simulators.entra import Entra
from infra.local.simulators.graph import Graph
from tests.contract.graph_certificates import NOON, Certificate, a_key, key_credential

DOMAIN = "contoso.onmicrosoft.com"
OWN_DOMAIN = "contoso.example"
GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"
LOGIN = "https://login.microsoftonline.com"
EXCHANGE_APP_ID = "00000002-0000-0ff1-ce00-000000000000"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
MANAGE_AS_APP = "dc50a0fb-09a3-484d-be87-e023b12c6440"
PROOF_AUDIENCE = "00000002-0000-0000-c000-000000000000"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
READ, WRITE, OWNED = (
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
)
ASSIGN_APP_ROLES = "AppRoleAssignment.ReadWrite.All"


def refused(response: httpx.Response) -> tuple[int, str]:
    """Return status and code of an error; the error is well formed."""
    error = response.json()["error"]
    assert error["message"]
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
    return response.status_code, error["code"]


@dataclass
class Clock:
    """A clock that tests turn."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now


@cache
def a_login_service() -> tuple[Clock, Entra, RSAKey]:
    """Return a login service that is made once, and a second key that Graph trusts in tests."""
    clock = Clock()
    return clock, Entra(clock=clock), RSAKey.import_key(a_key(9), {"kid": "test", "use": "sig"})


class World:
    """A tenant of its own: one application, one certificate, and callers as tests want them."""

    def __init__(self) -> None:
        self.tenant, self.client_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.clock, self.entra, self._signer = a_login_service()
        self.clock.now = NOON
        self.directory = self.entra.directory
        self.directory.propagation = self.directory.disagreement = timedelta()
        self.directory.add_tenant(self.tenant, DOMAIN, OWN_DOMAIN)
        self.app = self.directory.add_application(self.client_id, tenant_id=self.tenant)
        self.certificate = Certificate()
        self.key_id = self.directory.add_certificate(self.client_id, self.certificate.der)
        self.naps: list[float] = []
        self.graph = Graph(
            directory=self.directory, jwks=self.jwks, clock=self.clock, sleep=self.naps.append
        )
        self._client = httpx.Client(transport=httpx.MockTransport(self._answer))

    def jwks(self) -> dict[str, Any]:
        """Return the keys of the login service, and the one that tests sign with."""
        return {"keys": [*self.entra.jwks()["keys"], self._signer.as_dict(private=False)]}

    def token(self, *roles: str, **claims: object) -> str:
        """Sign a token for Graph as the login service does, or never would."""
        now = int(self.clock().timestamp())
        good = {
            "aud": GRAPH,
            "iss": f"https://sts.windows.net/{self.tenant}/",
            "tid": self.tenant,
            "nbf": now,
            "exp": now + 3600,
            "appid": str(uuid.uuid4()),
            "oid": str(uuid.uuid4()),
            "roles": list(roles),
        }
        kept = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "test"}, kept, self._signer)

    @property
    def path(self) -> str:
        """Return where the application is found."""
        return f"/applications/{self.app.object_id}"

    def call(
        self,
        method: str,
        path: str,
        *roles: str,
        token: str = "",
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Call Graph, as an app with these *roles* unless a *token* is given."""
        token = token or self.token(*roles)
        url = path if path.startswith("https://") else f"{GRAPH}/v1.0{path}"
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        return self._client.request(method, url, headers=sent, json=body)

    def login(
        self,
        certificate: Certificate | None = None,
        *,
        client_id: str = "",
        resource: str = GRAPH,
    ) -> httpx.Response:
        """Ask the token endpoint for a token, with a certificate."""
        client_id = client_id or self.client_id
        url = f"{LOGIN}/{self.tenant}/oauth2/v2.0/token"
        signer, now = certificate or self.certificate, int(self.clock().timestamp())
        claims = {"aud": url, "iss": client_id, "sub": client_id, "nbf": now, "exp": now + 600}
        header = {"alg": "PS256", "x5t#S256": signer.thumbprint()}
        form = {
            "client_id": client_id,
            "grant_type": "client_credentials",
            "scope": f"{resource}/.default",
            "client_assertion_type": BEARER,
            "client_assertion": jwt.encode(header, claims, signer.jose, algorithms=["PS256"]),
        }
        return self._client.post(url, data=form)

    def own_token(self) -> str:
        """Return the application's own token for Graph, which holds no permission."""
        return str(self.login().json()["access_token"])

    def claims(self, **login: Any) -> dict[str, Any]:  # noqa: ANN401 -- as `login` takes them
        """Return what the application's own token says."""
        payload = self.login(**login).json()["access_token"].split(".")[1]
        said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return said

    def proof(
        self,
        certificate: Certificate | None = None,
        *,
        header: Mapping[str, object] | None = None,
        alg: str = "PS256",
        **claims: object,
    ) -> str:
        """Return a proof of possession that is accepted, unless something spoils it."""
        signer, now = certificate or self.certificate, int(self.clock().timestamp())
        good = {"aud": PROOF_AUDIENCE, "iss": self.app.object_id, "nbf": now, "exp": now + 600}
        fields = {"alg": alg, "x5t#S256": signer.thumbprint()} | dict(header or {})
        return jwt.encode(
            {name: value for name, value in fields.items() if value is not None},
            {name: value for name, value in (good | claims).items() if value is not None},
            signer.jose,
            algorithms=[alg],
        )

    def add_key(self, certificate: Certificate, **change: Any) -> httpx.Response:  # noqa: ANN401
        """Call addKey as the application itself, unless something is changed."""
        body = {
            "keyCredential": key_credential(certificate),
            "passwordCredential": None,
            "proof": change.pop("proof", None) or self.proof(),
        }
        token = change.pop("token", None) or self.own_token()
        return self.call("POST", f"{self.path}/addKey", token=token, body=body | change)

    def registered(self) -> list[dict[str, Any]]:
        """Return the registered keys, with their bytes, as an administrator sees them."""
        shown = self.call("GET", f"{self.path}?$select=keyCredentials", READ).json()
        keys: list[dict[str, Any]] = shown["keyCredentials"]
        return keys

    def _answer(self, request: httpx.Request) -> httpx.Response:
        at_login = request.url.host == httpx.URL(LOGIN).host
        return self.entra(request) if at_login else self.graph(request)
