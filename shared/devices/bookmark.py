"""Where in its part a run of the inventory stands: what its record keeps as the cursor."""

from enum import StrEnum

import msgspec

from shared.devices.inventory import Part


class Stage(StrEnum):
    """What settling does, in this order."""

    SETTINGS = "settings"  # who else changed rules, policies or the default level
    CHANGES = "changes"  # what is new, gone, or not as it was
    DRIFT = "drift"  # which other devices are not as they were last said to be
    PUBLISH = "publish"


class Bookmark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the record does not say itself; whoever resumes knows no more than this."""

    has_begun: bool = False
    link: str = ""  # of the page to be read next, as Exchange gave it
    listed: dict[Part, int] = {}  # rows that each part has listed so far
    notes: tuple[str, ...] = ()  # what a person should know of the run
    stage: Stage = Stage.SETTINGS
    slice: int = 0  # of what has changed
    done: int = 0  # partnerships of the slice, or of all, gone through
    drifted: int = 0
    repaired: int = 0  # as far as that was put on the queue

    @property
    def text(self) -> str:
        """What a record keeps."""
        return msgspec.json.encode(self).decode()

    def noted(self, note: str) -> "Bookmark":
        """Return it with a note more, unless it says so already."""
        notes = tuple(dict.fromkeys(filter(None, (*self.notes, note))))
        return msgspec.structs.replace(self, notes=notes)

    def counted(self, part: Part, rows: int, link: str) -> "Bookmark":
        """Return it after a page of so many rows."""
        listed = {**self.listed, part: self.listed.get(part, 0) + rows}
        return msgspec.structs.replace(self, listed=listed, link=link)

    def started_over(self, part: Part, link: str) -> "Bookmark":
        """Return it as it is once what a part has listed is void."""
        return msgspec.structs.replace(self, listed={**self.listed, part: 0}, link=link)

    def went(self, number: int, done: int) -> "Bookmark":
        """Return it so far in a slice."""
        return msgspec.structs.replace(self, slice=number, done=done)

    def mended(self, drifted: int, repaired: int) -> "Bookmark":
        """Return it with so many devices more found, and repaired."""
        return msgspec.structs.replace(
            self, drifted=self.drifted + drifted, repaired=self.repaired + repaired
        )

    def at(self, stage: Stage) -> "Bookmark":
        """Return it at the beginning of a stage."""
        return msgspec.structs.replace(self, stage=stage, slice=0, done=0)


def read(text: str) -> Bookmark:
    """Return the bookmark that a record keeps."""
    return msgspec.json.decode(text, type=Bookmark) if text else Bookmark()
