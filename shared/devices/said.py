"""What was said about one device: reports and orders, as far as they are remembered."""

from dataclasses import dataclass

from shared.devices.drift import Ordered, Reported
from shared.devices.model import Concern, Order, Signal, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Both with the newest first."""

    signals: tuple[Signal, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def reported(self) -> Reported | None:
        """The newest report."""
        if not self.signals:
            return None
        newest = self.signals[0]
        return Reported(posture=newest.posture, trust=newest.trust, at=newest.occurred_at)

    @property
    def ordered(self) -> tuple[Ordered, ...]:
        """The newest order of each concern."""
        newest = {order.concern: order for order in reversed(self.orders)}
        return tuple(Ordered(action=each.action, at=each.given_at) for each in newest.values())

    @property
    def standing(self) -> Word | None:
        """The newest word on whether the device may have mail."""
        orders = [order for order in self.orders if order.concern is Concern.ACCESS]
        if orders and (not self.signals or orders[0].given_at > self.signals[0].occurred_at):
            return orders[0]
        return self.signals[0] if self.signals else None

    @property
    def words(self) -> list[Word]:
        """All of it, the newest first."""
        words: list[Word] = [*self.signals, *self.orders]
        return sorted(words, key=_said_at, reverse=True)


def _said_at(word: Word) -> float:
    at = word.occurred_at if isinstance(word, Signal) else word.given_at
    return at.timestamp()
