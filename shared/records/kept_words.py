"""The words of operations that were given up, until they are tried again: table `abandoned`."""

from collections.abc import Iterator
from datetime import datetime

from shared.devices.kept_word import KeptWord
from shared.records.tables import Entity, Table

LONGEST = 64 * 1024  # bytes in one property; a message on our queues has 48 KiB at most
COLUMNS = ("queue", "asked", "asked_by", "given_up_at")
FIRST, END = "0", "g"  # rows are GUIDs


class KeptWords:
    """Partition: tenant; row: operation id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, word: KeptWord) -> None:
        """Keep a word, unless it is kept already, or longer than a message of ours can be."""
        if len(word.body) <= LONGEST:
            self._table.insert({**_entity(word), "body": word.body})

    def find(self, tenant_id: str, operation_id: str) -> KeptWord | None:
        """Return the word, if there is one."""
        stored = self._table.get(tenant_id, operation_id)
        return _word(stored) if stored else None

    def each(self, tenant_id: str) -> Iterator[KeptWord]:
        """Yield all of a tenant's, in no useful order, without their text."""
        for stored in self._table.scan(tenant_id, FIRST, END, select=COLUMNS):
            yield _word({**stored, "PartitionKey": tenant_id})

    def drop(self, word: KeptWord) -> None:
        """Forget a word: it is on its queue again."""
        stored = self._table.get(word.tenant_id, word.operation_id)
        if stored is not None:
            self._table.delete(word.tenant_id, word.operation_id, str(stored["etag"]))


def _entity(word: KeptWord) -> Entity:
    return {
        "PartitionKey": word.tenant_id,
        "RowKey": word.operation_id,
        "queue": word.queue,
        "asked": word.asked,
        "asked_by": word.asked_by,
        "given_up_at": word.given_up_at.isoformat(),
    }


def _word(stored: Entity) -> KeptWord:
    body = stored.get("body", b"")
    return KeptWord(
        tenant_id=str(stored["PartitionKey"]),
        operation_id=str(stored["RowKey"]),
        queue=str(stored["queue"]),
        body=body if isinstance(body, bytes) else b"",
        asked=str(stored["asked"]),
        asked_by=str(stored["asked_by"]),
        given_up_at=datetime.fromisoformat(str(stored["given_up_at"])),
    )
