"""
Listings to be measured: our client's, and bare httpx loops over the same pages.

Run as a program with an address, it lists the devices there and prints by how many bytes
its memory grew after the first page: a process of its own, because peaks do not go back.
"""

import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import msgspec

from infra.local.benches.exchange_service import INVOKE, TENANT_ID
from shared.exchange.transport import Transport

CONNECTIONS = httpx.Limits(max_connections=16, max_keepalive_connections=16)
_BODY = msgspec.json.encode(
    {
        "CmdletInput": {
            "CmdletName": "Get-MobileDevice",
            "Parameters": {"ResultSize": "Unlimited"},
        }
    }
)


class Kept(msgspec.Struct, rename="pascal", gc=False):
    """What an inventory keeps of a device: text only, so the collector need not look at it."""

    device_id: str
    guid: str
    device_access_state: str | None = None
    device_access_state_reason: str | None = None
    device_type: str | None = None
    device_model: str | None = None
    device_os: str | None = msgspec.field(name="DeviceOS", default=None)
    device_user_agent: str | None = None
    client_type: str | None = None
    client_version: str | None = None
    first_sync_time: str | None = None


class _Rows(msgspec.Struct):
    value: list[Kept]


_ROWS = msgspec.json.Decoder(_Rows)


@dataclass(frozen=True, slots=True)
class FixedBearer:
    """One token for ever."""

    token: str

    def text(self) -> str:
        """Return it."""
        return self.token

    def renewed(self, refused: str) -> str:
        """Return it again: nobody here refuses it."""
        del refused
        return self.token


def a_transport(address: str, token: str, client: httpx.Client | None = None) -> Transport:
    """Return our client as the app builds it, without a governor."""
    return Transport(
        client or httpx.Client(limits=CONNECTIONS, follow_redirects=False),
        base_url=address,
        tenant_id=TENANT_ID,
        bearer=FixedBearer(token),
    )


def ours(transport: Transport) -> int:
    """List all devices as the inventory keeps them; return how many."""
    return sum(map(len, transport.pages_of(Kept, "Get-MobileDevice", {})))


def bare(client: httpx.Client, address: str, token: str, pages: int) -> int:
    """Fetch the same pages and look at nothing; return how many bytes came."""
    return sum(map(len, _bodies(client, address, token, pages)))


def least(client: httpx.Client, address: str, token: str, pages: int) -> int:
    """Fetch the same pages and decode their rows, whatever they say; return how many rows came."""
    return sum(len(_ROWS.decode(body).value) for body in _bodies(client, address, token, pages))


def _bodies(client: httpx.Client, address: str, token: str, pages: int) -> Iterator[bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for number in range(pages):
        url = f"{address}{INVOKE}?$skiptoken={number}"
        yield client.post(url, content=_BODY, headers=headers).content


def main(argv: list[str]) -> None:
    """List the devices at an address and print rows and growth."""
    address, token = argv
    pages = a_transport(address, token).pages_of(Kept, "Get-MobileDevice", {})
    rows = len(next(pages))
    before = _peak()
    for page in pages:
        rows += len(page)
    print(rows, _peak() - before)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1:])
