"""Runs one timer: past due once, never overlapping, a failure never stops the schedule."""

import asyncio
import itertools
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from azure.core.exceptions import AzureError
from azure.functions.meta import Datum

from infra.local.host import logs
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome
from infra.local.host.ncrontab import Schedule
from infra.local.host.storage import Storage
from infra.local.host.timer_status import NEVER, Status, StatusStore

log = logging.getLogger(__name__)

UNMONITORED_BELOW = timedelta(minutes=1)
TROUBLE_PAUSE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a timer finds when its host starts."""

    status: Status
    is_past_due: bool


class Timer:
    """One timer trigger; *store* is None where occurrences are not monitored."""

    def __init__(
        self,
        function: IndexedFunction,
        schedule: Schedule,
        *,
        store: StatusStore | None,
        storage: Storage,
        invoke: Callable[[Call], Awaitable[Outcome]],
        clock: Callable[[], datetime],
    ) -> None:
        self._function = function
        self._schedule = schedule
        self._store = store
        self._storage = storage
        self._invoke = invoke
        self._clock = clock
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Fire no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Fire on schedule until stopped; a run under way is waited for."""
        started = await self._start()
        status = started.status
        if started.is_past_due:
            log.info("past due, runs now", extra=self._about())
            status = await self._fire(status, is_past_due=True)
        elif self._function.trigger.properties.get("runOnStartup"):
            status = await self._fire(status)
        while not await self._stopped_before(status.Next):
            status = await self._fire(status)

    async def call_now(self) -> Call:
        """Make the call for a run out of turn; AzureError if the stored status cannot be read."""
        return call_for(self._function, await self._stored(), self._clock())

    async def _start(self) -> Start:
        while not self._stopping.is_set():
            try:
                return await self._look_back()
            except AzureError as error:
                log.warning("storage does not answer: %s", error, extra=self._about())
                await self._wait(TROUBLE_PAUSE)
        return Start(status=self._fresh(self._clock()), is_past_due=False)

    async def _look_back(self) -> Start:
        now = self._clock()
        before = await self._stored()
        status = reconcile(before, self._schedule, now) if before else self._fresh(now)
        if status != before:
            await self._save(status)
        return Start(status=status, is_past_due=before is not None and now > status.Next)

    async def _fire(self, status: Status, *, is_past_due: bool = False) -> Status:
        fired = self._clock()
        before = status if self._store else None
        await self._invoke(call_for(self._function, before, fired, is_past_due=is_past_due))
        after = Status(fired, self._schedule.next(fired), fired)
        try:
            await self._save(after)
        except AzureError as error:
            log.warning("the timer's status was not stored: %s", error, extra=self._about())
        return after

    async def _stored(self) -> Status | None:
        return await self._storage.run(self._store.read) if self._store else None

    async def _save(self, status: Status) -> None:
        if self._store:
            await self._storage.run(self._store.write, status)

    async def _stopped_before(self, moment: datetime) -> bool:
        while (left := (moment - self._clock()).total_seconds()) > 0:
            if await self._wait(min(left, 60.0)):  # in steps: the wall clock may be set
                break
        return self._stopping.is_set()

    async def _wait(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _fresh(self, now: datetime) -> Status:
        return Status(NEVER, self._schedule.next(now), now)

    def _about(self) -> dict[str, str]:
        return logs.about(self._function.name)


def call_for(
    function: IndexedFunction, status: Status | None, now: datetime, *, is_past_due: bool = False
) -> Call:
    """Make the call for one occurrence; *status* is the one before it, None without a monitor."""
    content = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status.to_json() if status else None,
        "IsPastDue": is_past_due,
    }
    return Call(
        function=function,
        data=Datum(json.dumps(content), "json"),
        metadata={"TimerTrigger": Datum(now.isoformat(), "string")},
    )


def reconcile(status: Status, schedule: Schedule, now: datetime) -> Status:
    """
    Return *status*, or a new one if the schedule has changed since it was stored.

    Source: azure-webjobs-sdk-extensions, ScheduleMonitor: a changed schedule is never past due.
    """
    basis = next((m for m in (status.Last, status.LastUpdated) if m != NEVER), now)
    expected = schedule.next(basis)
    if status.Next == expected:
        return status
    if now > expected:
        return Status(NEVER, schedule.next(now), now)
    return replace(status, Last=NEVER, Next=expected, LastUpdated=basis)


def is_monitored(schedule: Schedule, now: datetime, *, wanted: bool) -> bool:
    """Tell whether occurrences are stored: never where they are less than a minute apart."""
    moments = list(itertools.islice(schedule.occurrences(now), 5))
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    return wanted and all(gap >= UNMONITORED_BELOW for gap in gaps)
