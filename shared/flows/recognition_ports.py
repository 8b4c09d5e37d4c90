"""What the recognition of devices needs from the world."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.devices.awaited import Awaiting
from shared.devices.model import Signal
from shared.devices.subject import Kept, Link, Report, Waiting


class Links(Protocol):
    """What people said which device is."""

    def keep(self, report: Report, links: Sequence[Link], *, said_by: str) -> None:
        """Store what the report's device is; no link at all: it is none in Exchange."""
        ...

    def find(self, report: Report) -> Kept | None:
        """Return what was said of the report's device, under whichever of its names."""
        ...


class Reports(Protocol):
    """What each sender last said of each device."""

    def keep(self, report: Report) -> Report:
        """Store the report unless a newer one of the same sender is known; return the newest."""
        ...

    def newest(self, report: Report) -> Report:
        """Return the newest report of the same sender about the same device."""
        ...


class Held(Protocol):
    """Which operations wait for a person; one for each device and sender."""

    def waiting(self, report: Report) -> Waiting | None:
        """Return what waits about the report's device."""
        ...

    def put(self, report: Report, waited: Waiting | None) -> None:
        """Note that the report's operation waits; Contended if another one than *waited* does."""
        ...

    def drop(self, report: Report, waited: Waiting) -> None:
        """Note that nothing about the report's device waits, unless that is no longer *waited*."""
        ...


class Awaited(Protocol):
    """Reports about devices that Exchange does not know yet."""

    def put(self, report: Report, names: Sequence[str]) -> None:
        """Let the report wait for a device of any of these names; repeating it does no harm."""
        ...

    def has_any(self, tenant_id: str) -> bool:
        """Whether any report of the tenant waits."""
        ...

    def of(self, tenant_id: str, names: Iterable[str]) -> list[Awaiting]:
        """Return the reports that wait for a device of one of these names."""
        ...

    def drop(self, waiting: Awaiting) -> None:
        """Let a report wait no longer, unless another has taken its place since."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is known of the devices that senders name in ways of their own."""

    links: Links
    reports: Reports
    held: Held
    awaited: Awaited


class SenderQueue(Protocol):
    """What senders say, to be handled later by any worker."""

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Put what senders say on device-signals, in as few messages as carry it."""
        ...
