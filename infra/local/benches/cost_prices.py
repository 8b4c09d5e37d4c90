"""
List prices in US dollars, without tax or discount: to be checked before anybody relies on them.

They differ by region, currency and contract; Azure's price calculator has the current ones.
"""

from dataclasses import dataclass

INFRACOST = "infracost's golden test files, 2024 to 2025 (live price API, mostly East US)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a number of units costs each month; `free` are units of each month."""

    what: str
    dollars: float
    units: float
    free: float = 0.0
    source: str

    def of(self, used: float) -> float:
        """Return what so many units cost."""
        return max(used - self.free, 0.0) / self.units * self.dollars


EXECUTIONS = Price(
    what="Functions Flex Consumption, executions",
    dollars=0.40,
    units=1e6,
    free=250_000,
    source="price as of May 2025 in a guide by modal.com; the free grant from memory",
)
GB_SECONDS = Price(
    what="Functions Flex Consumption, GB-seconds on demand",
    dollars=0.000026,
    units=1,
    free=100_000,
    source="modal.com's guide of May 2025; the free grant from memory",
)
QUEUE = Price(
    what="Queue storage, operations", dollars=0.004, units=1e4, source=f"{INFRACOST}, GPv2 ZRS"
)
TABLE = Price(
    what="Table storage, transactions",
    dollars=0.00036,
    units=1e4,
    source="a cost scanner's documentation, 2025; LRS, ZRS may be a little more",
)
TABLE_DATA = Price(
    what="Table storage, GB kept",
    dollars=0.05625,
    units=1,
    source=f"{INFRACOST}, ZRS, as for queues",
)
EVENTS = Price(
    what="Event Grid, operations (to publish is one, to deliver is one)",
    dollars=0.60,
    units=1e6,
    free=100_000,
    source=INFRACOST,
)
VAULT = Price(
    what="Key Vault, operations (at the price of RSA 3072 keys, secrets are a fifth)",
    dollars=0.15,
    units=1e4,
    source=INFRACOST,
)
RENEWALS = Price(
    what="Key Vault, certificate renewals",
    dollars=3.00,
    units=1,
    source="Key Vault's price page, from memory; may not apply to self-signed ones",
)
LOGS = Price(
    what="Log Analytics, GB ingested (analytics plan)",
    dollars=2.30,
    units=1,
    free=5,
    source="monitoringcost.com, 2026; $2.99 in West Europe by infracost",
)
HOURLY_RULES = Price(
    what="alert rules on logs, evaluated every 15 minutes or less often",
    dollars=0.50,
    units=1,
    source=INFRACOST,
)
PRIVATE_ENDPOINTS = Price(
    what="private endpoints, each (only with private networking)",
    dollars=7.30,
    units=1,
    source=INFRACOST,
)
ALL = (
    EXECUTIONS,
    GB_SECONDS,
    QUEUE,
    TABLE,
    TABLE_DATA,
    EVENTS,
    VAULT,
    RENEWALS,
    LOGS,
    HOURLY_RULES,
    PRIVATE_ENDPOINTS,
)
