"""What is to be done for each sender that Microsoft Graph notifies for: table `subscriptions`."""

from collections.abc import Callable
from datetime import datetime

from shared.credentials.subscription import Chore
from shared.errors import Contended
from shared.records.tables import Entity, Table

CHORE, CAUGHT_UP = "chore-", "caught-up"
ATTEMPTS = 5
AT_MOST = 100  # chores of one sender; there are but a handful of kinds


class Chores:
    """
    Partition: sender; row: `chore-` and what is to be done, or `caught-up`.

    A chore that is wanted once more while somebody is at it is a new one: what came up
    meanwhile may have been missed.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def want(self, sender: str, what: str) -> None:
        """Note what is to be done, from now on."""
        self._put(_row(sender, CHORE + what, {"what": what, "at": self._clock().isoformat()}))

    def of(self, sender: str) -> tuple[Chore, ...]:
        """Return all that is to be done."""
        return tuple(
            Chore(what=str(row["what"]), wanted_at=_moment(row), etag=str(row["etag"]))
            for row in self._table.first(sender, CHORE, AT_MOST)
        )

    def done(self, sender: str, chore: Chore) -> None:
        """Forget the chore, unless it has been wanted anew since."""
        self._table.delete(sender, CHORE + chore.what, chore.etag)

    def caught_up_at(self, sender: str) -> datetime | None:
        """Return up to when all was reported; None if it never was."""
        stored = self._table.get(sender, CAUGHT_UP)
        return _moment(stored) if stored else None

    def caught_up(self, sender: str, at: datetime) -> None:
        """Note that all was reported, as it stood then or later."""
        self._put(_row(sender, CAUGHT_UP, {"at": at.isoformat()}))

    def _put(self, entity: Entity) -> None:
        for _ in range(ATTEMPTS):
            stored = self._table.get(str(entity["PartitionKey"]), str(entity["RowKey"]))
            if stored is None:
                if self._table.insert(entity) is not None:
                    return
                continue
            try:
                self._table.replace(entity, str(stored["etag"]))
            except Contended:
                continue
            return
        raise Contended("much is to be done for one sender at once: try again")


def _row(sender: str, row: str, told: Entity) -> Entity:
    return {"PartitionKey": sender, "RowKey": row, **told}


def _moment(row: Entity) -> datetime:
    return datetime.fromisoformat(str(row["at"]))
