"""Where in its part a run of the inventory stands: what its record keeps as the cursor."""

from enum import StrEnum

import msgspec

from shared.devices.inventory import Part


class Stage(StrEnum):
    """What settling does, in this order."""

    CHANGES = "changes"  # tell what has changed, try reports again that waited for a new device
    SETTINGS = "settings"  # tell who else changed rules, policies or the default level
    POSTURES = "postures"  # compare what was last reported of each device with the lists
    ORDERS = "orders"  # compare what was last ordered for each device with the lists
    PUBLISH = "publish"


class Bookmark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the record does not say itself; whoever resumes knows no more than this."""

    has_begun: bool = False
    link: str = ""  # of the page to be read next, as Exchange gave it
    listed: int = 0  # rows that the part has listed so far
    empty: tuple[Part, ...] = ()  # parts that listed nothing at all
    notes: tuple[str, ...] = ()  # what a person should know of the run
    stage: Stage = Stage.CHANGES
    done: int = 0  # changes gone through
    row: str = ""  # the last record that was compared
    repaired: int = 0
    left: int = 0  # what the budget did not allow to repair
    drifted: int = 0

    @property
    def text(self) -> str:
        """What a record keeps."""
        return msgspec.json.encode(self).decode()


def read(text: str) -> Bookmark:
    """Return the bookmark that a record keeps."""
    return msgspec.json.decode(text, type=Bookmark) if text else Bookmark()
