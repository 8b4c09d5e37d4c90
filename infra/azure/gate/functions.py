"""The functions of Bicep, and what kind of value those return of which it is certain."""

from __future__ import annotations

import json
from pathlib import Path

_DECORATORS, _DEPENDS = "decorators", "depends"
_BY_KIND: dict[str, list[str]] = json.loads(Path(__file__).with_suffix(".json").read_text())
_KINDS = {
    name: kind
    for kind, names in _BY_KIND.items()
    if kind not in {_DECORATORS, _DEPENDS}
    for name in names
}

KNOWN = frozenset([*_KINDS, *_BY_KIND[_DEPENDS]])
DECORATORS = frozenset(_BY_KIND[_DECORATORS])
NAMESPACES = frozenset({"az", "sys"})


def kind_of(function: str) -> str | None:
    """Return the kind of value a function returns, None if that depends."""
    return _KINDS.get(function)
