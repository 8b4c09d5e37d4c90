"""A run of the inventory is begun, by the clock or by hand: one for a tenant at a time."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from shared.devices.inventory import Scope
from shared.devices.inventory_order import Asker, RunOrder, opened_by_run
from shared.devices.inventory_run import Run
from shared.devices.operation import Operation
from shared.errors import Retryable
from shared.flows.inventory_ports import RunQueue, Runs
from shared.flows.ports import Clock, Journal

ASKED_BY = "timer"
SPREAD = timedelta(minutes=10)  # over which the runs begin that one tick of a timer orders
STALLED = timedelta(minutes=30)  # beyond its lease; a message is put off for 18 minutes at most
ITS_TURN = timedelta(minutes=1)  # between two looks whether a shorter run has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySchedule:
    """Begins runs; whoever takes them further finds them on the queue."""

    runs: Runs
    journal: Journal
    queue: RunQueue
    clock: Clock

    def begin(
        self,
        tenant_id: str,
        scope: Scope,
        asked_by: str,
        after: timedelta = timedelta(),
        *,
        asked_as: str = "",
    ) -> Operation:
        """
        Order a run, which begins *after* a while; one that is under way is returned instead.

        A full run waits for one for changes to end, which sees less than was asked for.
        """
        asker = Asker(name=asked_by, asked_as=asked_as)
        last = self.runs.last(tenant_id)
        if last is None or last.is_finished:
            order = self._in_turn(last) or _new(tenant_id, scope, self.clock())
            return self._start(order, asker, after)
        if scope is Scope.FULL and last.scope is Scope.CHANGES:
            return self._put(_next(last), asker, ITS_TURN)
        return self._joined(last, asker)

    def _in_turn(self, ended: Run | None) -> RunOrder | None:
        """Return the full run that waited for the last one to end: it goes before any other."""
        if ended is None or ended.scope is Scope.FULL:
            return None
        order = _next(ended)
        waiting = self.journal.find(order.tenant_id, order.run_id)
        return None if waiting is None or waiting.is_finished else order

    def _start(self, order: RunOrder, asker: Asker, after: timedelta) -> Operation:
        begun = Run(
            tenant_id=order.tenant_id,
            run_id=order.run_id,
            scope=order.scope,
            started_at=self.clock(),
        )
        try:
            # The run's record first: whoever finds it without a message puts one on the queue.
            self.runs.open(begun)
        except Retryable:
            last = self.runs.last(order.tenant_id)
            if last is None or last.is_finished or last.run_id == order.run_id:
                raise
            return self._joined(last, asker)  # somebody else was faster
        return self._put(order, asker, after)

    def _joined(self, running: Run, asker: Asker) -> Operation:
        """Return what is under way; a run whose message was lost gets another one."""
        order = RunOrder(tenant_id=running.tenant_id, run_id=running.run_id, scope=running.scope)
        leased_until = running.leased_until or running.started_at
        if self.clock() - leased_until > STALLED:
            return self._put(order, asker, timedelta())
        return self.journal.open(opened_by_run(order, asker, self.clock()))

    def _put(self, order: RunOrder, asker: Asker, after: timedelta) -> Operation:
        operation = self.journal.open(opened_by_run(order, asker, self.clock()))
        self.queue.put_run(order, after)
        return operation


def _new(tenant_id: str, scope: Scope, now: datetime) -> RunOrder:
    own_id = uuid.uuid5(uuid.NAMESPACE_OID, f"inventory|{tenant_id}|{scope}|{now.isoformat()}")
    return RunOrder(tenant_id=tenant_id, run_id=str(own_id), scope=scope)


def _next(running: Run) -> RunOrder:
    """Return the full run that takes its turn after one for changes: one, however often ordered."""
    own_id = uuid.uuid5(uuid.NAMESPACE_OID, f"full|{running.run_id}")
    return RunOrder(tenant_id=running.tenant_id, run_id=str(own_id), scope=Scope.FULL)


def spread(tenant_id: str) -> timedelta:
    """Return after which part of ten minutes a tenant's timed runs begin: always the same."""
    share = int.from_bytes(sha256(tenant_id.lower().encode()).digest()[:4]) / 2**32
    return SPREAD * share
