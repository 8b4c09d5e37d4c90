"""
The other side of the Exchange bench, in a process of its own so that it costs ours nothing.

Prints its addresses as one line of JSON and serves until its input ends. The recorded pages
are the simulator's, taken once and served from memory: the simulator's own time to build
a page would hide what a client costs.
"""

import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from infra.local.serve import Server
from infra.local.simulators.exchange import Exchange

TENANT_ID = "7c2c5f4e-6d55-4f0f-9d0c-0f7b1c8a1d11"
RECORDED = 10  # pages, used again and again
PAGE = 1000  # rows
SELECTED = (  # what the inventory keeps
    "DeviceId,Guid,DeviceAccessState,DeviceAccessStateReason,DeviceType,DeviceModel,DeviceOS,"
    "DeviceUserAgent,ClientType,ClientVersion,FirstSyncTime"
)
SPENT = "x-simulator-seconds"
INVOKE = f"/adminapi/beta/{TENANT_ID}/InvokeCommand"
_AUDIENCE = "https://outlook.office365.com"
_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"  # the directory role Exchange Administrator
_HOURS = 12 * 3600


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


@dataclass(frozen=True, slots=True)
class Timed:
    """A simulator that says how long each answer took it."""

    exchange: Exchange

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer, and tell."""
        started = time.perf_counter()
        response = self.exchange(request)
        response.headers[SPENT] = str(time.perf_counter() - started)
        return response


@dataclass(frozen=True, slots=True)
class Recording:
    """A listing of so many pages, each one of those recorded."""

    pages: tuple[bytes, ...]
    length: int

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer with the page that the address names, and a link to the next."""
        number = int(request.url.params.get("$skiptoken", "0"))
        body = self.pages[number % len(self.pages)]
        if number + 1 < self.length:
            link = str(request.url.copy_set_param("$skiptoken", str(number + 1)))
            body = b'{"@odata.nextLink":' + json.dumps(link).encode() + b"," + body[1:]
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))


def main() -> None:
    """Serve until standard input ends."""
    key = RSAKey.generate_key(2048, {"kid": "bench", "use": "sig", "alg": "RS256"})
    keys: dict[str, Any] = dict(KeySet([key]).as_dict(private=False))
    token = a_token(key)
    exchange = Exchange(jwks=lambda: keys, clock=_now)
    tenant = exchange.add_tenant(TENANT_ID)
    tenant.populate(mailboxes=RECORDED * 500, devices_per_mailbox=2.0, seed=1)
    # Each takes its own phone, and is wiped in the end.
    owners = [f"bench{number}@contoso.com" for number in range(100)]
    for number, owner in enumerate(owners):
        mailbox = tenant.add_mailbox(owner)
        tenant.add_device(
            mailbox, device_id=f"ApplBENCH{number:03}", device_type="iPhone", model="iPhone15C2"
        )
    whole, chosen = _recorded(exchange, token), _recorded(exchange, token, SELECTED)
    with Server(None) as server:
        told = {
            "token": token,
            "owners": owners,
            "service": server.mount(Timed(exchange), name="exchange", tls=False),
            "whole": server.mount(Recording(whole, RECORDED), name="whole", tls=False),
            "chosen": server.mount(Recording(chosen, RECORDED), name="chosen", tls=False),
            "large": server.mount(Recording(whole, 25 * RECORDED), name="large", tls=False),
        }
        print(json.dumps(told), flush=True)
        sys.stdin.read()


def a_token(key: RSAKey) -> str:
    """Return a token of an app that administers Exchange, signed with this key."""
    moment = int(time.time())
    claims = {
        "aud": _AUDIENCE,
        "tid": TENANT_ID,
        "appid": "3f0a4c52-3c4b-4a59-8f8e-64f2b0d5a001",
        "nbf": moment - 60,
        "exp": moment + _HOURS,
        "roles": ["Exchange.ManageAsApp"],
        "wids": [_ADMINISTRATOR],
    }
    return jwt.encode({"alg": "RS256", "kid": "bench"}, claims, key)


def _recorded(exchange: Exchange, token: str, select: str = "") -> tuple[bytes, ...]:
    """Return the first full pages of the device listing, without their links."""
    command = {"CmdletName": "Get-MobileDevice", "Parameters": {"ResultSize": "Unlimited"}}
    headers = {"Authorization": f"Bearer {token}", "X-AnchorMailbox": "bench"}
    client = httpx.Client(transport=httpx.MockTransport(exchange), headers=headers)
    url, pages = f"{_AUDIENCE}{INVOKE}" + (f"?$select={select}" if select else ""), []
    for _ in range(RECORDED):
        body = client.post(url, json={"CmdletInput": command}).json()
        url = body.pop("@odata.nextLink")
        body["@adminapi.warnings"] = []
        pages.append(json.dumps(body, separators=(",", ":")).encode())
    return tuple(pages)


if __name__ == "__main__":
    main()
