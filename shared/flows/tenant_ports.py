"""What the stories about a whole tenant need from the world."""

from collections.abc import Sequence
from typing import Protocol

from shared.devices.coverage import Cover, DefaultAccessChange, Standing
from shared.devices.model import AccessLevel, AccessPolicy


class DefaultAccess(Protocol):
    """The default access level, and everyone whom a change of it concerns."""

    def access_policy(self) -> AccessPolicy:
        """Return the default access level and the rules."""
        ...

    def everything(self) -> tuple[Standing, ...]:
        """Return every device of the tenant; a Failure if not all can be seen."""
        ...

    def of_mailbox(self, mailbox: str) -> tuple[Standing, ...]:
        """Return every device of one mailbox; NotFound if there is no such mailbox."""
        ...

    def cover(self, mailbox: str, device_ids: Sequence[str]) -> None:
        """Put the ids on the mailbox's allowed list, in one write, but none that is blocked."""
        ...

    def set_default(self, level: AccessLevel) -> AccessLevel:
        """Set the level and return the one that Exchange then shows: it may be late."""
        ...


class DefaultAccessChanges(Protocol):
    """Every change of a default access level, and what it put on whose allowed list."""

    def open(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """
        Store a new change, or return the one already stored under its id.

        Retryable while another change of the tenant has not ended: it is the only one under way.
        """
        ...

    def find(self, tenant_id: str, change_id: str) -> DefaultAccessChange | None:
        """Return the change, if there is one."""
        ...

    def refuse(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Store a change that ended before it began, or return the one already stored."""
        ...

    def save(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Store a step; Contended if another worker has moved the change meanwhile."""
        ...

    def plan(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """Note what is to be covered, added to what is noted; it stays noted for an undo."""
        ...

    def planned(self, change: DefaultAccessChange, at_most: int) -> tuple[Cover, ...]:
        """Return some of what is to be covered; nothing once all is dealt with."""
        ...

    def dealt_with(self, change: DefaultAccessChange, covers: Sequence[Cover]) -> None:
        """
        Note that these need no further attention, unless they are planned again.

        Contended if another worker has dealt with one of them meanwhile.
        """
        ...
