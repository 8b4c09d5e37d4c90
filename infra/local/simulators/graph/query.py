"""The part of OData that Graph's directory objects are asked with: $select, $filter, $top."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local.simulators.graph.refusals import bad_request, unsupported

_COMPARISON = re.compile(r"\s*(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|(true|false))\s*")
_FLAGS = {"accountEnabled"}  # compared with true or false, anything else with text
_OPTIONS = {"$select", "$filter", "$top", "$skiptoken"}
_MOST, _USUAL = 999, 100

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a request wants of the things it found; a subset of what the service understands."""

    selected: tuple[str, ...] = ()  # empty: everything
    wanted: tuple[tuple[str, str], ...] = ()  # property and value, all of which must be so
    top: int = _USUAL
    usual: tuple[str, ...] = ()  # what there is to see without a selection; empty: everything

    def matches(self, shape: Shape) -> bool:
        """Say whether the filter lets *shape* through; comparisons ignore case."""
        return all(str(shape[name]).casefold() == value.casefold() for name, value in self.wanted)

    def project(self, shape: Shape) -> dict[str, Any]:
        """Return only what was selected."""
        return {name: shape[name] for name in self.selected or self.usual or shape}

    @property
    def suffix(self) -> str:
        """Return what the selection adds to an @odata.context."""
        return f"({','.join(self.selected)})" if self.selected else ""


def read(
    params: httpx.QueryParams,
    *,
    kind: str,
    names: Collection[str],
    filters: Collection[str] = (),
    usual: Collection[str] = (),
) -> Query:
    """Read the query for things of a *kind*; *filters* are the properties that can be compared."""
    for option in params:
        if option.startswith("$") and option not in _OPTIONS:
            raise unsupported(f"The query option '{option}' is not supported here.")
    return Query(
        selected=selected(params.get("$select", ""), kind, names),
        wanted=tuple(_wanted(params.get("$filter", ""), kind, filters)),
        top=_top(params.get("$top")),
        usual=tuple(usual),
    )


def selected(text: str, kind: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the properties that a $select names, which have to be among *names*."""
    wanted = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in wanted:
        if name not in names:
            raise bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                f"on type 'microsoft.graph.{kind}'.",
                code="BadRequest",
            )
    return wanted


def _wanted(text: str, kind: str, filters: Collection[str]) -> list[tuple[str, str]]:
    if not text:
        return []
    found = [_COMPARISON.fullmatch(part) for part in re.split(r"\s+and\s+", text)]
    clauses = [match for match in found if match]
    if len(clauses) < len(found):
        raise bad_request("Invalid filter clause", code="BadRequest")
    for clause in clauses:
        _check_clause(clause, kind, filters)
    return [(each[1], each[3] or each[2].replace("''", "'")) for each in clauses]


def _check_clause(clause: re.Match[str], kind: str, filters: Collection[str]) -> None:
    if clause[1] not in filters:
        raise unsupported(
            f"Unsupported or invalid query filter clause specified for property '{clause[1]}' of "
            f"resource '{kind[0].upper()}{kind[1:]}'."
        )
    if bool(clause[3]) is not (clause[1] in _FLAGS):
        raise bad_request(
            "A binary operator with incompatible types was detected. Found operand types "
            "'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'.",
            code="BadRequest",
        )


def _top(text: str | None) -> int:
    if text is None:
        return _USUAL
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise bad_request(f"Invalid page size specified: '{text}'. Must be between 1 and {_MOST}.")
    return int(text)
