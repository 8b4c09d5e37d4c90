"""What a webhook's sender proves itself with, as the vault keeps it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSecret:
    """One enabled version of a sender's secret."""

    name: str
    version: str
    value: str = field(repr=False)
