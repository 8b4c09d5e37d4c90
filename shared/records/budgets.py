"""What was spent of the hourly budgets: table `budgets`, a partition for each tenant."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.errors import Contended
from shared.records.tables import Entity, Table, Verb, Write

BUCKET = 60  # seconds
HOUR = 60  # buckets; the one that the hour began in counts in full, so none is ever exceeded
KEPT = 2 * HOUR  # buckets after which a row says nothing any more
ATTEMPTS = 12
CHARGES = ("charge-", "charge.")  # from the first row key to the one behind the last
AT_ONCE = 100  # entities in a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counter:
    """What was spent of one budget, by bucket."""

    name: str
    spent: dict[int, int]
    etag: str

    def within(self, newest: int) -> int:
        """Return what was spent in the hour that ends with a bucket."""
        return sum(count for bucket, count in self.spent.items() if bucket >= newest - HOUR)


class Budgets:
    """
    Exact on any number of workers, and whoever dies.

    A charge and the counters that it raises are written in one transaction. Whoever reads the
    counters before the charge can tell whether a word is in them, so each counts once.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock
        self._alone = threading.Lock()  # threads would only overtake one another

    def take(
        self, tenant_id: str, word_id: str, limits: Mapping[str, int], units: int = 1
    ) -> str | None:
        """
        Charge a word to the budgets of these names, unless one has no room left: return which.

        Of a word charged within the hour nothing more is taken; one charged earlier is charged
        anew, since what it may do has waited. Contended if too many others were at it.
        """
        if (spent := self.look(tenant_id, word_id, limits, units)) is not None:
            return spent
        with self._alone:
            for _ in range(ATTEMPTS):
                try:
                    return self._charged(tenant_id, word_id, limits, units)
                except Contended:
                    continue
        raise Contended("too many others are at the same budget")

    def look(
        self, tenant_id: str, word_id: str, limits: Mapping[str, int], units: int = 1
    ) -> str | None:
        """Return the budget that has no room left for a word; nothing is charged."""
        counters = self._counters(tenant_id, limits)
        newest = self._newest(counters)
        if _spent(counters, limits, newest=newest, units=units) is None:
            return None
        known = self._charges(tenant_id, word_id, newest)
        missing = [each for each in counters if each.name not in known]
        return _spent(missing, limits, newest=newest, units=units)

    def clean(self, tenant_id: str) -> None:
        """Delete the charges that are too old to count."""
        oldest = self._bucket() - KEPT
        rows = self._table.scan(tenant_id, *CHARGES, select=("bucket",))
        old = [str(row["RowKey"]) for row in rows if int(str(row["bucket"])) < oldest]
        for start in range(0, len(old), AT_ONCE):
            keys = old[start : start + AT_ONCE]
            entities = [{"PartitionKey": tenant_id, "RowKey": key} for key in keys]
            self._table.transact([Write(verb=Verb.DELETE, entity=each) for each in entities])

    def _charged(
        self, tenant_id: str, word_id: str, limits: Mapping[str, int], units: int
    ) -> str | None:
        counters = self._counters(tenant_id, limits)
        newest = self._newest(counters)
        # Read after the counters: a charge that is in them is seen.
        known = self._charges(tenant_id, word_id, newest)
        missing = [each for each in counters if each.name not in known]
        if not missing:
            return None
        spent = _spent(missing, limits, newest=newest, units=units)
        if spent is not None:
            return spent
        raised = [_raised(tenant_id, each, newest, units) for each in missing]
        charge = _charge(tenant_id, word_id, newest, known | set(limits))
        self._table.transact([*raised, Write(verb=Verb.PUT, entity=charge)])
        return None

    def _counters(self, tenant_id: str, names: Mapping[str, int]) -> list[_Counter]:
        return [_counter(name, self._table.get(tenant_id, f"spent-{name}")) for name in names]

    def _charges(self, tenant_id: str, word_id: str, newest: int) -> set[str]:
        """Return to which budgets a word is charged, and not too long ago."""
        row = self._table.get(tenant_id, f"charge-{word_id}")
        if row is None or int(str(row["bucket"])) < newest - HOUR:
            return set()
        return set(str(row["names"]).split("|"))

    def _newest(self, counters: list[_Counter]) -> int:
        # A worker whose clock is late must not let go what others still count.
        return max(self._bucket(), *(bucket for each in counters for bucket in each.spent or [0]))

    def _bucket(self) -> int:
        return int(self._clock().timestamp()) // BUCKET


def _counter(name: str, row: Entity | None) -> _Counter:
    if row is None:
        return _Counter(name=name, spent={}, etag="")
    spent = msgspec.json.decode(str(row["spent"]), type=dict[int, int])
    return _Counter(name=name, spent=spent, etag=str(row["etag"]))


def _spent(
    counters: list[_Counter], limits: Mapping[str, int], *, newest: int, units: int
) -> str | None:
    over = (each.name for each in counters if each.within(newest) + units > limits[each.name])
    return next(over, None)


def _raised(tenant_id: str, counter: _Counter, newest: int, units: int) -> Write:
    kept = {bucket: count for bucket, count in counter.spent.items() if bucket >= newest - HOUR}
    spent = {**kept, newest: kept.get(newest, 0) + units}
    entity = {
        "PartitionKey": tenant_id,
        "RowKey": f"spent-{counter.name}",
        "bucket": newest,
        "spent": msgspec.json.encode(spent).decode(),
    }
    verb = Verb.REPLACE if counter.etag else Verb.INSERT
    return Write(verb=verb, entity=entity, etag=counter.etag)


def _charge(tenant_id: str, word_id: str, newest: int, names: set[str]) -> Entity:
    return {
        "PartitionKey": tenant_id,
        "RowKey": f"charge-{word_id}",
        "bucket": newest,
        "names": "|".join(sorted(names)),
    }
