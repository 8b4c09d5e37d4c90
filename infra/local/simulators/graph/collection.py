"""Collections that can be asked for more than equality: comparisons, beginnings, an order."""

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx

from infra.local.simulators.graph import paging, query
from infra.local.simulators.graph.call import Call, answer
from infra.local.simulators.graph.query import Shape
from infra.local.simulators.graph.refusals import RefusedError, bad_request, unsupported

_AND = re.compile(r"\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)")  # not within quotes
_COMPARISON = re.compile(r"\s*([\w/]+)\s+(eq|ge|le)\s+('(?:[^']|'')*'|[^\s']+)\s*")
_BEGINNING = re.compile(r"\s*(?i:startswith)\(\s*([\w/]+)\s*,\s*('(?:[^']|'')*')\s*\)\s*")
_ORDER = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*")
_OPTIONS = {"$select", "$filter", "$top", "$skiptoken", "$orderby", "$count"}


class Kind(StrEnum):
    """What a property is compared as."""

    TEXT = "Edm.String"
    INSTANT = "Edm.DateTimeOffset"
    NUMBER = "Edm.Int32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property that can be filtered by, or put in order by."""

    kind: Kind = Kind.TEXT
    operators: frozenset[str] = frozenset({"eq"})
    is_ordered: bool = False
    is_exact: bool = False  # whether the case of a text matters


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a filter."""

    path: str
    operator: str
    value: Any

    def holds(self, field: Field, shape: Shape) -> bool:
        """Say whether *shape* meets it."""
        found = _read(field, shape, self.path)
        return found is not None and _COMPARISONS[self.operator](found, self.value)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ge": operator.ge,
    "le": operator.le,
    "startswith": lambda found, wanted: str(found).startswith(wanted),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How one collection can be asked for."""

    kind: str
    names: Collection[str]
    fields: Mapping[str, Field]
    most: int = 999  # on a page
    usual: int = 100

    def answer(
        self, call: Call, path: str, shapes: Iterable[Shape], *, context: str = ""
    ) -> httpx.Response:
        """Answer with those of *shapes* that were asked for, in their order, in pages."""
        params = call.request.url.params
        for option in params:
            if option.startswith("$") and option not in _OPTIONS:
                raise unsupported(f"The query option '{option}' is not supported here.")
        selected = query.selected(params.get("$select", ""), self.kind, self.names)
        clauses = self._clauses(params.get("$filter", ""))
        found = [
            shape
            for shape in shapes
            if all(clause.holds(self.fields[clause.path], shape) for clause in clauses)
            and call.replication.shows(str(shape["id"]))
        ]
        ordered = self._ordered(found, params.get("$orderby", ""))
        suffix = f"({','.join(selected)})" if selected else ""
        base = context or f"{call.base}/$metadata#{path}"
        body: dict[str, Any] = {"@odata.context": f"{base}{suffix}"}
        if params.get("$count") == "true":
            body["@odata.count"] = len(found)
        chosen = [{name: shape[name] for name in selected or shape} for shape in ordered]
        return answer(body | paging.page(call.request.url, chosen, self._size(params)), 200)

    def _clauses(self, text: str) -> list[Clause]:
        return [self._clause(part) for part in _AND.split(text)] if text else []

    def _clause(self, text: str) -> Clause:
        if match := _BEGINNING.fullmatch(text):
            path, how, literal = match[1], "startswith", match[2]
        elif match := _COMPARISON.fullmatch(text):
            path, how, literal = match[1], match[2], match[3]
        else:
            raise _invalid()
        field = self.fields.get(path)
        if field is None or how not in field.operators:
            raise unsupported(
                "Unsupported or invalid query filter clause specified for property "
                f"'{path}' of resource '{self.kind}'."
            )
        return Clause(path, how, _literal(field, literal))

    def _ordered(self, found: list[Shape], text: str) -> Sequence[Shape]:
        if not text:
            return found
        match = _ORDER.fullmatch(text)
        field = self.fields.get(match[1]) if match else None
        if not match or field is None or not field.is_ordered:
            raise unsupported(f"The result cannot be put in order by '{text}'.")
        return sorted(found, key=lambda shape: str(shape[match[1]]), reverse=match[2] == "desc")

    def _size(self, params: httpx.QueryParams) -> int:
        text = params.get("$top", str(self.usual))
        if not text.isdecimal() or not 1 <= int(text) <= self.most:
            raise bad_request(
                f"Invalid page size specified: '{text}'. Must be between 1 and {self.most}."
            )
        return int(text)


def _invalid() -> RefusedError:
    return bad_request("Invalid filter clause", code="BadRequest")


def _literal(field: Field, text: str) -> str | int | datetime:
    """Read what is compared with: only texts stand in quotes."""
    is_quoted = text.startswith("'")
    if is_quoted is not (field.kind is Kind.TEXT):
        raise _invalid()
    try:
        return _converted(field, text[1:-1].replace("''", "'") if is_quoted else text)
    except ValueError as error:
        raise _invalid() from error


def _read(field: Field, shape: Shape, path: str) -> str | int | datetime | None:
    found: Any = shape
    for name in path.split("/"):
        found = found[name]
    return None if found is None else _converted(field, str(found))


def _converted(field: Field, text: str) -> str | int | datetime:
    match field.kind:
        case Kind.TEXT:
            return text if field.is_exact else text.casefold()
        case Kind.NUMBER:
            return int(text)
        case Kind.INSTANT:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError(f"no zone in {text}")
            return moment
