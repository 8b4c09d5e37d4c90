"""What somebody who reads the audit asks for, and gets."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which days are wanted, both included; those that are not given do not bound it."""

    first: date | None = None
    last: date | None = None

    def has(self, day: str) -> bool:
        """Whether the day is one of them."""
        begun = self.first is None or day >= self.first.isoformat()
        return begun and (self.last is None or day <= self.last.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Whole lines, and where to go on; None: there are no more now."""

    lines: bytes
    after: str | None


class Audit(Protocol):
    """Each tenant's audit, to read."""

    def page(self, tenant_id: str, span: Span, after: str) -> Page:
        """Return the next lines; Rejected if *after* is no cursor of ours."""
        ...
