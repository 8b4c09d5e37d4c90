"""
What the inventory is measured against: bare httpx loops that keep nothing of what they fetch.

Run as a program: `pages ADDRESS TOKEN` fetches the inventory's own pages, `statistics ADDRESS
TOKEN` asks for the statistics of some mailboxes one by one. Each prints one line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import msgspec

from infra.local.benches.exchange_listing import CONNECTIONS, FixedBearer
from infra.local.benches.exchange_service import TENANT_ID
from shared.devices.inventory import Part
from shared.exchange.endpoint import Endpoint
from shared.exchange.inventory import KINDS
from shared.exchange.inventory_changes import filters

SAMPLE = 500  # mailboxes asked one by one; all of them would take an hour


class _Name(msgspec.Struct):
    guid: str = msgspec.field(name="Guid", default="")


class _Page(msgspec.Struct):
    value: list[_Name]
    link: str = msgspec.field(name="@odata.nextLink", default="")


_PAGE = msgspec.json.Decoder(_Page)


class Wire:
    """The admin API with our client's headers, and nothing else of ours."""

    def __init__(self, address: str, token: str) -> None:
        bearer = FixedBearer(token)
        self._client = httpx.Client(limits=CONNECTIONS, timeout=60.0)
        endpoint = Endpoint(self._client, base_url=address, tenant_id=TENANT_ID, bearer=bearer)
        self._headers = {**endpoint.headers, "Authorization": f"Bearer {token}"}
        self._url = endpoint.invoke_url
        self.calls = self.bytes = 0

    def pages(self, part: Part) -> Iterator[_Page]:
        """Yield the inventory's own pages of this part."""
        kind, [written] = KINDS[part], filters(part, None, "")
        asked = {"ResultSize": "Unlimited", **({"Filter": written} if written else {})}
        link = f"{self._url}?$select={','.join(kind.select)}"
        while link:
            page = _PAGE.decode(self.post(kind.cmdlet, asked, link))
            link = page.link
            yield page

    def statistics(self, mailbox: str) -> None:
        """Ask for the statistics of one mailbox's devices."""
        self.post("Get-MobileDeviceStatistics", {"Mailbox": mailbox}, self._url)

    def post(self, cmdlet: str, parameters: dict[str, str], url: str) -> bytes:
        """Return the body of the answer."""
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        answer = self._client.post(url, content=msgspec.json.encode(body), headers=self._headers)
        content = answer.raise_for_status().content
        self.calls, self.bytes = self.calls + 1, self.bytes + len(content)
        return content


def pages(wire: Wire) -> dict[str, int]:
    """Fetch every page; return how many mailboxes and how many rows there are."""
    counts = {part: sum(len(page.value) for page in wire.pages(part)) for part in KINDS}
    return {"mailboxes": counts[Part.MAILBOXES], "rows": sum(counts.values())}


def statistics(wire: Wire) -> dict[str, int]:
    """Ask for some mailboxes one by one; return for how many."""
    names = [row.guid for row in next(wire.pages(Part.MAILBOXES)).value][:SAMPLE]
    for name in names:
        wire.statistics(name)
    return {"mailboxes": len(names), "rows": 0}


_WORKS: dict[str, Callable[[Wire], dict[str, int]]] = {"pages": pages, "statistics": statistics}


def main(argv: list[str]) -> None:
    """Do one of them and print what it took."""
    work, address, token = argv
    wire = Wire(address, token)
    started = time.perf_counter()
    counts = _WORKS[work](wire)
    took = {"seconds": time.perf_counter() - started, "calls": wire.calls}
    print(json.dumps({**took, "bytes": wire.bytes, **counts}))


if __name__ == "__main__":
    main(sys.argv[1:])
