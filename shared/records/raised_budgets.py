"""The budgets that were raised for a while: rows of table `budgets`."""

from datetime import datetime

from shared.devices.budget_raise import Budget, Raise
from shared.records.tables import Table, Verb, Write


class RaisedBudgets:
    """Partition: tenant; a row for each budget, which the next raise overwrites."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, tenant_id: str, budget: Budget) -> Raise | None:
        """Return how it was raised last, though that may be over."""
        row = self._table.get(tenant_id, _key(budget))
        if row is None:
            return None
        return Raise(to=int(str(row["to"])), until=datetime.fromisoformat(str(row["until"])))

    def put(self, tenant_id: str, budget: Budget, raised: Raise) -> None:
        """Let this stand in place of any other."""
        entity = {
            "PartitionKey": tenant_id,
            "RowKey": _key(budget),
            "to": raised.to,
            "until": raised.until.isoformat(),
        }
        self._table.transact([Write(verb=Verb.PUT, entity=entity)])


def _key(budget: Budget) -> str:
    return f"raised-{budget}"
