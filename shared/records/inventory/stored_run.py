"""A run as a row of its tenant's partition."""

from dataclasses import replace

import msgspec

from shared.devices.inventory_run import Run
from shared.records.tables import Entity, Verb, Write

RUN = "run-"
WHY_LIMIT = 5_000  # characters; a property holds 32 Ki of them at most


def write(run: Run) -> Write:
    """Return what stores a run, if it still is the one that was read."""
    kept = replace(run, etag="", cursor="", why=run.why[:WHY_LIMIT])
    entity: Entity = {
        "PartitionKey": run.tenant_id,
        "RowKey": RUN + run.run_id,
        "run": msgspec.json.encode(kept).decode(),
        "cursor": run.cursor,  # may be long: a property for itself
    }
    if not run.etag:
        return Write(verb=Verb.INSERT, entity=entity)
    return Write(verb=Verb.REPLACE, entity=entity, etag=run.etag)


def read(entity: Entity) -> Run:
    """Return the run that is stored so."""
    run = msgspec.json.decode(str(entity["run"]), type=Run)
    return replace(run, cursor=str(entity["cursor"]), etag=str(entity["etag"]))
