"""Storage in a crowd."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.records.tables import Entity
from tests.unit.stand_ins import FakeTable


@dataclass
class BusyTable(FakeTable):
    """A table in which another worker writes between our look and our write."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def get(self, partition: str, row: str) -> Entity | None:
        """Return the entity as it stands before the other worker writes."""
        found = super().get(partition, row)
        if self.meanwhile:
            self.meanwhile.pop()()
        return found


def busy(table: BusyTable, deed: Callable[[], object], times: int) -> None:
    """Let another worker do something, each time we have looked."""
    table.meanwhile = [deed] * times
