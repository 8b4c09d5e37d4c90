"""Table storage: point reads and guarded writes, its exceptions as Failures."""

from collections.abc import Mapping
from contextlib import suppress

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableServiceClient, UpdateMode

from shared.azure_failures import translated
from shared.errors import Contended

Entity = dict[str, object]


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
                raise Contended("another worker has changed the record meanwhile") from error
        return str(written["etag"])

    def delete(self, partition: str, row: str, etag: str) -> None:
        """Delete the entity if it is still the one read; one that has changed is left alone."""
        with translated("Table storage"), suppress(ResourceModifiedError, ResourceNotFoundError):
            self._client.delete_entity(
                partition, row, etag=etag, match_condition=MatchConditions.IfNotModified
            )

    def ping(self) -> None:
        """Raise a Failure unless table storage answers."""
        self.get("ping", "ping")
