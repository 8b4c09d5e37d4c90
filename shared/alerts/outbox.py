"""Puts what was published on the queue alerts, once for each receiver that wants it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.alerts import message, told
from shared.alerts.settings import ReceiverSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """
    All that stands between an event and those who are told of it.

    To put a message is the only step that a story waits for, on the storage that it waits
    for anyhow. A death in between repeats the event, and what was told is told once.
    """

    receivers: Mapping[str, ReceiverSettings]
    put: Callable[[bytes], None]

    def __call__(self, event: bytes) -> None:
        """Hand an event over; Retryable if the queue does not take it."""
        if not self.receivers:
            return
        known = told.read(event)
        about = known.text("receiver")  # of an alert that could not be delivered
        for name, settings in self.receivers.items():
            if name != about and settings.wants(known.kind, known.tenant_id):
                self.put(message.write(name, event, known))
