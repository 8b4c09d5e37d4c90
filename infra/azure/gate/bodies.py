"""Part two: every resource has the properties its type has, of the kinds they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.azure.gate import catalogue
from infra.azure.gate.finding import Finding
from infra.azure.gate.kinds import is_shadowed
from infra.azure.gate.nodes import leaves, line, listed, literal, parts, properties, text
from infra.azure.gate.symbols import close_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from infra.azure.gate import nodes
    from infra.azure.gate.catalogue import Property, ResourceType, Shape
    from infra.azure.gate.kinds import Kinds
    from infra.azure.gate.template import Declaration

_OF_BICEP = frozenset({"name", "parent", "scope", "dependsOn"})
_ALLOWED_OF_EXISTING = _OF_BICEP - {"dependsOn"}
_DEEPEST = 12  # a variable inside itself is another check's finding
_FITS = {
    "string": {"string"},
    "int": {"int"},
    "number": {"int"},
    "bool": {"bool"},
    "object": {"object"},
    "array": {"array"},
}


@dataclass(frozen=True)
class Bodies:
    """Checks the resources of one file."""

    kinds: Kinds

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with types and bodies of resources."""
        for declared in self.kinds.template.of_kind("resource"):
            found = catalogue.resource_type(declared.type)
            if found is None:
                yield self._say(declared.node, "resource-type", _unknown_type(declared.type))
            elif declared.is_existing:
                yield from self._existing(declared)
            elif declared.value is not None:
                yield from self._own(declared, found)

    def _existing(self, declared: Declaration) -> Iterator[Finding]:
        for each in listed(declared.value):
            if each.name not in _ALLOWED_OF_EXISTING:
                text_ = f"an existing resource cannot be given `{each.name}`"
                yield self._say(each.key, "property", text_)
        yield from self._naming(declared)

    def _own(self, declared: Declaration, found: ResourceType) -> Iterator[Finding]:
        yield from self._naming(declared)
        body = declared.value
        if body is None:
            return
        name = _value(body, "name")
        if name is not None and found.names and literal(name) not in {None, *found.names}:
            text_ = f"`{literal(name)}` is no name for it; known: {', '.join(found.names)}"
            yield self._say(name, "value", text_)
        yield from self._shape(body, found.provider, found.written, _OF_BICEP)

    def _naming(self, declared: Declaration) -> Iterator[Finding]:
        body = declared.value
        if body is None:
            return
        if "name" not in properties(body):
            yield self._say(declared.node, "required", "`name` is missing")
        parent = _value(body, "parent")
        above, _, _ = declared.resource_type.rpartition("/")
        is_child = above.count("/") > 0
        if parent is None:
            name = literal(_value(body, "name"))
            if is_child and name is not None and "/" not in name:
                yield self._say(declared.node, "required", f"`parent` is missing: a {above}")
            return
        first = parts(parent)[0] if parent.type == "subscript_expression" else parent
        named = self.kinds.template.symbols.get(text(first))
        if named is not None and named.kind == "resource" and named.resource_type != above:
            wanted = f"needs a {above}" if is_child else "has none"
            text_ = f"parent is a {named.resource_type}; a {declared.resource_type} {wanted}"
            yield self._say(parent, "property", text_)

    def _shape(
        self,
        body: Node,
        provider: str,
        shape: Shape,
        also: frozenset[str] = frozenset(),
        depth: int = 0,
    ) -> Iterator[Finding]:
        given = properties(body)
        by = given.get(shape.by)
        kind = literal(by.value) if by is not None else None
        if shape.by and kind not in shape.kinds:
            if by is None:
                yield self._say(body, "required", f"`{shape.by}` is missing")
            elif kind is not None:
                text_ = f"`{kind}` is not known{close_to(kind, shape.kinds)}"
                yield self._say(by.value, "value", text_)
            return
        if kind is not None:
            shape = catalogue.shape(provider, shape.kinds[kind]) or shape
        for name, held in shape.properties.items():
            if held.required and not held.read_only and name not in {*given, *also}:
                yield self._say(body, "required", f"`{name}` is missing")
        for each in listed(body):
            if each.name and each.name not in also:
                yield from self._given(each, provider, shape, depth)

    def _given(
        self, each: nodes.Property, provider: str, shape: Shape, depth: int
    ) -> Iterator[Finding]:
        held = shape.properties.get(each.name)
        if held is not None and held.read_only:
            text_ = f"`{each.name}` is Azure's to say, and cannot be set"
            yield self._say(each.key, "property", text_)
        elif held is not None:
            yield from self._value_of(each.value, provider, held, depth)
        elif not shape.is_open:
            hint = close_to(each.name, [*shape.properties, *_OF_BICEP])
            yield self._say(each.key, "property", f"`{each.name}` is not known{hint}")

    def _value_of(self, node: Node, provider: str, held: Property, depth: int) -> Iterator[Finding]:
        if depth > _DEEPEST or held.type == "any":
            return
        for leaf in leaves(node):
            meant = self._variable(leaf)
            if held.container == "array":
                yield from self._kind(leaf, "array")
                for item in _items(meant):
                    yield from self._value_of(item, provider, held.inner, depth + 1)
            elif held.container == "map":
                yield from self._kind(leaf, "object")
                for each in listed(meant):
                    yield from self._value_of(each.value, provider, held.inner, depth + 1)
            elif (shape := catalogue.shape(provider, held.type)) is not None:
                yield from self._kind(leaf, "object")
                if meant.type == "object":
                    yield from self._shape(meant, provider, shape, depth=depth + 1)
            else:
                yield from self._kind(leaf, held.type)
                yield from self._known(meant, held)

    def _kind(self, leaf: Node, wanted: str) -> Iterator[Finding]:
        kind = self.kinds.of(leaf)
        if kind not in {None, "null", *_FITS.get(wanted, set())}:
            yield self._say(leaf, "kind", f"{kind} where {wanted} is wanted")

    def _known(self, leaf: Node, held: Property) -> Iterator[Finding]:
        value = literal(leaf)
        if not held.values or value is None or value in held.values:
            return
        # Some take several, as in 'Logging, Metrics'.
        if not {each.strip() for each in value.split(",")} <= {*held.values}:
            hint = close_to(value, held.values) or f"; known: {', '.join(held.values)}"
            yield self._say(leaf, "value", f"`{value}` is not known{hint}")

    def _variable(self, leaf: Node) -> Node:
        """Return what a variable holds, or the node itself."""
        named = self.kinds.template.symbols.get(text(leaf)) if leaf.type == "identifier" else None
        if named is None or named.kind != "var" or named.value is None or is_shadowed(leaf):
            return leaf
        return named.value

    def _say(self, node: Node, rule: str, text_: str) -> Finding:
        return Finding(self.kinds.template.name, line(node), rule, text_)


def _unknown_type(name: str) -> str:
    type_name, _, version = name.partition("@")
    held = catalogue.versions()
    if type_name in held:
        return f"version {version} of {type_name} is not in the slice; {', '.join(held[type_name])}"
    return f"{type_name} is not in the slice{close_to(type_name, held)}"


def _value(body: Node, name: str) -> Node | None:
    found = properties(body).get(name)
    return found.value if found is not None else None


def _items(node: Node) -> list[Node]:
    if node.type == "array":
        return parts(node)
    if node.type == "for_statement":
        return [parts(node)[-1]]
    return []
