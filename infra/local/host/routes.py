"""ASP.NET route templates: `devices/{id:int}/{part?}`, `files/{*rest}`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from infra.local.host.index import IndexedFunction

CONSTRAINTS = {
    "int": r"[+-]?\d+",
    "long": r"[+-]?\d+",
    "decimal": r"[+-]?\d+(?:\.\d+)?",
    "double": r"[+-]?\d+(?:\.\d+)?",
    "float": r"[+-]?\d+(?:\.\d+)?",
    "bool": r"true|false",
    "alpha": r"[A-Za-z]+",
    "guid": r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
}
PARAMETER = re.compile(r"\{(\*{0,2})(\w+)((?::[^{}?:]+)*)(\?)?\}")


class RouteError(ValueError):
    """The template cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One template for some methods (none means all); the lower its rank, the earlier tried."""

    function: IndexedFunction
    methods: frozenset[str]
    pattern: re.Pattern[str]
    rank: tuple[int, ...]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the route parameters, without absent optional ones, or None."""
        if self.methods and method not in self.methods:
            return None
        match = self.pattern.fullmatch(path)
        found = match.groupdict() if match else None
        return None if found is None else {k: v for k, v in found.items() if v is not None}


def build(functions: Iterable[IndexedFunction], prefix: str) -> list[Route]:
    """Make the routes of the HTTP functions, most specific first."""
    http = [function for function in functions if function.trigger.type == "httpTrigger"]
    return sorted((_route(function, prefix) for function in http), key=lambda route: route.rank)


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the first route that takes *path*, and its parameters; a wrong method is no match."""
    # An escaped slash stays escaped, so that it cannot make a segment.
    plain = unquote(re.sub("%2[fF]", "%252F", path)).strip("/")
    for route in routes:
        parameters = route.match(method, plain)
        if parameters is not None:
            return route, parameters
    return None


def _route(function: IndexedFunction, prefix: str) -> Route:
    properties = function.trigger.properties
    template = (properties.get("route") or function.name).strip("/")
    parts = [part for part in f"{prefix}/{template}".split("/") if part]
    pattern = "".join(_segment(part, is_first=i == 0) for i, part in enumerate(parts))
    return Route(
        function=function,
        methods=frozenset(str(method).upper() for method in properties.get("methods") or ()),
        pattern=re.compile(pattern, re.IGNORECASE),
        rank=tuple(_rank(part) for part in parts),
    )


def _segment(part: str, *, is_first: bool) -> str:
    slash = "" if is_first else "/"
    match = PARAMETER.fullmatch(part)
    if match and match[1]:
        return f"(?:{slash}(?P<{match[2]}>.*))?"
    if match and match[4]:
        return f"(?:{slash}{_parameter(match)})?"
    return slash + _mixed(part)


def _mixed(part: str) -> str:
    """Turn a segment of literals and parameters into a pattern."""
    pieces, end = [], 0
    for match in PARAMETER.finditer(part):
        pieces += [_literal(part[end : match.start()]), _parameter(match)]
        end = match.end()
    return "".join([*pieces, _literal(part[end:])])


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise RouteError(f"this host does not understand {text!r} in a route")
    return re.escape(text)


def _parameter(match: re.Match[str]) -> str:
    names = [name for name in match[3].split(":") if name]
    unknown = sorted(set(names) - set(CONSTRAINTS))
    if unknown:
        raise RouteError(f"this host does not know the route constraint {unknown[0]}")
    ahead = "".join(f"(?=(?:{CONSTRAINTS[name]})(?:/|$))" for name in names)
    return f"{ahead}(?P<{match[2]}>[^/]+)"


def _rank(part: str) -> int:
    """Order as ASP.NET does: literal, mixed, constrained, parameter, catch-all."""
    match = PARAMETER.fullmatch(part)
    if match is None:
        return 1 if PARAMETER.search(part) else 0
    if match[1]:
        return 4
    return 2 if match[3] else 3
