"""One row per thing that words are about: the newest word stands, whoever writes last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5  # at one row, before another worker's flood is left to settle
Age = tuple[datetime, str]  # of two words of one time, all workers must prefer the same
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest(Generic[T]):
    """
    One table's words, guarded by their age and by optimistic concurrency.

    `entity` and `read` turn a word into its row and back; `age` gives its time and its id;
    `plural` names such words in a failure.
    """

    table: Table
    entity: Callable[[T], Entity]
    read: Callable[[Entity], T]
    age: Callable[[T], Age]
    plural: str

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
            try:
                self.table.replace(row, str(stored["etag"]))
            except Contended:
                continue
            return word
        raise Contended(f"many {self.plural} at once: try again")

    def find(self, partition: str, row: str) -> T | None:
        """Return the newest word of a row, if there was one."""
        stored = self.table.get(partition, row)
        return self.read(stored) if stored else None

    def withdraw(self, word: T) -> None:
        """Forget the word, if it is the newest."""
        row = self.entity(word)
        stored = self._stored(row)
        if stored is not None and self.age(self.read(stored))[1] == self.age(word)[1]:
            self.table.delete(str(row["PartitionKey"]), str(row["RowKey"]), str(stored["etag"]))

    def _stored(self, row: Entity) -> Entity | None:
        return self.table.get(str(row["PartitionKey"]), str(row["RowKey"]))
