"""A simulated Exchange with one tenant, and a client that may do everything in it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from infra.local.simulators.exchange import Exchange

TENANT_ID = "7c2c5f4e-6d55-4f0f-9d0c-0f7b1c8a1d11"
OBJECT_ID = "c8b7c1de-52b0-4a0e-8a55-1b1f6f0d7a02"  # of the app's service principal
APP_ID = "3f0a4c52-3c4b-4a59-8f8e-64f2b0d5a001"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
ANCHOR = f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT_ID}"
BASE = "https://outlook.office365.com"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@cache
def signing_key(name: str) -> RSAKey:
    """Return the same key for the same name: making one takes long."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


def jwks() -> dict[str, Any]:
    """Return the issuer's public keys."""
    return dict(KeySet([signing_key("issuer")]).as_dict(private=False))


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def advance(self, **span: float) -> None:
        """Move on, as timedelta counts."""
        self.now += timedelta(**span)


def a_token(
    now: datetime, claims: Mapping[str, object] | None = None, *, key: str = "issuer"
) -> str:
    """Return an app-only token with the given claims changed; None leaves one out."""
    moment = int(now.timestamp())
    said: dict[str, Any] = {
        "aud": BASE,
        "tid": TENANT_ID,
        "appid": APP_ID,
        "oid": OBJECT_ID,
        "nbf": moment,
        "exp": moment + 3600,
        "roles": ["Exchange.ManageAsApp"],
        "wids": [EXCHANGE_ADMINISTRATOR],
        **(claims or {}),
    }
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "issuer"}, kept, signing_key(key))


class World:
    """One tenant with one mailbox, adele@contoso.com."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.waited: list[float] = []
        self.wait: Callable[[float], object] = self.waited.append
        self.exchange = Exchange(jwks=jwks, clock=self.clock, sleep=self._sleep)
        self.tenant = self.exchange.add_tenant(TENANT_ID)
        self.mailbox = self.tenant.add_mailbox("adele@contoso.com", display_name="Adele Vance")
        self.client = httpx.Client(base_url=BASE, transport=httpx.MockTransport(self.exchange))

    def _sleep(self, seconds: float) -> None:
        self.wait(seconds)

    def send(
        self,
        body: object,
        *,
        headers: Mapping[str, str] | None = None,
        path: str = f"/adminapi/beta/{TENANT_ID}/InvokeCommand",
    ) -> httpx.Response:
        """Post *body*; the answer's raw bytes are read, never decoded."""
        sent = {"Authorization": f"Bearer {a_token(self.clock())}", **(headers or {})}
        with self.client.stream("POST", path, json=body, headers=sent) as response:
            raw = b"".join(response.iter_raw())
        kept = [(name, value) for name, value in response.headers.raw]
        return httpx.Response(response.status_code, headers=kept, stream=httpx.ByteStream(raw))

    def invoke(
        self,
        cmdlet: str,
        parameters: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        path: str = f"/adminapi/beta/{TENANT_ID}/InvokeCommand",
    ) -> httpx.Response:
        """Run a cmdlet."""
        given = {"CmdletName": cmdlet, "Parameters": dict(parameters or {})}
        return self.send({"CmdletInput": given}, headers=headers, path=path)

    def item(
        self,
        key: str,
        cmdlet: str,
        parameters: Mapping[str, object] | None = None,
        **changed: object,
    ) -> dict[str, object]:
        """Return one command as an item of a batch, with some of its parts changed."""
        headers = {
            "Authorization": f"Bearer {a_token(self.clock())}",
            "Content-Type": "application/json",
            "X-AnchorMailbox": ANCHOR,
        }
        command = {"CmdletName": cmdlet, "Parameters": dict(parameters or {})}
        return {
            "id": key,
            "method": "POST",
            "url": f"{BASE}/adminapi/beta/{TENANT_ID}/InvokeCommand",
            "headers": headers,
            "body": {"CmdletInput": command},
            **changed,
        }

    def batch(
        self, *items: dict[str, object], prefer: str = "odata.continue-on-error"
    ) -> httpx.Response:
        """Post a batch."""
        path = f"/adminapi/beta/{TENANT_ID}/$batch"
        return self.send({"requests": list(items)}, headers={"Prefer": prefer}, path=path)

    def replies(self, *items: dict[str, object], **options: str) -> dict[str, dict[str, Any]]:
        """Post a batch that must be answered, and return its replies by id."""
        response = self.batch(*items, **options)
        response.read()
        assert response.status_code == 200, response.text
        return {reply["id"]: reply for reply in response.json()["responses"]}

    def done(self, cmdlet: str, **parameters: object) -> dict[str, Any]:
        """Run a cmdlet that must succeed, and return the body."""
        response = self.invoke(cmdlet, parameters)
        response.read()
        assert response.status_code == 200, response.text
        return dict(response.json())

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet that must succeed, and return its rows."""
        return list(self.done(cmdlet, **parameters)["value"])


def body_of(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON body of an answer of whatever status."""
    response.read()
    return dict(response.json())


def amend(**change: object) -> dict[str, object]:
    """Return a list change as a client must write it."""
    return {"@odata.type": "#Exchange.GenericHashTable", **change}
