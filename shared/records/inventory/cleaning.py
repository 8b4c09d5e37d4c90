"""Deleting what earlier runs left: a death on the way leaves the rest to the next run."""

from contextlib import suppress

from shared.errors import Contended
from shared.records.inventory import current
from shared.records.inventory.drafts import LAYER
from shared.records.inventory.layers import Layers, delete_all
from shared.records.inventory.staged import PAGE, ROWS
from shared.records.inventory.stored_run import RUN, read
from shared.records.tables import Table, Verb, Write, after_all

KEPT_RUNS = 50
MOST_RUNS = 1000


def clean(table: Table, tenant_id: str) -> None:
    """Delete superseded layers, the pages of runs that have ended, and the oldest runs."""
    for name in _superseded(table, tenant_id):
        Layers(table, tenant_id).delete(name)
        keys = {"PartitionKey": tenant_id, "RowKey": LAYER + name}
        with suppress(Contended):  # another worker has deleted it
            table.transact([Write(verb=Verb.DELETE, entity=keys)])
    _delete_pages(table, tenant_id)
    _delete_runs(table, tenant_id)


def _superseded(table: Table, tenant_id: str) -> list[str]:
    """
    Return the layers that no picture will have again.

    Only those that were to follow an older picture than the current one: even if all this
    was read long ago, none of them can have become current meanwhile.
    """
    noted = table.scan(tenant_id, LAYER, after_all(LAYER))
    after = {str(each["RowKey"]).removeprefix(LAYER): int(str(each["after"])) for each in noted}
    now = current.find(table, tenant_id)
    if now is None:
        return []
    in_use = {layer.name for layer in now.layers}
    return [
        name
        for name, version in after.items()
        if version < now.picture.version and name not in in_use
    ]


def _delete_pages(table: Table, tenant_id: str) -> None:
    for prefix in (PAGE, ROWS):
        rows = table.scan(tenant_id, prefix, after_all(prefix), select=("RowKey",))
        # A page's number, and that of its part, stand behind the run's id.
        dashes = 1 if prefix == PAGE else 2
        runs = {str(each["RowKey"]).removeprefix(prefix).rsplit("-", dashes)[0] for each in rows}
        for run_id in runs:
            entity = table.get(tenant_id, RUN + run_id)
            if entity is None or read(entity).is_finished:
                delete_all(table, tenant_id, f"{prefix}{run_id}-")


def _delete_runs(table: Table, tenant_id: str) -> None:
    runs = [read(each) for each in table.first(tenant_id, RUN, MOST_RUNS)]
    runs.sort(key=lambda run: run.started_at, reverse=True)
    for run in runs[KEPT_RUNS:]:
        if run.is_finished:
            table.delete(tenant_id, RUN + run.run_id, run.etag)
