"""What the last validation of each tenant found, and how far one has come: in `certificates`."""

from datetime import datetime

import msgspec

from shared.credentials.findings import Finding, Grade
from shared.credentials.validation import Check, LastValidation, ValidationProgress
from shared.errors import Contended
from shared.records.tables import Entity, Table, Verb, Write

ROW = "validation"
PROGRESS = "validation-progress"


class Validations:
    """Partition: tenant; a row of the last one, and one of its progress: both are overwritten."""

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

    def has_come(self, tenant_id: str, progress: ValidationProgress) -> None:
        """Remember how far a validation has come, in place of any other."""
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": PROGRESS,
            "run_id": progress.run_id,
            "checks": msgspec.json.encode(progress.checks).decode(),
        }
        self._table.transact([Write(verb=Verb.PUT, entity=entity)])

    def progress(self, tenant_id: str) -> ValidationProgress | None:
        """Return how far the last one has come that was followed."""
        stored = self._table.get(tenant_id, PROGRESS)
        if stored is None:
            return None
        try:
            checks = msgspec.json.decode(str(stored["checks"]), type=tuple[Check, ...])
        except msgspec.MsgspecError:
            return None  # another version of this app has noted it
        return ValidationProgress(run_id=str(stored["run_id"]), checks=checks)
