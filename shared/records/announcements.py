"""What was announced about certificates and webhook secrets: rows of `certificates`."""

from contextlib import suppress

from shared.credentials.mismatch import Kind, Mismatch, Noted
from shared.errors import Contended
from shared.records.tables import Entity, Table

STAGES, MISMATCH = "stages-", "mismatch-"
AT_MOST = 1000  # mismatches of a tenant that are remembered


class Announcements:
    """
    Partition: tenant; row: `stages-` and what ends when, or `mismatch-`, its kind and its key.

    Where two workers note something at once, one of them gives way: both have announced
    it, under the same id, and what is then missing is announced under that id once more.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def stages(self, tenant_id: str, subject: str) -> int | None:
        """Return how many stages of a subject are settled; None if it was never looked at."""
        stored = self._table.get(tenant_id, STAGES + subject)
        return int(str(stored["settled"])) if stored else None

    def settle(self, tenant_id: str, subject: str, stages: int) -> None:
        """Note how many stages are settled; it never becomes less."""
        row = STAGES + subject
        stored = self._table.get(tenant_id, row)
        if stored is None or int(str(stored["settled"])) < stages:
            self._put({"PartitionKey": tenant_id, "RowKey": row, "settled": stages}, stored)

    def mismatches(self, tenant_id: str) -> dict[Mismatch, Noted]:
        """Return every mismatch that was ever announced, mended or not."""
        known = {each.value for each in Kind}
        rows = self._table.first(tenant_id, MISMATCH, AT_MOST)
        return {_mismatch(row): _noted(row) for row in rows if row["kind"] in known}

    def note(self, tenant_id: str, found: Mismatch, known: Noted) -> None:
        """Note that a mismatch was announced, or mended."""
        row = f"{MISMATCH}{found.kind}-{found.thumbprint}"
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": row,
            "kind": found.kind.value,
            "thumbprint": found.thumbprint,
            "version": found.version,
            "occurrence": known.occurrence,
            "is_open": known.is_open,
        }
        self._put(entity, self._table.get(tenant_id, row))

    def _put(self, entity: Entity, stored: Entity | None) -> None:
        if stored is None:
            self._table.insert(entity)
            return
        with suppress(Contended):
            self._table.replace(entity, str(stored["etag"]))


def _mismatch(row: Entity) -> Mismatch:
    return Mismatch(
        kind=Kind(str(row["kind"])),
        thumbprint=str(row["thumbprint"]),
        version=str(row["version"]),
    )


def _noted(row: Entity) -> Noted:
    return Noted(occurrence=int(str(row["occurrence"])), is_open=bool(row["is_open"]))
