"""An MDM's webhook comes in: check who sent it, then put what it says on the queue."""

from collections.abc import Mapping
from typing import Protocol

from shared.devices.model import Signal
from shared.errors import TooLarge
from shared.flows.ports import Deliveries, Queue

BODY_LIMIT = 256 * 1024  # bytes


class Senders(Protocol):
    """The MDMs we listen to."""

    def read(self, sender: str, headers: Mapping[str, str], body: bytes) -> "Delivery":
        """Return what was sent; NotFound, Unverified or Rejected where it cannot be trusted."""
        ...


class Delivery(Protocol):
    """One verified webhook call."""

    @property
    def delivery_id(self) -> str:
        """The sender's own id for it, kept over its retries."""
        ...

    @property
    def signal(self) -> Signal | None:
        """What it says about a device, if it is of a type that concerns us."""
        ...


def receive(
    sender: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    senders: Senders,
    deliveries: Deliveries,
    queue: Queue,
) -> Signal | None:
    """
    Take in one delivery; once this returns, the signal is stored.

    A repeated delivery is answered like the first and queued only if the first was not.
    """
    if len(body) > BODY_LIMIT:
        raise TooLarge(f"a webhook body may hold {BODY_LIMIT} bytes at most")
    delivery = senders.read(sender, headers, body)
    if delivery.signal is None:
        return None
    if not deliveries.is_queued(sender, delivery.delivery_id, body):
        queue.put_signal(delivery.signal)
        deliveries.queued(sender, delivery.delivery_id)
    return delivery.signal
