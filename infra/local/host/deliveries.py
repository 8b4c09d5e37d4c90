"""What happens to one received message: decoded, called, kept invisible meanwhile, settled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from azure.core.exceptions import AzureError
from azure.functions.meta import Datum
from azure.storage.queue import QueueClient, QueueMessage

from infra.local.host import logs
from infra.local.host.hostfile import HostOptions
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome
from infra.local.host.messages import UndecodableError, decode, metadata
from infra.local.host.outputs import put
from infra.local.host.storage import Storage

log = logging.getLogger(__name__)

LONGEST_QUEUE_NAME = 63


def poison_name(queue: str) -> str | None:
    """Name *queue*'s poison queue; a poison queue has none, nor has one with too long a name."""
    name = f"{queue}-poison"
    return None if queue.endswith("-poison") or len(name) > LONGEST_QUEUE_NAME else name


@dataclass(slots=True)
class Held:
    """A received message, and the pop receipt that is good for it now."""

    message: QueueMessage
    receipt: str


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """
    One queue's messages on their way to one function.

    A message is invisible for *lease*, renewed at half of it while its function runs: a process
    that dies leaves its messages to reappear when the lease ends.
    """

    function: IndexedFunction
    queue: QueueClient
    poison: QueueClient | None
    storage: Storage
    options: HostOptions
    invoke: Callable[[Call], Awaitable[Outcome]]
    lease: timedelta

    async def handle(self, message: QueueMessage) -> None:
        """See one message through; what cannot be settled reappears by itself."""
        held = Held(message, message.pop_receipt or "")
        try:
            await self._process(held)
        except AzureError as error:
            about = logs.about(self.function.name)
            log.warning("message %s will reappear: %s", message.id, error, extra=about)

    async def _process(self, held: Held) -> None:
        message = held.message
        if self._attempts(message) > self.options.max_dequeue_count:
            await self._bury(held, "was received too often")
            return
        try:
            content = decode(message.content, base64_encoded=self.options.base64)
        except UndecodableError:
            await self._bury(held, "cannot be decoded: check the messageEncoding settings")
            return
        call = Call(
            function=self.function,
            data=Datum(content, "string"),
            metadata=metadata(message, content),
        )
        outcome = await self._while_held(held, call)
        await self._settle(held, outcome)

    async def _while_held(self, held: Held, call: Call) -> Outcome:
        finished = asyncio.Event()
        renewal = asyncio.create_task(self._renew(held, finished))
        outcome = await self.invoke(call)
        # Not cancelled: a renewal under way is about to change the receipt that settling needs.
        finished.set()
        await renewal
        return outcome

    async def _renew(self, held: Held, finished: asyncio.Event) -> None:
        half = self.lease.total_seconds() / 2
        while not finished.is_set():
            try:
                await asyncio.wait_for(finished.wait(), half)
            except TimeoutError:
                await self._extend(held)

    async def _extend(self, held: Held) -> None:
        try:
            await self._hide(held, self.lease)
        except AzureError as error:
            about = logs.about(self.function.name)
            log.warning("message %s was not renewed: %s", held.message.id, error, extra=about)

    async def _settle(self, held: Held, outcome: Outcome) -> None:
        if outcome.failure is None:
            await self._delete(held)
        elif self.poison is None:
            return  # left invisible, so that a failing poison handler does not spin
        elif self._attempts(held.message) >= self.options.max_dequeue_count:
            await self._bury(held, "has failed for the last time")
        else:
            await self._hide(held, self.options.visibility_timeout)

    async def _bury(self, held: Held, reason: str) -> None:
        about = logs.about(self.function.name)
        if self.poison is None:
            log.warning("message %s %s and stays", held.message.id, reason, extra=about)
            return
        target = self.poison.queue_name
        log.warning("message %s %s: moved to %s", held.message.id, reason, target, extra=about)
        await self.storage.run(put, self.poison, held.message.content)
        await self._delete(held)

    async def _hide(self, held: Held, time: timedelta) -> None:
        seconds = int(time.total_seconds())
        updated = await self.storage.run(
            self.queue.update_message,
            held.message.id,
            pop_receipt=held.receipt,
            visibility_timeout=seconds,
        )
        held.receipt = updated.pop_receipt or held.receipt

    async def _delete(self, held: Held) -> None:
        await self.storage.run(self.queue.delete_message, held.message.id, held.receipt)

    @staticmethod
    def _attempts(message: QueueMessage) -> int:
        return message.dequeue_count or 0
