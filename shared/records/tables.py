"""Table storage: short reads and guarded writes, its exceptions as Failures."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import (
    TableErrorCode,
    TableServiceClient,
    TableTransactionError,
    UpdateMode,
)

from shared.azure_failures import translated
from shared.errors import Contended

Entity = dict[str, object]
LONGEST_PAGE = 1000  # entities
OVERTAKEN = "another worker has changed the record meanwhile"
RANGE = "PartitionKey eq @partition and RowKey ge @start and RowKey lt @end"


class Verb(StrEnum):
    """What a transaction does with an entity, as the SDK spells it."""

    INSERT = "create"  # it must be new
    REPLACE = "update"  # it must be the one that was read
    PUT = "upsert"  # whatever is there
    DELETE = "delete"  # it must be there


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One entity's part in a transaction."""

    verb: Verb
    entity: Mapping[str, object]  # to delete it, its keys do
    etag: str = ""  # to replace it, the one that was read


class Table:
    """One table; it is made when the first entity is written."""

    def __init__(self, service: TableServiceClient, name: str) -> None:
        self._service = service
        self._client = service.get_table_client(name)

    def get(self, partition: str, row: str) -> Entity | None:
        """Return the entity with its `etag` among its properties, or None."""
        with translated("Table storage"):
            try:
                found = self._client.get_entity(partition, row)
            except ResourceNotFoundError:
                return None
        return {**found, "etag": found.metadata["etag"]}

    def insert(self, entity: Mapping[str, object]) -> str | None:
        """Store a new entity and return its etag; None if one is already there."""
        with translated("Table storage"):
            try:
                return str(self._client.create_entity(dict(entity))["etag"])
            except ResourceExistsError:
                return None
            except ResourceNotFoundError:
                self._service.create_table_if_not_exists(self._client.table_name)
        # Once more: another worker may have made the table too, and stored this very entity.
        return self._insert_again(entity)

    def _insert_again(self, entity: Mapping[str, object]) -> str | None:
        with translated("Table storage"):
            try:
                return str(self._client.create_entity(dict(entity))["etag"])
            except ResourceExistsError:
                return None

    def replace(self, entity: Mapping[str, object], etag: str) -> str:
        """Overwrite the entity if it is still the one read; Contended otherwise."""
        with translated("Table storage"):
            try:
                written = self._client.update_entity(
                    dict(entity),
                    UpdateMode.REPLACE,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError) as error:
                raise Contended(OVERTAKEN) from error
        return str(written["etag"])

    def delete(self, partition: str, row: str, etag: str) -> None:
        """Delete the entity if it is still the one read; one that has changed is left alone."""
        with translated("Table storage"), suppress(ResourceModifiedError, ResourceNotFoundError):
            self._client.delete_entity(
                partition, row, etag=etag, match_condition=MatchConditions.IfNotModified
            )

    def first(self, partition: str, prefix: str, at_most: int) -> list[Entity]:
        """Return the first entities whose row keys begin with the prefix, in their keys' order."""
        end = after_all(prefix)
        return self._query(RANGE, at_most, partition=partition, start=prefix, end=end)

    def all(self, partition: str, at_most: int) -> list[Entity]:
        """Return the first entities of a partition, in their keys' order."""
        return self._query("PartitionKey eq @partition", at_most, partition=partition)

    def scan(
        self,
        partition: str,
        start: str,
        end: str,
        *,
        select: Sequence[str] = (),
        per_answer: int = LONGEST_PAGE,
        where: Mapping[str, str] | None = None,
    ) -> Iterator[Entity]:
        """
        Yield the entities from one row key up to another, without it, in their keys' order.

        In memory there is one answer of at most so many entities; they come without etags,
        and, if some are selected, with those properties and `RowKey` only. With *where*, only
        those whose properties are equal: storage looks at all in the range for them.
        """
        equal = where or {}
        found = self._client.query_entities(
            " and ".join([RANGE, *(f"{name} eq @{name}" for name in equal)]),
            parameters={**equal, "partition": partition, "start": start, "end": end},
            results_per_page=per_answer,
            select=["RowKey", *select] if select else None,
        )
        while True:
            with translated("Table storage"):
                try:
                    each = next(found)
                except (StopIteration, ResourceNotFoundError):
                    return  # the table is made when the first entity is written
            yield dict(each)

    def _query(self, within: str, at_most: int, **parameters: str) -> list[Entity]:
        with translated("Table storage"):
            found = self._client.query_entities(
                within, parameters=parameters, results_per_page=min(at_most, LONGEST_PAGE)
            )
            try:
                return [{**each, "etag": each.metadata["etag"]} for each in islice(found, at_most)]
            except ResourceNotFoundError:
                return []  # the table is made when the first entity is written

    def transact(self, writes: Sequence[Write]) -> list[str]:
        """
        Make all writes or none, and return the etags; Contended if an entity is not as it must be.

        Table storage takes 1 to 100 entities of one partition, each of them once, in 4 MiB.
        """
        with translated("Table storage"):
            try:
                return self._transacted(writes)
            except ResourceNotFoundError:
                self._service.create_table_if_not_exists(self._client.table_name)
            return self._transacted(writes)

    def _transacted(self, writes: Sequence[Write]) -> list[str]:
        try:
            parts = self._client.submit_transaction([_operation(write) for write in writes])
        except TableTransactionError as error:
            if getattr(error, "error_code", "") == TableErrorCode.TABLE_NOT_FOUND:
                raise ResourceNotFoundError("the table is not there") from error
            if error.status_code in {404, 409, 412}:
                raise Contended(OVERTAKEN) from error
            raise
        return [str(part.get("etag", "")) for part in parts]

    def ping(self) -> None:
        """Raise a Failure unless table storage answers."""
        self.get("ping", "ping")


def after_all(prefix: str) -> str:
    """Return the first row key that is behind all that begin with the prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _operation(write: Write) -> tuple[str, dict[str, object], dict[str, Any]]:
    options: dict[str, Any] = {}
    if write.verb in {Verb.REPLACE, Verb.PUT}:
        options["mode"] = UpdateMode.REPLACE
    if write.verb is Verb.REPLACE:
        options |= {"etag": write.etag, "match_condition": MatchConditions.IfNotModified}
    return write.verb.value, dict(write.entity), options
