"""What kind of value an expression has, as far as that is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.azure.gate import catalogue, functions
from infra.azure.gate.nodes import called, chain, leaves, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from infra.azure.gate.template import Declaration, Template

_BY_NODE = {
    "string": "string",
    "number": "int",
    "boolean": "bool",
    "null": "null",
    "array": "array",
    "for_statement": "array",
    "object": "object",
}
_TRUTHS = {"==", "!=", "<", ">", "<=", ">=", "=~", "!~", "&&", "||"}
_SUMS = {"+", "-", "*", "/", "%"}
_OF_EVERY_RESOURCE = {"id": "string", "name": "string", "type": "string", "apiVersion": "string"}
_DEEPEST = 20  # variables that name each other in a ring end here


@dataclass(frozen=True)
class Kinds:
    """Tells kinds within one file; `templates` are all files, by path relative to the folder."""

    template: Template
    modules: Mapping[str, Template]  # by the symbol of the module's declaration

    def of(self, node: Node, depth: int = 0) -> str | None:
        """Return string, int, bool, array, object or null; None if it is not certain."""
        match node.type:
            case _ if depth > _DEEPEST:
                kind = None
            case "ternary_expression" | "parenthesized_expression":
                kinds = {self.of(leaf, depth + 1) for leaf in leaves(node)}
                kind = kinds.pop() if len(kinds) == 1 else None
            case "unary_expression" | "binary_expression":
                kind = _of_operation(node)
            case "call_expression":
                kind = functions.kind_of(called(node)) if _is_bare_call(node) else None
            case "identifier":
                kind = self._of_name(node, depth)
            case "member_expression" | "subscript_expression":
                kind = self._of_chain(node)
            case _:
                kind = _BY_NODE.get(node.type)
        return kind

    def _of_name(self, node: Node, depth: int) -> str | None:
        declared = self.template.symbols.get(text(node))
        if declared is None or is_shadowed(node):
            return None
        if declared.kind == "param":
            return declared.plain_type
        if declared.kind == "var" and declared.value is not None:
            return self.of(declared.value, depth + 1)
        return None

    def _of_chain(self, node: Node) -> str | None:
        found = chain(node)
        if found is None or found[0].type != "identifier" or is_shadowed(found[0]):
            return None
        first, names = found
        declared = self.template.symbols.get(text(first))
        if declared is None:
            return None
        if declared.is_loop and names and not names[0]:
            names = names[1:]
        if declared.kind == "resource":
            return _of_resource(declared, names)
        if declared.kind == "module":
            return self._of_output(declared, names)
        return None

    def _of_output(self, declared: Declaration, names: list[str]) -> str | None:
        module = self.modules.get(declared.name)
        match names:
            case ["outputs", name] if module is not None:
                types = {each.name: each.plain_type for each in module.of_kind("output")}
                return types.get(name)
        return None


def is_shadowed(node: Node) -> bool:
    """Tell whether the name means the variable of a loop around it."""
    above = node.parent
    while above is not None:
        if above.type == "for_statement":
            first = above.named_children[0]
            own = [first] if first.type == "identifier" else first.named_children
            if text(node) in {text(each) for each in own}:
                return True
        above = above.parent
    return False


def _of_resource(declared: Declaration, names: list[str]) -> str | None:
    found = catalogue.resource_type(declared.type)
    if found is None or not names:
        return None
    if len(names) == 1 and names[0] in _OF_EVERY_RESOURCE:
        return _OF_EVERY_RESOURCE[names[0]]
    shape: catalogue.Shape | None = found.read
    kind = None
    for name in names:
        held = shape.properties.get(name) if shape is not None else None
        if held is None:
            return None
        kind = {"array": "array", "map": "object"}.get(held.container, held.type)
        shape = catalogue.shape(found.provider, held.type)
    return kind if kind in {"string", "int", "bool", "array"} else None


def _is_bare_call(node: Node) -> bool:
    function = node.child_by_field_name("function")
    return function is not None and function.type == "identifier"


def _of_operation(node: Node) -> str | None:
    operator = node.child_by_field_name("operator")
    spelt = text(operator) if operator is not None else ""
    if spelt in _TRUTHS or spelt == "!":
        return "bool"
    return "int" if spelt in _SUMS else None
