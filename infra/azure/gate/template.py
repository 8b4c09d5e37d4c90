"""One Bicep file, read: what it declares, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import tree_sitter_bicep
from tree_sitter import Language, Parser

from infra.azure.gate.nodes import arguments, called, line, literal, parts, text, walk

if TYPE_CHECKING:
    from pathlib import Path

    from tree_sitter import Node

PLAIN_TYPES = frozenset({"string", "int", "bool", "array", "object"})
_KINDS = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "output_declaration": "output",
}


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A parameter, variable, resource, module or output."""

    kind: str
    name: str
    node: Node
    value: Node | None  # of a resource or module: its body, without loop and condition
    decorators: tuple[Node, ...]
    type: str = ""  # a parameter's or output's type, a resource's type@version, a module's path
    is_existing: bool = False
    is_loop: bool = False

    @property
    def line(self) -> int:
        """The line it begins in."""
        return line(self.node)

    @property
    def resource_type(self) -> str:
        """A resource's type without its version."""
        return self.type.split("@", maxsplit=1)[0]

    @property
    def plain_type(self) -> str | None:
        """A parameter's or output's type as a kind of value; None where that is not certain."""
        spelt = self.type.removesuffix("?")
        return "array" if spelt.endswith("[]") else spelt if spelt in PLAIN_TYPES else None

    @property
    def allowed(self) -> list[str]:
        """The values that `@allowed` names."""
        lists = [arguments(each) for each in self.decorators if called(each) == "allowed"]
        return [value for each in lists for item in walk(each[0]) if (value := literal(item))]


@dataclass(frozen=True)
class Template:
    """A Bicep file; `name` is its path relative to the folder that is checked."""

    path: Path
    name: str
    source: bytes

    @cached_property
    def root(self) -> Node:
        """The syntax tree."""
        return _parser().parse(self.source).root_node

    @cached_property
    def declarations(self) -> list[Declaration]:
        """All that is declared at the top, in the order of the source."""
        found: list[Declaration] = []
        waiting: list[Node] = []
        for node in parts(self.root):
            if node.type == "decorators":
                waiting = [call for each in parts(node) for call in parts(each)]
            elif node.type in _KINDS:
                found.append(_declaration(node, tuple(waiting)))
                waiting = []
        return found

    def of_kind(self, kind: str) -> list[Declaration]:
        """Return the declarations of one kind."""
        return [each for each in self.declarations if each.kind == kind]

    @cached_property
    def symbols(self) -> dict[str, Declaration]:
        """What an expression can name; outputs cannot be."""
        return {each.name: each for each in self.declarations if each.kind != "output"}

    @cached_property
    def target_scope(self) -> str:
        """What kind of scope it deploys to."""
        for node in parts(self.root):
            if node.type == "target_scope_assignment":
                return literal(parts(node)[-1]) or ""
        return "resourceGroup"


def read(path: Path, folder: Path) -> Template:
    """Read one file."""
    return Template(path=path, name=path.relative_to(folder).as_posix(), source=path.read_bytes())


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bicep.language()))


def _declaration(node: Node, decorators: tuple[Node, ...]) -> Declaration:
    kind = _KINDS[node.type]
    children = parts(node)
    name, rest = text(children[0]), children[1:]
    type_name = ""
    if rest and rest[0].type == "type":
        type_name, rest = text(rest[0]), rest[1:]
    elif kind in {"resource", "module"} and rest:
        type_name, rest = literal(rest[0]) or "", rest[1:]
    value = rest[-1] if rest else None
    is_loop = value is not None and value.type == "for_statement"
    if kind in {"resource", "module"}:
        while value is not None and value.type in {"for_statement", "if_statement"}:
            value = parts(value)[-1]
    return Declaration(
        kind=kind,
        name=name,
        node=node,
        value=value,
        decorators=decorators,
        type=type_name,
        is_existing=any(child.type == "existing" for child in node.children),
        is_loop=is_loop,
    )
