"""What was last said about all devices of a tenant: one scan of `postures`, one of `orders`."""

from datetime import datetime

from shared.devices.drift import Ordered, Reported
from shared.devices.inventory import KEY_BYTES
from shared.devices.last_words import LastWords
from shared.devices.model import Action, Posture, Trust
from shared.records.postures import OWNERSHIP
from shared.records.tables import Entity, Table

FIRST, END = "0", "g"  # rows begin with the hexadecimal hash that names the device


class Words:
    """Reads the records of `postures` and `orders`, a thousand in a request."""

    def __init__(self, postures: Table, orders: Table) -> None:
        self._postures = postures
        self._orders = orders

    def of(self, tenant_id: str) -> LastWords:
        """Return them, packed."""
        words = LastWords()
        columns = ("posture", "trust", "occurred_at")
        for row in self._postures.scan(tenant_id, FIRST, END, select=columns):
            if not str(row["RowKey"]).endswith(f"-{OWNERSHIP}"):
                words.report(_name(row), _reported(row))
        for row in self._orders.scan(tenant_id, FIRST, END, select=("action", "given_at")):
            words.order(_name(row), _ordered(row))
        return words


def _name(row: Entity) -> bytes:
    return bytes.fromhex(str(row["RowKey"])[: 2 * KEY_BYTES])


def _reported(row: Entity) -> Reported:
    return Reported(
        posture=Posture(str(row["posture"])),
        trust=Trust(str(row["trust"])),
        at=datetime.fromisoformat(str(row["occurred_at"])),
    )


def _ordered(row: Entity) -> Ordered:
    return Ordered(
        action=Action(str(row["action"])), at=datetime.fromisoformat(str(row["given_at"]))
    )
