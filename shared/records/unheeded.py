"""Kinds of event that senders send and nobody knows, counted: table `unheeded`."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from shared.devices.subject import Counted
from shared.errors import Contended
from shared.records.tables import Table

ATTEMPTS = 3
AT_MOST = 200  # kinds told of one sender


class Unheeded:
    """Partition: sender; row: hash of the kind."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def count(self, sender: str, kind: str) -> None:
        """Count one; in a crowd a few may be missed, as an event must not wait for its count."""
        row = sha256(kind.encode(errors="replace")).hexdigest()
        for _ in range(ATTEMPTS):
            stored = self._table.get(sender, row)
            entity = {
                "PartitionKey": sender,
                "RowKey": row,
                "kind": kind[:256],
                "count": 1 + int(str(stored["count"])) if stored else 1,
                "last_at": self._clock().isoformat(),
            }
            if stored is None:
                if self._table.insert(entity) is not None:
                    return
                continue
            try:
                self._table.replace(entity, str(stored["etag"]))
            except Contended:
                continue
            return

    def of(self, sender: str) -> list[Counted]:
        """Return what was counted of one sender."""
        return [
            Counted(
                kind=str(row["kind"]),
                count=int(str(row["count"])),
                last_at=datetime.fromisoformat(str(row["last_at"])),
            )
            for row in self._table.all(sender, AT_MOST)
        ]
