"""Our queues: what is put on them, now or to be seen later."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import BinaryBase64EncodePolicy, QueueClient, QueueServiceClient

from shared import inventory_messages, release_messages, sender_messages, tenant_messages
from shared.azure_failures import translated
from shared.devices.inventory_order import RunOrder
from shared.devices.model import Command, Signal
from shared.devices.release import HeldWord, Release
from shared.devices.subject import Report
from shared.devices.tenant_change import TenantCommand
from shared.group_commit import GroupCommit
from shared.messages import (
    COMMANDS,
    SIGNALS,
    as_sent,
    put_off,
    waiting,
    write_command,
)

PATIENCE = timedelta(hours=168)  # a message waits this long in all; the longest delay a queue knows
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)


class Queues:
    """Sends messages; making a queue that is missing is part of sending."""

    def __init__(self, service: QueueServiceClient, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._clock = clock
        self._clients: dict[str, QueueClient] = {}
        # Calls that come in at once are stored at once: storing costs most of an answer's time.
        self._together = GroupCommit(self._put_together, opposed=lambda *_: False)

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Put what senders say on device-signals, in as few messages as carry it."""
        if words:
            # Written here: each in the trace of the call that it came with.
            self._together.make(SIGNALS, [sender_messages.write_word(word) for word in words])

    def put_command(self, command: Command) -> None:
        """Put a command on device-commands."""
        self._send(COMMANDS, write_command(command))

    def put_tenant_command(self, command: TenantCommand) -> None:
        """Put a command that is not about one device on device-commands."""
        self._send(COMMANDS, tenant_messages.write(command))

    def put_held(self, words: Sequence[HeldWord]) -> None:
        """Put held messages on their queues, in their order."""
        for queue, some in groupby(words, key=lambda word: word.queue):
            bodies = [word.body for word in some]
            for message in sender_messages.bundled(bodies) if queue == SIGNALS else bodies:
                self._send(queue, message)

    def put_release(self, release: Release) -> None:
        """Put the order to release what is held on device-commands."""
        self._send(COMMANDS, release_messages.write(release))

    def put_run(self, order: RunOrder, after: timedelta) -> None:
        """Put a run of the inventory on inventory-pages, to be seen after a while."""
        self._send(inventory_messages.QUEUE, inventory_messages.write(order), after)

    def put_on(self, queue: str, body: bytes, after: timedelta | None) -> None:
        """Put a message whose work has made progress back for its next part."""
        self._send(queue, as_sent(body), after or timedelta())

    def put_back(self, queue: str, body: bytes, after: timedelta | None) -> bool:
        """Put a message back for later; False once its patience is used up."""
        now = self._clock()
        so_far = waiting(body)
        if so_far.waiting_since is not None and now - so_far.waiting_since > PATIENCE:
            return False
        grown = FIRST_DELAY * 2 ** min(so_far.attempt, 12)
        delay = max(after or timedelta(), min(grown, LONGEST_DELAY))
        # Spread out: what failed together should not come back together.
        spread = min(delay * random.uniform(1.0, 1.2), PATIENCE)  # noqa: S311 - no secret
        self._send(queue, put_off(body, now), spread)
        return True

    def ping(self) -> None:
        """Raise a Failure unless queue storage answers."""
        with translated("Queue storage"):
            try:
                self._client(SIGNALS).get_queue_properties()
            except ResourceNotFoundError:
                return  # it answers; the queue is made with the first message

    def _put_together(self, queue: str, groups: Sequence[Sequence[bytes]]) -> Sequence[None]:
        for message in sender_messages.bundled([word for group in groups for word in group]):
            self._send(queue, message)
        return [None] * len(groups)

    def _send(self, queue: str, body: bytes, delay: timedelta = timedelta()) -> None:
        client = self._client(queue)
        seconds = math.ceil(delay.total_seconds())
        with translated("Queue storage"):
            try:
                client.send_message(body, visibility_timeout=seconds)
            except ResourceNotFoundError:
                self._make(client)
                client.send_message(body, visibility_timeout=seconds)

    def _client(self, queue: str) -> QueueClient:
        # Making one costs as much as a tenth of sending a message; two at once do no harm.
        if queue not in self._clients:
            self._clients[queue] = self._service.get_queue_client(
                queue, message_encode_policy=BinaryBase64EncodePolicy()
            )
        return self._clients[queue]

    @staticmethod
    def written(message: Signal | Command | TenantCommand) -> tuple[str, bytes]:
        """Return on which queue a message goes, and as what."""
        if isinstance(message, Signal):
            return SIGNALS, sender_messages.write_word(message)
        if isinstance(message, TenantCommand):
            return COMMANDS, tenant_messages.write(message)
        return COMMANDS, write_command(message)

    @staticmethod
    def _make(client: QueueClient) -> None:
        try:
            client.create_queue()
        except ResourceExistsError:
            return  # another worker was first
