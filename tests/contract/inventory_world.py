"""A tenant of some size, and a reader of its inventory that goes from page to page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

from infra.local.simulators.exchange.answers import as_json
from infra.local.simulators.exchange.fault_plan import Fault, Perform
from shared.devices.inventory import Part, Row
from shared.devices.listed import Listed
from shared.exchange.inventory import Inventory
from tests.contract.exchange_client import ClientWorld

PARTS = [Part.MAILBOXES, Part.DEVICES]
CMDLETS = {Part.MAILBOXES: "Get-CASMailbox", Part.DEVICES: "Get-MobileDevice"}


@dataclass
class InventoryWorld:
    """One tenant's Exchange, and our reader of its inventory."""

    client: ClientWorld
    inventory: Inventory

    def walk(
        self, part: Part, cursor: str = "", since: datetime | None = None
    ) -> Iterator[tuple[str, Listed]]:
        """Yield each page from the cursor on, with the cursor that it was had by."""
        while True:
            listed = self.inventory.page(part, cursor, since)
            yield cursor, listed
            if not (cursor := listed.cursor):
                return

    def rows(self, part: Part, cursor: str = "", since: datetime | None = None) -> list[Row]:
        """Return all rows from the cursor on."""
        return [row for _, page in self.walk(part, cursor, since) for row in page.rows]

    def guids(self, part: Part, cursor: str = "", since: datetime | None = None) -> list[str]:
        """Return the guids of all rows from the cursor on, sorted."""
        return sorted(row.guid for row in self.rows(part, cursor, since))

    def true_guids(self, part: Part) -> list[str]:
        """Return what there is to list, asking nobody."""
        held = [each for each in self.client.tenant.mailboxes.values() if each.devices]
        if part is Part.MAILBOXES:
            return sorted(str(mailbox.guid) for mailbox in held)
        return sorted(str(guid) for mailbox in held for guid in mailbox.devices)


def an_inventory(*, mailboxes: int = 0, devices_each: float = 0.0) -> InventoryWorld:
    """Return a tenant with so much in it."""
    client = ClientWorld()
    client.tenant.populate(mailboxes=mailboxes, devices_per_mailbox=devices_each, seed=11)
    return InventoryWorld(client, Inventory(client.transport))


def with_row(number: int, **changed: object) -> Fault:
    """Answer as usual, but for some properties of one row."""

    def fault(perform: Perform) -> httpx.Response:
        body = msgspec.json.decode(perform().read())
        body["value"][number] |= changed
        return as_json(200, body)

    return fault


def with_link(link: str) -> Fault:
    """Answer as usual, but for the link to the next page."""

    def fault(perform: Perform) -> httpx.Response:
        body = msgspec.json.decode(perform().read())
        return as_json(200, body | {"@odata.nextLink": link})

    return fault
