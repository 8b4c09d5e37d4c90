"""What the gate has to say: a place, the rule, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake; the line counts from 1."""

    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        """Return it as compilers write, so that editors can jump there."""
        return f"{self.file}:{self.line}: {self.rule}: {self.text}"
