"""One row per thing that words are about: the newest word stands, whoever writes last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5  # at one row, before another worker's flood is left to settle
REMEMBERED = 8  # words that stood before: together they fit one property
Age = tuple[datetime, str]  # of two words of one time, all workers must prefer the same
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest(Generic[T]):
    """
    One table's words, guarded by their age and by optimistic concurrency.

    `entity` and `read` turn a word into its row and back; `age` gives its time and its id;
    `plural` names such words in a failure; `remembered` is how many that stood before are
    kept, for when the newest is withdrawn.
    """

    table: Table
    entity: Callable[[T], Entity]
    read: Callable[[Entity], T]
    age: Callable[[T], Age]
    plural: str
    remembered: int = REMEMBERED

    def keep(self, word: T) -> T:
        """Store the word unless a newer one is known; return the newest."""
        row = self.entity(word)
        for _ in range(ATTEMPTS):
            stored = self._stored(row)
            if stored is None:
                if self.table.insert(row) is not None:
                    return word
                continue
            known = self.read(stored)
            if self.age(known) >= self.age(word):
                return known
            earlier = [self.entity(known), *_earlier(stored)]
            try:
                self.table.replace(self._with(row, earlier), str(stored["etag"]))
            except Contended:
                continue
            return word
        raise Contended(f"many {self.plural} at once: try again")

    def find(self, partition: str, row: str) -> T | None:
        """Return the newest word of a row, if there was one."""
        stored = self.table.get(partition, row)
        return self.read(stored) if stored else None

    def known(self, partition: str, row: str) -> list[T]:
        """Return the newest word of a row, and those that stood before, newest first."""
        stored = self.table.get(partition, row)
        return [self.read(each) for each in (stored, *_earlier(stored))] if stored else []

    def withdraw(self, word: T) -> None:
        """Forget the word: it turned out to be void, and the one before it stands again."""
        row = self.entity(word)
        for _ in range(ATTEMPTS):
            stored = self._stored(row)
            if stored is None:
                return
            known = [self.entity(self.read(stored)), *_earlier(stored)]
            left = [each for each in known if self._id(each) != self.age(word)[1]]
            if len(left) == len(known):
                return
            try:
                self._put(left, stored)
            except Contended:
                continue
            return
        raise Contended(f"many {self.plural} at once: try again")

    def _id(self, entity: Entity) -> str:
        return self.age(self.read(entity))[1]

    def _put(self, words: list[Entity], stored: Entity) -> None:
        etag = str(stored["etag"])
        if words:
            self.table.replace(self._with(words[0], words[1:]), etag)
        else:
            self.table.delete(str(stored["PartitionKey"]), str(stored["RowKey"]), etag)

    def _stored(self, row: Entity) -> Entity | None:
        return self.table.get(str(row["PartitionKey"]), str(row["RowKey"]))

    def _with(self, row: Entity, earlier: list[Entity]) -> Entity:
        return {**row, "earlier": msgspec.json.encode(earlier[: self.remembered]).decode()}


def _earlier(stored: Entity) -> list[Entity]:
    """Return the words that stood before, newest first."""
    found: list[Entity] = msgspec.json.decode(str(stored.get("earlier", "[]")))
    return found
