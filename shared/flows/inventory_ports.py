"""What the inventory needs from the world."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from shared.devices.inventory import Part, Row
from shared.devices.inventory_order import RunOrder
from shared.devices.inventory_run import Change, Page, Picture, Run
from shared.devices.judged import Judged
from shared.devices.last_words import LastWords
from shared.devices.listed import AccessSettings, Listed
from shared.devices.model import Command, Order, Signal, WipeState
from shared.devices.news import News
from shared.devices.packed_keys import Keys
from shared.devices.settings_change import Seen, SettingsChange
from shared.devices.subject import Report
from shared.errors import Failure


class ExchangeInventory(Protocol):
    """Everything that one tenant's Exchange knows of devices and of the mailboxes they use."""

    def page(self, part: Part, cursor: str, since: datetime | None) -> Listed:
        """
        Return one page: the first for the cursor "", any other by the cursor before it.

        With *since*, which all pages of a run share, only what changed after it, as far as
        Exchange can tell. CutShort once a listing cannot go on: what the part has listed is
        no whole, and it starts over with the cursor SLICES, which is never cut short. A row
        may come twice; the later one is the newer.
        """
        ...

    def can_tell_changes(self) -> tuple[bool, str]:
        """Return whether Exchange can list what changed, and what it cannot tell, with reasons."""
        ...

    def settings(self) -> AccessSettings:
        """Return what decides over devices that are on no list."""
        ...

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """Return last sync and wipes of some devices, by guid; NotFound for one that is gone."""
        ...


class Runs(Protocol):
    """How far each run has come; one of a tenant's is under way at a time."""

    def open(self, run: Run) -> Run:
        """
        Store a new run, or return the one of this id, and keep others off for a while.

        One that has ended is returned as it is. Retryable while another one of the tenant is
        under way; one that nobody goes on with ends as replaced.
        """
        ...

    def record(self, run: Run, page: Page) -> Run:
        """Store a page and where the run goes on; Contended if another worker has moved it."""
        ...

    def save(self, run: Run) -> Run:
        """Store any other step of the run; Contended if another worker has moved it."""
        ...

    def seen(self, run: Run) -> Keys:
        """Return the keys of all rows that its pages had."""
        ...

    def find(self, tenant_id: str, run_id: str) -> Run | None:
        """Return the run, if there is one."""
        ...

    def last(self, tenant_id: str) -> Run | None:
        """Return the run that began last, whether it has ended or not."""
        ...

    def clean(self, run: Run) -> None:
        """Delete what earlier runs left over; at any time, and repeated without harm."""
        ...


class Index(Protocol):
    """The keys and fingerprints of a picture's rows."""

    def get(self, key: bytes) -> bytes | None:
        """Return a row's fingerprint, if the row is there."""
        ...

    def missing(self, seen: Keys) -> Iterator[bytes]:
        """Yield the keys that are not among those seen."""
        ...

    def __len__(self) -> int:
        """Return the number of rows."""
        ...


class Pictures(Protocol):
    """What the last complete run saw of each tenant; a run under way changes nothing in it."""

    def index(self, tenant_id: str) -> Index:
        """Return its keys and fingerprints, in a few requests."""
        ...

    def picture(self, tenant_id: str) -> Picture | None:
        """Return what it is; None before the first run has ended."""
        ...

    def rows(self, tenant_id: str) -> Iterator[Row]:
        """Yield all rows, a few at a time in memory."""
        ...

    def rows_of(self, tenant_id: str, keys: Iterable[bytes]) -> Iterator[Row]:
        """Yield the rows with these keys, those that are there; for a thousand at a time."""
        ...


class Publishing(Protocol):
    """How what a run has found becomes the picture."""

    def changes(self, run: Run, gone: Iterable[bytes] = (), after: int = 0) -> Iterator[Change]:
        """Yield each row that is not as it was, in a fixed order; `after` leaves out so many."""
        ...

    def finish(self, run: Run, gone: Iterable[bytes], until: datetime) -> Run:
        """End the run with a new picture; Unfinished if there was no time for all of it."""
        ...


class Absences(Protocol):
    """Which rows are missed, and since when."""

    def last(self, tenant_id: str) -> Judged | None:
        """Return the last judgement, if there was one."""
        ...

    def keep(self, tenant_id: str, judged: Judged) -> None:
        """Note a judgement; repeating it does no harm."""
        ...


class SettingsSeen(Protocol):
    """What decides over all devices, as it was seen last."""

    def last(self, tenant_id: str) -> Seen | None:
        """Return what was seen last; None: nobody has looked yet."""
        ...

    def keep(self, tenant_id: str, seen: Seen) -> None:
        """Note what was seen."""
        ...


class AllWords(Protocol):
    """What was last said about every device."""

    def of(self, tenant_id: str) -> LastWords:
        """Return it, packed: some thousand requests for a million devices."""
        ...


class KnownPostures(Protocol):
    """What MDMs have reported."""

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Signal]:
        """Return what was last reported about a device, the newest first."""
        ...


class KnownOrders(Protocol):
    """What was ordered."""

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Order]:
        """Return what was last ordered for a device, the newest first."""
        ...


class RepairQueue(Protocol):
    """What brings a device back in line, by the same way as the word that it repeats."""

    def put_words(self, words: Sequence[Signal | Report]) -> None:
        """Put what senders say on device-signals, in as few messages as carry it."""
        ...

    def put_command(self, command: Command) -> None:
        """Put a command on device-commands."""
        ...


class InventoryEvents(Protocol):
    """What runs tell the world; a repeat carries the same event id."""

    def device_news(self, news: News) -> None:
        """Announce that a partnership is new, gone, or not as it was."""
        ...

    def settings_changed(self, run: Run, change: SettingsChange) -> None:
        """Announce what somebody else did to a policy, an access rule or the default level."""
        ...


class RunQueue(Protocol):
    """Runs to be taken further, by any worker."""

    def put_run(self, order: RunOrder, after: timedelta) -> None:
        """Put a run on inventory-pages, to be seen after a while."""
        ...
