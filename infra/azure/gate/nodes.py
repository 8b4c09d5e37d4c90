"""Reads nodes of the syntax tree: texts, literals, the properties of an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_COMMENTS = {"comment", "diagnostic_comment"}
_WRAPPERS = {"parenthesized_expression"}


@dataclass(frozen=True)
class Property:
    """One `key: value` of an object; the name is empty where it is computed."""

    name: str
    key: Node
    value: Node


def text(node: Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode()


def line(node: Node) -> int:
    """Return the line a node begins in, counted from 1."""
    return node.start_point[0] + 1


def parts(node: Node) -> list[Node]:
    """Return the named children, without comments."""
    return [child for child in node.named_children if child.type not in _COMMENTS]


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all named nodes below it, in the order of the source."""
    yield node
    for child in parts(node):
        yield from walk(child)


def literal(node: Node | None) -> str | None:
    """Return the text of a string without interpolation, else None."""
    if node is None or node.type != "string":
        return None
    if any(child.type == "interpolation" for child in node.named_children):
        return None
    return "".join(text(child) for child in node.named_children)


def properties(node: Node | None) -> dict[str, Property]:
    """Return the properties of an object literal by name; of anything else none."""
    return {each.name: each for each in listed(node) if each.name}


def listed(node: Node | None) -> list[Property]:
    """Return the properties of an object literal as they stand, doubles included."""
    if node is None or node.type != "object":
        return []
    found = []
    for child in parts(node):
        if child.type == "object_property":
            key, *rest = parts(child)
            if rest:
                name = literal(key) if key.type == "string" else text(key)
                found.append(Property(name=name or "", key=key, value=rest[-1]))
    return found


def at(node: Node | None, *path: str) -> Node | None:
    """Follow names through object literals; None where one is not there."""
    for name in path:
        found = properties(node).get(name)
        if found is None:
            return None
        node = found.value
    return node


def leaves(node: Node) -> Iterator[Node]:
    """Yield each value that an expression may turn out to be: both sides of `? :`."""
    if node.type == "ternary_expression":
        for side in ("consequence", "alternative"):
            child = node.child_by_field_name(side)
            if child is not None:
                yield from leaves(child)
    elif node.type in _WRAPPERS:
        for child in parts(node):
            yield from leaves(child)
    elif node.type == "if_statement":
        yield from leaves(parts(node)[-1])
    else:
        yield node


def called(node: Node) -> str:
    """Return the bare name of the function that a call expression calls, else nothing."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None:
        return ""
    return text(function).rsplit(".", 1)[-1]


def arguments(node: Node) -> list[Node]:
    """Return the arguments of a call expression."""
    given = node.child_by_field_name("arguments")
    return parts(given) if given is not None else []


def chain(node: Node) -> tuple[Node, list[str]] | None:
    """
    Split `a.b!.c['d'][0]` into its first node and the names after it; an index has no name.

    None where it cannot be told for certain, as with `a ?? b.c`, which the grammar reads wrongly.
    """
    names: list[str] = []
    while node.type in {"member_expression", "subscript_expression"}:
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            names.insert(0, text(name) if name is not None else "")
        else:
            names.insert(0, literal(node.child_by_field_name("index")) or "")
        inner = node.child_by_field_name("object")
        if inner is None:
            return None
        node = inner
    return (node, names) if node.type in {"identifier", "call_expression"} else None
