"""Part two: every name means something, means it once, and is used."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from infra.azure.gate import functions
from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import line, listed, parts, text, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from infra.azure.gate.template import Declaration, Template

Use = tuple["Node", frozenset[str]]  # an identifier, and the loop variables that hold there


def check(template: Template) -> Iterator[Finding]:
    """Yield names that are unknown, doubled or idle."""
    yield from _doubled(template)
    used: set[str] = set()
    for declaration in template.declarations:
        for node, loop_variables in _uses(declaration.node, frozenset()):
            used.add(text(node))
            yield from _unknown(template, node, loop_variables)
        for decorator in declaration.decorators:
            yield from _unknown_decorator(template, decorator)
    for declaration in template.declarations:
        if declaration.kind in {"param", "var"} and declaration.name not in used:
            what = {"param": "parameter", "var": "variable"}[declaration.kind]
            text_ = f"{what} `{declaration.name}` is never used"
            yield Finding(template.name, declaration.line, "unused", text_)


def close_to(name: str, known: Iterable[str]) -> str:
    """Return a hint at the name that was meant, if one is near."""
    by_lower_case = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.75)
    return f"; did you mean `{by_lower_case[near[0]]}`?" if near else ""


def _doubled(template: Template) -> Iterator[Finding]:
    seen: dict[tuple[bool, str], Declaration] = {}
    for each in template.declarations:
        key = (each.kind == "output", each.name)
        if key in seen:
            text_ = f"`{each.name}` was already declared in line {seen[key].line}"
            yield Finding(template.name, each.line, "duplicate", text_)
        seen.setdefault(key, each)
    for node in walk(template.root):
        names: set[str] = set()
        for found in listed(node):
            if found.name and found.name in names:
                text_ = f"property `{found.name}` stands here twice"
                yield Finding(template.name, line(found.key), "duplicate", text_)
            names.add(found.name)


def _uses(node: Node, loop_variables: frozenset[str]) -> Iterator[Use]:
    """Yield the identifiers in the expressions below a node; keys and names are none."""
    if node.type == "identifier":
        yield node, loop_variables
        return
    children = parts(node)
    if node.type.endswith("_declaration"):
        children = [child for child in children[1:] if child.type != "type"]
    elif node.type == "object_property" and children[0].type == "identifier":
        children = children[1:]
    elif node.type == "for_statement":
        first, *children = children
        own = [first] if first.type == "identifier" else parts(first)
        loop_variables |= {text(each) for each in own}
    for child in children:
        yield from _uses(child, loop_variables)


def _unknown(template: Template, node: Node, loop_variables: frozenset[str]) -> Iterator[Finding]:
    name = text(node)
    if name in loop_variables or name in template.symbols:
        return
    parent = node.parent
    if parent is not None and parent.type == "call_expression" and _is_function(parent, node):
        if name not in functions.KNOWN:
            text_ = f"there is no function `{name}`{close_to(name, functions.KNOWN)}"
            yield Finding(template.name, line(node), "function", text_)
    elif name not in functions.NAMESPACES:
        known = {*template.symbols, *loop_variables}
        text_ = f"`{name}` is not declared{close_to(name, known)}"
        yield Finding(template.name, line(node), "symbol", text_)


def _is_function(call: Node, node: Node) -> bool:
    function = call.child_by_field_name("function")
    return function is not None and function.id == node.id


def _unknown_decorator(template: Template, decorator: Node) -> Iterator[Finding]:
    function = decorator.child_by_field_name("function")
    name = text(function) if function is not None else text(decorator)
    if name.removeprefix("sys.") not in functions.DECORATORS:
        text_ = f"there is no decorator `@{name}`{close_to(name, functions.DECORATORS)}"
        yield Finding(template.name, line(decorator), "function", text_)
