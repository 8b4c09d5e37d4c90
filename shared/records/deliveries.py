"""Which webhook deliveries have been taken in: table `deliveries`."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from shared.errors import Conflict, Contended
from shared.records.tables import Entity, Table


class Deliveries:
    """Partition: sender; row: hash of the sender's delivery id (which may hold anything)."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def is_queued(self, sender: str, delivery_id: str, body: bytes) -> bool:
        """Note the delivery; Conflict if its id came before with another body."""
        entity = self._entity(sender, delivery_id)
        fingerprint = sha256(body).hexdigest()
        if self._table.insert({**entity, "body": fingerprint}) is not None:
            return False
        stored = self._stored(entity)
        if stored["body"] != fingerprint:
            raise Conflict("this webhook-id came before with another body")
        return bool(stored.get("queued", False))

    def queued(self, sender: str, delivery_id: str) -> None:
        """Note that the delivery's signal is on the queue."""
        stored = self._stored(self._entity(sender, delivery_id))
        if not stored.get("queued"):
            etag = str(stored.pop("etag"))
            self._mark({**stored, "queued": True}, etag)

    def _mark(self, entity: Entity, etag: str) -> None:
        try:
            self._table.replace(entity, etag)
        except Contended:
            return  # a repeat of the same delivery marked it first

    def _stored(self, entity: Entity) -> Entity:
        stored = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
        if stored is None:
            raise Contended("the delivery's record came and went: try again")
        return stored

    def _entity(self, sender: str, delivery_id: str) -> Entity:
        return {
            "PartitionKey": sender,
            "RowKey": sha256(delivery_id.encode(errors="replace")).hexdigest(),
            "received_at": self._clock().isoformat(),
        }
