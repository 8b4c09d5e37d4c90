"""Which workers ask each tenant's Exchange, and what they have learnt: table `throttle`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from shared.errors import Contended
from shared.records.tables import Entity, Table

ALIVE = timedelta(seconds=30)  # after its last word; a live worker speaks every ten
ATTEMPTS = 4
ROW = "exchange"


class _Word(msgspec.Struct, array_like=True):
    """What one worker said last: calls a second and at once, and when."""

    rate: float
    at_once: float
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class Throttles:
    """Partition: tenant; one row, which holds all its workers."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def post(
        self, tenant_id: str, instance: str, level: tuple[float, float]
    ) -> Sequence[tuple[float, float]]:
        """Note this worker's level and return the others'; Contended if many do so at once."""
        now = self._clock()
        for _ in range(ATTEMPTS):
            stored = self._table.get(tenant_id, ROW)
            words = _alive(stored, now)
            words.pop(instance, None)
            mine = _Word(*level, now)
            if self._is_written(tenant_id, words | {instance: mine}, stored):
                return [(word.rate, word.at_once) for word in words.values()]
        raise Contended("many workers note at once what they have learnt")

    def seen(self, tenant_id: str) -> Sequence[tuple[float, float]]:
        """Return the levels of all live workers, without a word of our own."""
        words = _alive(self._table.get(tenant_id, ROW), self._clock())
        return [(word.rate, word.at_once) for word in words.values()]

    def _is_written(self, tenant_id: str, words: dict[str, _Word], stored: Entity | None) -> bool:
        entity: Entity = {
            "PartitionKey": tenant_id,
            "RowKey": ROW,
            "workers": msgspec.json.encode(words).decode(),
        }
        if stored is None:
            return self._table.insert(entity) is not None
        try:
            self._table.replace(entity, str(stored["etag"]))
        except Contended:
            return False
        return True


def _alive(stored: Entity | None, now: datetime) -> dict[str, _Word]:
    """Return who has spoken lately; what cannot be read is as if never said."""
    try:
        words = msgspec.json.decode(str((stored or {}).get("workers", "{}")), type=dict[str, _Word])
    except msgspec.MsgspecError:
        return {}
    return {name: word for name, word in words.items() if abs(now - word.at) < ALIVE}
