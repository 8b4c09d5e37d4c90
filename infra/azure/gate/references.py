"""Part two: what is read from a resource or a module is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.gate import catalogue
from infra.azure.gate.finding import Finding
from infra.azure.gate.kinds import is_shadowed
from infra.azure.gate.nodes import arguments, called, chain, line, literal, text, walk
from infra.azure.gate.symbols import close_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from infra.azure.gate.kinds import Kinds
    from infra.azure.gate.template import Declaration

_OF_EVERY_RESOURCE = frozenset({"id", "name", "type", "apiVersion"})
_LOADERS = frozenset({"loadTextContent", "loadFileAsBase64", "loadJsonContent", "loadYamlContent"})


def check(kinds: Kinds) -> Iterator[Finding]:
    """Yield reads of properties and outputs that do not exist, and of files that do not."""
    for node in walk(kinds.template.root):
        if called(node) in _LOADERS:
            yield from _files(kinds, node)
        if not node.type.endswith("_expression") or _is_inner(node):
            continue
        found = chain(node)
        if found is None or found[0].type != "identifier" or is_shadowed(found[0]):
            continue
        declared = kinds.template.symbols.get(text(found[0]))
        if declared is not None:
            problem = _problem(kinds, declared, _after_index(declared, found[1]))
            if problem:
                rule = "output" if declared.kind == "module" else "property"
                yield Finding(kinds.template.name, line(node), rule, problem)


def _is_inner(node: Node) -> bool:
    """Tell whether it is part of a longer chain, or the name of a method."""
    parent = node.parent
    fields = {"member_expression": "object", "subscript_expression": "object"}
    fields["call_expression"] = "function"
    if parent is None or parent.type not in fields:
        return False
    inner = parent.child_by_field_name(fields[parent.type])
    return inner is not None and inner.id == node.id


def _after_index(declared: Declaration, names: list[str]) -> list[str]:
    return names[1:] if declared.is_loop and names and not names[0] else names


def _problem(kinds: Kinds, declared: Declaration, names: list[str]) -> str:
    if declared.kind == "module":
        return _problem_of_output(kinds, declared, names)
    if declared.kind != "resource" or not names or not names[0]:
        return ""
    found = catalogue.resource_type(declared.type)
    if found is None or names[0] in _OF_EVERY_RESOURCE:
        return ""
    shape: catalogue.Shape | None = found.read
    for name in names:
        if not name or shape is None or shape.is_open or shape.by:
            return ""
        held = shape.properties.get(name)
        if held is None:
            hint = close_to(name, [*shape.properties, *_OF_EVERY_RESOURCE])
            return f"{declared.resource_type} has no `{name}`{hint}"
        shape = catalogue.shape(found.provider, held.type)
    return ""


def _problem_of_output(kinds: Kinds, declared: Declaration, names: list[str]) -> str:
    module = kinds.modules.get(declared.name)
    match names:
        case ["outputs", name, *_] if name and module is not None:
            outputs = [each.name for each in module.of_kind("output")]
            if name not in outputs:
                return f"{module.name} has no output `{name}`{close_to(name, outputs)}"
        case [name, *_] if name not in {"outputs", "name", "id", ""}:
            return f"a module has no `{name}`"
    return ""


def _files(kinds: Kinds, node: Node) -> Iterator[Finding]:
    given = arguments(node)
    name = literal(given[0]) if given else None
    if name and not (kinds.template.path.parent / name).is_file():
        yield Finding(kinds.template.name, line(node), "file", f"there is no file {name}")
