"""Makes the listener or timer of each function; one that cannot listen is reported and left out."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from infra.local.host import logs, ncrontab
from infra.local.host.deliveries import Deliveries, poison_name
from infra.local.host.hostfile import HostOptions
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome
from infra.local.host.queues import QueueListener
from infra.local.host.settings import SettingError, Settings
from infra.local.host.storage import Storage
from infra.local.host.timer_status import StatusStore
from infra.local.host.timers import Timer, is_monitored

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Listeners:
    """What every listener needs from its host."""

    settings: Settings
    options: HostOptions
    storage: Storage
    invoke: Callable[[Call], Awaitable[Outcome]]
    lease: timedelta
    host_id: str
    clock: Callable[[], datetime]

    def queues(self, functions: Iterable[IndexedFunction]) -> dict[str, QueueListener]:
        """Return the listeners of the queue functions, by function name."""
        return self._made(functions, "queueTrigger", self._queue)

    def timers(self, functions: Iterable[IndexedFunction]) -> dict[str, Timer]:
        """Return the timers of the timer functions, by function name."""
        return self._made(functions, "timerTrigger", self._timer)

    def _made(
        self,
        functions: Iterable[IndexedFunction],
        trigger: str,
        make: Callable[[IndexedFunction], T],
    ) -> dict[str, T]:
        made = {}
        for function in functions:
            if function.trigger.type == trigger:
                try:
                    made[function.name] = make(function)
                except (SettingError, ValueError) as error:
                    about = logs.about(function.name)
                    log.error("does not listen: %s", error, extra=about)  # noqa: TRY400  says it all
        return made

    def _queue(self, function: IndexedFunction) -> QueueListener:
        connection = function.trigger.properties["connection"]
        queue = self.storage.queue(connection, function.trigger.properties["queueName"])
        poison = poison_name(queue.queue_name)
        deliveries = Deliveries(
            function=function,
            queue=queue,
            poison=self.storage.queue(connection, poison) if poison else None,
            storage=self.storage,
            options=self.options,
            invoke=self.invoke,
            lease=self.lease,
        )
        return QueueListener(queue, deliveries, self.storage, self.options)

    def _timer(self, function: IndexedFunction) -> Timer:
        properties = function.trigger.properties
        schedule = ncrontab.parse(self.settings.resolve(properties["schedule"]))
        wanted = properties.get("useMonitor") is not False
        store = None
        if is_monitored(schedule, self.clock(), wanted=wanted):
            secret = self.settings.connection("AzureWebJobsStorage")
            store = StatusStore(secret, self.host_id, function.name)
        return Timer(
            function,
            schedule,
            store=store,
            storage=self.storage,
            invoke=self.invoke,
            clock=self.clock,
        )
