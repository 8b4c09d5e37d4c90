"""Rules for single fields of telemetry; each raises `ItemError` for a value that breaks it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from infra.local.simulators.insights.refusals import (
    ItemError,
    missing,
    too_long,
    wrong_type,
)

NAME_LIMIT = 150  # of a custom property or measurement
VALUE_LIMIT = 8192
# .NET's TimeSpan, [d.]hh:mm:ss[.fffffff] or d:hh:mm:ss.fffffff, of less than 1000 days.
_SPAN = re.compile(r"(\d{1,3}[.:])?([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?")


class Rule(Protocol):
    """What a field has to be; a required one must be there, and a text not empty."""

    @property
    def required(self) -> bool:
        """Say whether it must be there."""
        ...

    @property
    def expected(self) -> str:
        """Name the type, as refusals do."""
        ...

    def check(self, kind: str, field: str, value: object) -> None:
        """Raise `ItemError` unless *value* may stand in *field* of an object of type *kind*."""
        ...


Rules = Mapping[str, Rule]


def check(kind: str, rules: Rules, value: object, where: str) -> None:
    """Check an object of type *kind* that stands in the field *where*; unknown fields may be."""
    if not isinstance(value, dict):
        raise wrong_type(kind, where, "object", value)
    for field, rule in rules.items():
        given = value.get(field)
        if given is None or given == "":
            if rule.required:
                raise missing(kind, field, rule.expected, given)
        else:
            rule.check(kind, field, given)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most so many characters."""

    limit: int
    required: bool = False
    expected: str = "string"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other types, and what is too long."""
        if not isinstance(value, str):
            raise wrong_type(kind, field, self.expected, value)
        if len(value) > self.limit:
            raise too_long(kind, field, self.limit, len(value))


@dataclass(frozen=True, slots=True)
class Number:
    """A number; a whole one if *whole*."""

    required: bool = False
    whole: bool = False

    @property
    def expected(self) -> str:
        """Name the type."""
        return "integer" if self.whole else "double"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other types."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise wrong_type(kind, field, self.expected, value)


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    required: bool = False
    expected: str = "bool"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other types."""
        if not isinstance(value, bool):
            raise wrong_type(kind, field, self.expected, value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words, or its number among them."""

    words: tuple[str, ...]
    required: bool = False
    expected: str = "enum"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other words and numbers."""
        numbers = range(len(self.words))
        if isinstance(value, bool) or (value not in self.words and value not in numbers):
            raise wrong_type(kind, field, self.expected, value)


@dataclass(frozen=True, slots=True)
class Span:
    """A duration in text."""

    required: bool = False
    expected: str = "timespan"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other types and other notations."""
        if not isinstance(value, str):
            raise wrong_type(kind, field, "string", value)
        if not _SPAN.fullmatch(value):
            raise ItemError(
                f"102: Field '{field}' on type '{kind}' is not a valid time string. "
                f"Expected: timespan, Actual: {value}"
            )


@dataclass(frozen=True, slots=True)
class Named:
    """A collection of custom texts or numbers by name."""

    of: Rule
    required: bool = False
    expected: str = "object"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse names that are too long, and values against their own rule."""
        if not isinstance(value, dict):
            raise wrong_type(kind, field, self.expected, value)
        for name, given in value.items():
            if len(name) > NAME_LIMIT:
                raise too_long(kind, f"{field}.{name[:20]}", NAME_LIMIT, len(name))
            if given is not None:
                self.of.check(kind, f"{field}.{name}", given)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of objects of type *kind*."""

    kind: str
    rules: Rules
    required: bool = False
    expected: str = "array"

    def check(self, kind: str, field: str, value: object) -> None:
        """Refuse other types, and elements against their own rules."""
        if not isinstance(value, list):
            raise wrong_type(kind, field, self.expected, value)
        if self.required and not value:
            raise missing(kind, field, self.expected, value)
        for given in value:
            check(self.kind, self.rules, given, field)
