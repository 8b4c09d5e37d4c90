"""Every change of a default access level, and what it covered: table `defaultaccess`."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import msgspec

from shared.devices.coverage import Cover, DefaultAccessChange
from shared.errors import Contended, Retryable
from shared.records.covers import Covers
from shared.records.tables import Entity, Table, Verb, Write

PLACE = "place"  # the row that names the change which a tenant began last
ATTEMPTS = 5
WAIT = timedelta(minutes=1)
WHY_LIMIT = 10_000  # characters; a property holds 32 Ki of them at most


class DefaultAccessChanges:
    """
    Partition: tenant; a row for each change, and one that names the last to begin.

    Nothing frees the place: it is free once the change it names has ended. So there is no
    moment in which a death leaves it taken.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._covers = Covers(table)

    def open(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """
        Store a new change, or return the one already stored under its id.

        Retryable while another change of the tenant has not ended: it is the only one under way.
        """
        for _ in range(ATTEMPTS):
            stored = self.find(change.tenant_id, change.change_id)
            if stored is not None:
                return stored
            place = self._table.get(change.tenant_id, PLACE)
            if place is not None:
                self._wait_for(change.tenant_id, str(place["change_id"]))
            with suppress(Contended):
                # Together: a place taken for a change that is not there would be taken over.
                etag, _ = self._table.transact([_insert(change), _take(place, change)])
                return replace(change, etag=etag)
        raise Contended("many changes of one default access level at once: try again")

    def refuse(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Store a change that ended before it began, or return the one already stored."""
        etag = self._table.insert(_entity(change))
        if etag is not None:
            return replace(change, etag=etag)
        stored = self.find(change.tenant_id, change.change_id)
        if stored is None:
            raise Contended("the change's record came and went: try again")
        return stored

    def save(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Store a step; Contended if another worker has moved the change meanwhile."""
        return replace(change, etag=self._table.replace(_entity(change), change.etag))

    def find(self, tenant_id: str, change_id: str) -> DefaultAccessChange | None:
        """Return the change, if there is one."""
        entity = self._table.get(tenant_id, _row(change_id))
        return msgspec.convert(entity, DefaultAccessChange) if entity else None

    def plan(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """Note what is to be covered, added to what is noted; repeating it does no harm."""
        self._covers.plan(_partition(change), covers)

    def planned(self, change: DefaultAccessChange, at_most: int) -> tuple[Cover, ...]:
        """Return some of what is to be covered; nothing once all is dealt with."""
        return self._covers.planned(_partition(change), at_most)

    def dealt_with(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """Note that these, as planned, need no further attention; Contended if one is not there."""
        self._covers.dealt_with(_partition(change), covers)

    def _wait_for(self, tenant_id: str, change_id: str) -> None:
        other = self.find(tenant_id, change_id)
        if other is not None and not other.is_finished:
            raise Retryable(
                f"change {change_id} of the default access level is under way ({other.phase}): "
                "this one begins when that has ended",
                after=WAIT,
            )


def _insert(change: DefaultAccessChange) -> Write:
    return Write(verb=Verb.INSERT, entity=_entity(change))


def _take(place: Entity | None, change: DefaultAccessChange) -> Write:
    """Name the change in the place, if that is still as it was read."""
    taken: Entity = {
        "PartitionKey": change.tenant_id,
        "RowKey": PLACE,
        "change_id": change.change_id,
    }
    if place is None:
        return Write(verb=Verb.INSERT, entity=taken)
    return Write(verb=Verb.REPLACE, entity=taken, etag=str(place["etag"]))


def _entity(change: DefaultAccessChange) -> Entity:
    columns: Entity = msgspec.to_builtins(replace(change, why=change.why[:WHY_LIMIT]))
    filled = {name: value for name, value in columns.items() if value is not None}
    del filled["etag"]
    return {"PartitionKey": change.tenant_id, "RowKey": _row(change.change_id), **filled}


def _row(change_id: str) -> str:
    return f"change-{change_id}"


def _partition(change: DefaultAccessChange) -> str:
    """Return where the change's covers are, however many: no reader of changes meets them."""
    return f"{change.tenant_id}-{change.change_id}"
