"""Which alerts have arrived, and how their receivers stand: the table `alerts`."""

from contextlib import suppress
from datetime import datetime

from shared.alerts.delivery import Standing
from shared.errors import Contended
from shared.records.tables import Entity, Table

STANDING = "standing"


class Alerts:
    """Partition: receiver; row: the event that it has had, or `standing`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def is_delivered(self, receiver: str, event_id: str) -> bool:
        """Whether the receiver has had the event."""
        return self._table.get(receiver, event_id) is not None

    def delivered(self, receiver: str, event_id: str, at: datetime) -> None:
        """Note that it has."""
        self._table.insert({"PartitionKey": receiver, "RowKey": event_id, "at": at})

    def standing(self, receiver: str) -> Standing | None:
        """Return what is known against a receiver; None: nothing."""
        stored = self._table.get(receiver, STANDING)
        if stored is None:
            return None
        return Standing(
            why=str(stored["why"]),
            at=datetime.fromisoformat(str(stored["at"])),
            off_for=str(stored["off_for"]),
        )

    def note(self, receiver: str, standing: Standing | None) -> None:
        """Note it; of two workers that do so at once, one gives way."""
        stored = self._table.get(receiver, STANDING)
        if standing is None:
            if stored is not None:
                self._table.delete(receiver, STANDING, str(stored["etag"]))
            return
        entity: Entity = {
            "PartitionKey": receiver,
            "RowKey": STANDING,
            "why": standing.why,
            "at": standing.at.isoformat(),
            "off_for": standing.off_for,
        }
        if stored is None:
            self._table.insert(entity)
            return
        with suppress(Contended):
            self._table.replace(entity, str(stored["etag"]))
