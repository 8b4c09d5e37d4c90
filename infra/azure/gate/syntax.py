"""Part one: does it parse, and does it keep to the part of Bicep that every tool here can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import line, parts, text, walk
from infra.azure.gate.template import PLAIN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from infra.azure.gate.template import Template

_LEFT_OUT = {
    "user_defined_function": "a function of its own",
    "lambda_expression": "a lambda",
    "import_statement": "an import",
    "import_with_statement": "an import",
    "import_functionality": "an import",
    "type_declaration": "a type of its own",
    "using_statement": "`using`",
    "assert_statement": "an assertion",
}


def check(template: Template) -> Iterator[Finding]:
    """Yield what does not parse; and, in a file that parses, what the house style leaves out."""
    broken = [*_broken(template.root)]
    if broken:
        first = broken[0]
        yield Finding(template.name, line(first), "syntax", f"cannot be read: {_excerpt(first)}")
        return
    for node in walk(template.root):
        if node.type in _LEFT_OUT:
            yield Finding(template.name, line(node), "style", f"no {_LEFT_OUT[node.type]} here")
    yield from _nested(template)
    yield from _types(template)


def _broken(node: Node) -> Iterator[Node]:
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from _broken(child)


def _excerpt(node: Node) -> str:
    if node.is_missing:
        return f"{node.type} is missing"
    first = text(node).strip().splitlines() or ["?"]
    return f"unexpected `{first[0][:60]}`"


def _nested(template: Template) -> Iterator[Finding]:
    top = {node.id for node in parts(template.root)}
    for node in walk(template.root):
        if node.type == "resource_declaration" and node.id not in top:
            # checkov's parser keeps only the last of several nested resources, silently.
            text_ = "a nested resource is overlooked by checkov: use `parent:`"
            yield Finding(template.name, line(node), "style", text_)


def _types(template: Template) -> Iterator[Finding]:
    for each in template.declarations:
        if each.kind in {"param", "output"} and each.type not in PLAIN_TYPES:
            wanted = "string, int, bool, array or object"
            text_ = f"type `{each.type}` of `{each.name}` is not {wanted}"
            yield Finding(template.name, each.line, "style", text_)
