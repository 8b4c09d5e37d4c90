"""What the last validation of each tenant found: a row of `certificates`."""

from datetime import datetime

from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import LastValidation
from shared.errors import Contended
from shared.records.tables import Entity, Table

ROW = "validation"


class Validations:
    """Partition: tenant; one row, which the next validation overwrites."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self, tenant_id: str) -> LastValidation | None:
        """Return what is remembered, if the tenant was ever validated."""
        stored = self._table.get(tenant_id, ROW)
        if stored is None:
            return None
        known = {each.value for each in Finding}
        codes = str(stored["codes"]).split()
        return LastValidation(
            at=datetime.fromisoformat(str(stored["at"])),
            grade=Grade(str(stored["grade"])),
            codes=tuple(Finding(code) for code in codes if code in known),
            is_passing=bool(stored["is_passing"]),
        )

    def validated(self, tenant_id: str, found: LastValidation) -> None:
        """Remember what was found; Contended if another validation ends at the same time."""
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": ROW,
            "at": found.at.isoformat(),
            "grade": found.grade.value,
            "codes": " ".join(found.codes),
            "is_passing": found.is_passing,
        }
        if self._table.insert(entity) is None:
            stored = self._table.get(tenant_id, ROW)
            if stored is None:
                raise Contended("the record came and went: try again")
            self._table.replace(entity, str(stored["etag"]))
