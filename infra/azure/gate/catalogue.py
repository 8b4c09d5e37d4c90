"""The vendored slice of Azure's resource types: what each may hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_TYPES = Path(__file__).parent / "types"
_PLAIN = frozenset({"string", "int", "number", "bool", "any", "object"})


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a shape; `type` is plain, a shape, or `array of` / `map of` one."""

    type: str
    values: tuple[str, ...] = ()  # all that are known; empty where any will do
    required: bool = False
    read_only: bool = False

    @property
    def container(self) -> str:
        """`array` or `map`, or nothing."""
        return self.type.partition(" of ")[0] if " of " in self.type else ""

    @property
    def inner(self) -> Property:
        """What an array or a map holds."""
        return Property(self.type.partition(" of ")[2], values=self.values)


@dataclass(frozen=True, slots=True)
class Shape:
    """What an object may hold; with `by`, one of its `kinds` adds more."""

    properties: dict[str, Property]
    is_open: bool = False
    by: str = ""
    kinds: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type of one API version, in a request and in an answer."""

    written: Shape
    read: Shape
    names: tuple[str, ...]
    is_extension: bool
    provider: str


@cache
def versions() -> dict[str, list[str]]:
    """Return the API versions that the slice holds of each type."""
    held: dict[str, list[str]] = {}
    for file in sorted(_TYPES.glob("*.json")):
        for name in _file(file.stem)["resources"]:
            type_name, _, version = name.partition("@")
            held.setdefault(type_name, []).append(version)
    return held


@cache
def resource_type(name: str) -> ResourceType | None:
    """Look `type@version` up."""
    provider = name.split("/", maxsplit=1)[0].lower()
    held = _file(provider)["resources"].get(name)
    if held is None:
        return None
    return ResourceType(
        written=_shape(provider, held["written"]),
        read=_shape(provider, held["read"]),
        names=tuple(held.get("names", ())),
        is_extension=bool(held.get("extension")),
        provider=provider,
    )


def shape(provider: str, type_name: str) -> Shape | None:
    """Return the shape behind a property's type; None if it is plain or a container."""
    if type_name in _PLAIN or " of " in type_name:
        return None
    return _shape(provider, type_name)


@cache
def _shape(provider: str, name: str) -> Shape:
    held = _file(provider)["shapes"][name]
    return Shape(
        properties={
            key: Property(
                type=each["type"],
                values=tuple(each.get("values", ())),
                required=bool(each.get("required")),
                read_only=bool(each.get("read_only")),
            )
            for key, each in held.get("properties", {}).items()
        },
        is_open=bool(held.get("open")),
        by=held.get("by", ""),
        kinds=held.get("kinds", {}),
    )


@cache
def _file(provider: str) -> dict[str, Any]:
    file = _TYPES / f"{provider}.json"
    read: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {"resources": {}}
    return read
