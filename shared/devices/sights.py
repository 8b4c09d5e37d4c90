"""Each partnership as a run before saw it, and as this one does."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.devices.groups import Seen, grouped
from shared.devices.inventory import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One partnership; it is new without *before*, and gone without *after*."""

    before: Seen | None
    after: Seen | None

    @property
    def key(self) -> bytes:
        """The device's key."""
        seen = self.after or self.before
        if seen is None:
            raise AssertionError("nobody saw it")
        return seen.device.key


def sights(before: Iterable[Row], after: Iterable[Row]) -> list[Sight]:
    """Return the partnerships of these rows, always in one order."""
    old, new = _seen(before), _seen(after)
    return [Sight(before=old.get(key), after=new.get(key)) for key in sorted({*old, *new})]


def _seen(rows: Iterable[Row]) -> dict[bytes, Seen]:
    return {seen.device.key: seen for group in grouped(rows) for seen in group.seen()}
