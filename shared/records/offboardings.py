"""Every offboarding of a phone or a person: table `offboardings`."""

from dataclasses import replace

import msgspec

from shared.devices.offboarding import OffboardingRun
from shared.errors import Contended
from shared.records.inventory.packed import chunks, joined
from shared.records.tables import Entity, Table


class Offboardings:
    """Partition: tenant; row: the id of the operation."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, run: OffboardingRun) -> OffboardingRun:
        """Store a new run, or return the one already stored under its id."""
        etag = self._table.insert(_entity(run))
        if etag is not None:
            return replace(run, etag=etag)
        stored = self.find(run.tenant_id, run.run_id)
        if stored is None:
            raise Contended("the offboarding's record came and went: try again")
        return stored

    def save(self, run: OffboardingRun) -> OffboardingRun:
        """Store a step; Contended if another worker has moved the run meanwhile."""
        return replace(run, etag=self._table.replace(_entity(run), run.etag))

    def find(self, tenant_id: str, run_id: str) -> OffboardingRun | None:
        """Return the run, if there is one."""
        entity = self._table.get(tenant_id, run_id)
        if entity is None:
            return None
        found = msgspec.json.decode(joined("run", entity), type=OffboardingRun)
        return replace(found, etag=str(entity["etag"]))


def _entity(run: OffboardingRun) -> Entity:
    """Return it in as many properties as it takes: a mailbox may have a hundred phones."""
    text = msgspec.json.encode(replace(run, etag=""))
    step = run.next_step
    return {
        "PartitionKey": run.tenant_id,
        "RowKey": run.run_id,
        "step": step.value if step and run.ended_at is None else "",  # for who looks into the table
        **chunks("run", text),
    }
