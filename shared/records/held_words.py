"""The messages of held operations, until they go on their queues again: table `heldwords`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from shared.devices.operation import Operation
from shared.devices.release import HeldWord
from shared.errors import Contended
from shared.records.tables import Entity, Table, Verb, Write

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST, END = "0", ":"  # all row keys begin with a digit
LEAVING = "yes"


class HeldWords:
    """Partition: tenant; row: when the operation was opened, and its id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, operation: Operation, queue: str, body: bytes) -> None:
        """Keep the message of an operation that is about to be held; repeating it does no harm."""
        entity: Entity = {
            "PartitionKey": operation.tenant_id,
            "RowKey": _key(operation),
            "queue": queue,
            "body": body,
            "reason": operation.hold.reason.value if operation.hold else "",
            "asked_by": operation.asked_by,
        }
        self._table.transact([Write(verb=Verb.PUT, entity=entity)])

    def find(self, operation: Operation) -> HeldWord | None:
        """Return the operation's message, if it is kept."""
        row = self._table.get(operation.tenant_id, _key(operation))
        return _word(operation.tenant_id, row) if row else None

    def leaving(self, operation: Operation) -> None:
        """Note that the message is about to go on its queue: if it does not, somebody looks."""
        row = self._table.get(operation.tenant_id, _key(operation))
        if row is not None:
            etag = str(row.pop("etag"))
            self._table.replace({**row, "leaving": LEAVING}, etag)

    def drop(self, words: Sequence[HeldWord]) -> None:
        """Forget messages that are on their queues again, or given up; 100 at most."""
        entities = [{"PartitionKey": word.tenant_id, "RowKey": word.key} for word in words]
        try:
            self._table.transact([Write(verb=Verb.DELETE, entity=each) for each in entities])
        except Contended:
            # One of them is gone already; of a single one that is all there is to do.
            if len(words) > 1:
                for word in words:
                    self.drop([word])

    def each(self, tenant_id: str, *, until: datetime | None = None) -> Iterator[HeldWord]:
        """Yield them in the order of their arrival, up to those of a moment."""
        end = END if until is None else _moment(until + MICROSECOND)
        for row in self._table.scan(tenant_id, FIRST, end):
            yield _word(tenant_id, row)

    def stranded(self, tenant_id: str) -> Iterator[HeldWord]:
        """Yield those that were about to go on their queues, and are still here."""
        for row in self._table.scan(tenant_id, FIRST, END, where={"leaving": LEAVING}):
            yield _word(tenant_id, row)


def _key(operation: Operation) -> str:
    return f"{_moment(operation.opened_at)}-{operation.operation_id}"


def _moment(at: datetime) -> str:
    return f"{(at - EPOCH) // MICROSECOND:020d}"


def _word(tenant_id: str, row: Entity) -> HeldWord:
    body = row["body"]
    return HeldWord(
        key=str(row["RowKey"]),
        operation_id=str(row["RowKey"]).partition("-")[2],
        tenant_id=tenant_id,
        queue=str(row["queue"]),
        body=body if isinstance(body, bytes) else b"",
        reason=str(row["reason"]),
        asked_by=str(row["asked_by"]),
    )
