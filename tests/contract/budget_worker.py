"""A worker of its own that charges words to a budget, and says which passed."""

import sys
import time
from datetime import UTC, datetime

from shared.errors import Retryable
from shared.records.budgets import Budgets
from tests.contract.storage_wire import Wire, table


def utc_now() -> datetime:
    """Return the time."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


def main() -> None:
    """Charge each word of the first line until it is known whether it passes."""
    storage, name, limit, *words = sys.stdin.readline().split()
    with table(storage, Wire(), name) as rows:
        budgets = Budgets(rows, utc_now)
        for word in words:
            print(word, _passes(budgets, word, int(limit)), flush=True)


def _passes(budgets: Budgets, word: str, limit: int) -> str:
    while True:
        try:
            spent = budgets.take("tenant", word, {"blocks": limit, "share": limit + 5})
        except Retryable:
            continue
        return "held" if spent else "passed"


if __name__ == "__main__":
    main()
