"""Every plan of what to remove as stale, and what it rests on: table `stale`."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import msgspec

from shared.devices.packed_statistics import PackedStatistics
from shared.devices.stale import Removal
from shared.devices.stale_plan import StalePlan
from shared.errors import Contended
from shared.records.inventory.layers import delete_all, transactions
from shared.records.inventory.packed import chunks, joined
from shared.records.tables import Entity, Table, Verb, Write, after_all

ASKED_TOGETHER = 1000  # guids in an entity
REMOVED_TOGETHER = 100
LAST, LAST_EXECUTED = "last-made", "last-executed"  # rows that name a plan
T = TypeVar("T")

_guids = msgspec.msgpack.Decoder(list[str])
_removals = msgspec.msgpack.Decoder(list[Removal])


class StalePlans:
    """
    Partition: tenant; a row for each plan, and rows of what it asks, has read and removes.

    All in one partition, so that a step and what it has read are stored together or not at all.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, plan: StalePlan) -> StalePlan:
        """Store a new plan, or return the one already stored under its id."""
        etag = self._table.insert(_entity(plan))
        if etag is not None:
            return replace(plan, etag=etag)
        stored = self.find(plan.tenant_id, plan.plan_id)
        if stored is None:
            raise Contended("the plan's record came and went: try again")
        return stored

    def save(self, plan: StalePlan) -> StalePlan:
        """Store a step; Contended if another worker has moved the plan meanwhile."""
        return replace(plan, etag=self._table.replace(_entity(plan), plan.etag))

    def find(self, tenant_id: str, plan_id: str) -> StalePlan | None:
        """Return the plan, if there is one."""
        entity = self._table.get(tenant_id, _row(plan_id))
        if entity is None:
            return None
        found = msgspec.json.decode(str(entity["plan"]), type=StalePlan)
        return replace(found, etag=str(entity["etag"]))

    def last(self, tenant_id: str) -> StalePlan | None:
        """Return the plan that was made last, if there is one."""
        return self._named(tenant_id, LAST)

    def last_executed(self, tenant_id: str) -> StalePlan | None:
        """Return the plan whose removals began last, if there is one."""
        return self._named(tenant_id, LAST_EXECUTED)

    def ask(self, plan: StalePlan, guids: Iterable[str]) -> int:
        """Note which devices' statistics it takes, in place of any noted; return how many."""
        count = 0

        def blocks() -> Iterator[Write]:
            nonlocal count
            for number, block in enumerate(_blocks(guids, ASKED_TOGETHER)):
                count += len(block)
                yield _put(plan, f"{_asked(plan)}{number:06}", _packed(block))

        for batch in transactions(blocks()):
            self._table.transact(batch)
        return count

    def asked(self, plan: StalePlan, at_most: int) -> tuple[str, ...]:
        """Return the next devices whose statistics are to be read: at least one."""
        number, at = divmod(plan.read, ASKED_TOGETHER)
        found = _guids.decode(self._content(plan, f"{_asked(plan)}{number:06}"))
        return tuple(found[at : at + at_most])

    def record(self, plan: StalePlan, statistics: bytes) -> StalePlan:
        """Store a step, together with the statistics that it has read."""
        read = Write(
            verb=Verb.PUT,
            entity={
                "PartitionKey": plan.tenant_id,
                "RowKey": f"{_read(plan)}{plan.read:08}",
                **chunks("content", statistics),
            },
        )
        return replace(plan, etag=self._table.transact([_replace(plan), read])[0])

    def statistics(self, plan: StalePlan) -> PackedStatistics:
        """Return all that were read."""
        found = PackedStatistics()
        for entity in self._table.scan(plan.tenant_id, _read(plan), after_all(_read(plan))):
            found.load(joined("content", entity))
        return found

    def keep(self, plan: StalePlan, removals: Sequence[Removal]) -> StalePlan:
        """Store a plan that is made, with what it removes, as the tenant's last."""
        writes = (
            _put(plan, _block(plan, number), _packed(block))
            for number, block in enumerate(_blocks(removals, REMOVED_TOGETHER))
        )
        for batch in transactions(writes):
            self._table.transact(batch)
        return self._naming(plan, LAST)

    def clean(self, plan: StalePlan) -> None:
        """Delete what only the making of it needed; repeated without harm."""
        for prefix in (_asked(plan), _read(plan)):
            delete_all(self._table, plan.tenant_id, prefix)

    def execute(self, plan: StalePlan) -> StalePlan:
        """Store that its removals begin; Contended if they have begun already."""
        return self._naming(plan, LAST_EXECUTED)

    def removals(self, plan: StalePlan, first: int, at_most: int) -> tuple[Removal, ...]:
        """Return some of what it removes, from a number on: at least one, as far as there are."""
        if first >= plan.removals:
            return ()
        number, at = divmod(first, REMOVED_TOGETHER)
        found = _removals.decode(self._content(plan, _block(plan, number)))
        return tuple(found[at : at + at_most])

    def _naming(self, plan: StalePlan, name: str) -> StalePlan:
        named: Entity = {"PartitionKey": plan.tenant_id, "RowKey": name, "plan_id": plan.plan_id}
        writes = [_replace(plan), Write(verb=Verb.PUT, entity=named)]
        return replace(plan, etag=self._table.transact(writes)[0])

    def _named(self, tenant_id: str, name: str) -> StalePlan | None:
        named = self._table.get(tenant_id, name)
        return self.find(tenant_id, str(named["plan_id"])) if named else None

    def _content(self, plan: StalePlan, row: str) -> bytes:
        entity = self._table.get(plan.tenant_id, row)
        if entity is None:
            raise Contended("another worker has made the plan, or given it up, meanwhile")
        return zlib.decompress(joined("content", entity))


def _entity(plan: StalePlan) -> Entity:
    text = msgspec.json.encode(replace(plan, etag="")).decode()
    return {"PartitionKey": plan.tenant_id, "RowKey": _row(plan.plan_id), "plan": text}


def _replace(plan: StalePlan) -> Write:
    return Write(verb=Verb.REPLACE, entity=_entity(plan), etag=plan.etag)


def _put(plan: StalePlan, row: str, content: bytes) -> Write:
    keys = {"PartitionKey": plan.tenant_id, "RowKey": row}
    return Write(verb=Verb.PUT, entity={**keys, **chunks("content", content)})


def _row(plan_id: str) -> str:
    return f"plan-{plan_id}"


def _asked(plan: StalePlan) -> str:
    return f"asked-{plan.plan_id}-"


def _read(plan: StalePlan) -> str:
    return f"read-{plan.plan_id}-"


def _block(plan: StalePlan, number: int) -> str:
    """Return a row that only this outcome of the plan has: two workers may make it at once."""
    return f"removals-{plan.plan_id}-{plan.plan_hash[:16]}-{number:06}"


def _packed(block: Sequence[object]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(block))


def _blocks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while block := list(islice(left, size)):
        yield block
