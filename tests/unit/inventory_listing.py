"""What a tenant's Exchange lists of mailboxes and devices, page by page, for the stories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from shared.devices.inventory import Mailbox, MobileDevice, Part, Row
from shared.devices.listed import SLICES, AccessSettings, Listed
from shared.devices.model import AccessLevel, AccessState, WipeState
from shared.errors import CutShort, Failure, Retryable
from tests.unit.builders import DEVICE_ID, GUID, MAILBOX
from tests.unit.stand_ins import FakeClock

PLACE = "cn=adele,ou=contoso"
ALLOW = AccessSettings(policies=("Default",), rules=(), default=AccessLevel.ALLOW)


def a_mailbox(**changes: object) -> Mailbox:
    """Return Adele's, with nobody on its lists."""
    mailbox = Mailbox(place=PLACE, guid="mailbox-adele", address=MAILBOX)
    return msgspec.structs.replace(mailbox, **changes)


def a_phone(**changes: object) -> MobileDevice:
    """Return Adele's iPhone, let in by the default level."""
    device = MobileDevice(
        place=PLACE,
        guid=GUID,
        device_id=DEVICE_ID,
        access=AccessState.ALLOWED,
        access_reason="Global",
        device_type="iPhone",
        model="iPhone15C2",
        os="iOS 19.2",
        client_type="EAS",
    )
    return msgspec.structs.replace(device, **changes)


def many(count: int) -> list[Row]:
    """Return so many mailboxes, each with a device."""
    mailboxes = [
        a_mailbox(place=f"cn=m{number}", guid=f"m{number}", address=f"m{number}@contoso.com")
        for number in range(count)
    ]
    phones = [a_phone(place=f"cn=m{number}", guid=f"d{number}") for number in range(count)]
    return [*mailboxes, *phones]


@dataclass
class FakeListing:
    """What Exchange lists, page by page, and how often it was asked."""

    clock: FakeClock
    rows: dict[bytes, Row] = field(default_factory=dict)
    page_of: int = 2
    cut: set[str] = field(default_factory=set)  # links that are dead
    empty: set[Part] = field(default_factory=set)  # parts that list nothing
    has_empty_slices: bool = False
    down: Failure | None = None
    can_tell: tuple[bool, str] = (True, "what is gone")
    untold: dict[Part, str] = field(default_factory=dict)
    now: AccessSettings = ALLOW
    wipes: dict[str, WipeState] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _changed_at: dict[bytes, datetime] = field(default_factory=dict)

    def put(self, *rows: Row) -> None:
        """Let these be there, as from now."""
        for row in rows:
            self.rows[row.key] = row
            self._changed_at[row.key] = self.clock()

    def remove(self, *rows: Row) -> None:
        """Let these be there no more."""
        for row in rows:
            del self.rows[row.key]

    def page(self, part: Part, cursor: str, since: datetime | None) -> Listed:
        """Return a page; a cursor is the number of rows before it."""
        self._ask(f"{part} {cursor}")
        if cursor in self.cut:
            raise CutShort("the link is dead")
        prefix = SLICES if cursor.startswith(SLICES) else ""
        is_empty = part in self.empty or (prefix and self.has_empty_slices)
        found = [] if is_empty else self._rows(part, since)
        start = int(cursor.removeprefix(prefix) or 0)
        following = start + self.page_of
        return Listed(
            rows=found[start:following],
            cursor=f"{prefix}{following}" if following < len(found) else "",
            calls=1,
            untold=self.untold.get(part, "") if since else "",
        )

    def can_tell_changes(self) -> tuple[bool, str]:
        """Return what a test says."""
        self._ask("changes")
        return self.can_tell

    def settings(self) -> AccessSettings:
        """Return them."""
        self._ask("settings")
        return self.now

    def statistics(self, guids: Sequence[str]) -> dict[str, WipeState | Failure]:
        """Return what is known of wipes."""
        self._ask(f"statistics {len(guids)}")
        return {guid: self.wipes.get(guid) or Retryable("busy") for guid in guids}

    def _rows(self, part: Part, since: datetime | None) -> list[Row]:
        kind = Mailbox if part is Part.MAILBOXES else MobileDevice
        return [
            row
            for key, row in sorted(self.rows.items())
            if isinstance(row, kind) and (since is None or self._changed_at[key] > since)
        ]

    def _ask(self, what: str) -> None:
        if self.down:
            raise self.down
        self.asked.append(what)
