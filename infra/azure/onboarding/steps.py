"""What a step of the set-up is: it looks, acts, and takes back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a step would do."""

    IN_PLACE = "in place"
    CREATE = "create"
    CHANGE = "change"
    OPEN = "left to you"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a step has found, in words to read."""

    kind: Kind
    says: str

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do here and now."""
        return self.kind in (Kind.IN_PLACE, Kind.OPEN)


class Step(Protocol):
    """
    One thing that has to stand in the tenant.

    `look` and `leftover` only read. Whatever is done may be done again: a step whose
    outcome nobody knows is looked at, never assumed.
    """

    @property
    def marks(self) -> frozenset[str]:
        """What the record calls what this run would make, as far as the last look could tell."""
        ...

    def look(self) -> Standing:
        """Say what stands, and what is to be done; Rejected if it may not be touched."""
        ...

    def apply(self) -> None:
        """Do it; NotFound while something made just now has not arrived yet."""
        ...

    def leftover(self) -> str:
        """Say what `undo` would take back; nothing if it is not ours or not there."""
        ...

    def undo(self) -> None:
        """Take it back."""
        ...
