"""What the Bicep templates say, for comparison with what everything else says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node

from infra.azure.gate.nodes import arguments, at, called, literal, parts, properties, text, walk
from infra.azure.gate.roles import ROLES
from infra.azure.gate.template import Declaration, Template, read
from infra.local.places import CHECKOUT

FOLDER = CHECKOUT / "infra" / "azure"
ROLE_NAMES = {identifier: name for name, (identifier, _) in ROLES.items()}


@dataclass(frozen=True)
class Assignment:
    """One role: for whom (a parameter's name), which, and on what type of resource."""

    principal: str
    role: str
    scope: str


@cache
def template(name: str) -> Template:
    """Return one template by its path below infra/azure."""
    return read(FOLDER / name, FOLDER)


def templates() -> Iterator[Template]:
    """Yield every template."""
    for path in sorted(FOLDER.rglob("*.bicep")):
        yield template(path.relative_to(FOLDER).as_posix())


def app_settings() -> dict[str, Node]:
    """Return the app settings and what each is given, those included that a parameter may add."""
    app = template("bicep/function_app.bicep")
    given = at(app.symbols["app"].value, "properties", "siteConfig", "appSettings")
    assert given is not None
    return dict(_settings(app, given, set()))


def values(name: str, variable: str) -> list[str]:
    """Return the texts in a variable of a template."""
    value = template(name).symbols[variable].value
    assert value is not None
    return [found for node in walk(value) if (found := literal(node))]


def resources(kind: str, name: str = "") -> list[Declaration]:
    """Return the resources of a type that are made, in one template or all."""
    chosen = [template(name)] if name else [*templates()]
    return [
        declared
        for each in chosen
        for declared in each.of_kind("resource")
        if declared.resource_type == kind and not declared.is_existing
    ]


def named(declared: Declaration) -> str:
    """Return a resource's name, if it is plain text."""
    return literal(at(declared.value, "name")) or ""


def texts(node: Node | None) -> list[str]:
    """Return the plain texts below a node."""
    return [found for each in walk(node) if (found := literal(each))] if node is not None else []


def parameters(name: str) -> dict[str, Declaration]:
    """Return a template's parameters."""
    return {each.name: each for each in template(name).of_kind("param")}


def default(name: str, parameter: str) -> str:
    """Return a parameter's default, as text or as it stands."""
    value = parameters(name)[parameter].value
    assert value is not None, f"{parameter} has no default"
    return literal(value) or text(value)


def outputs(name: str) -> set[str]:
    """Return the names of a template's outputs."""
    return {each.name for each in template(name).of_kind("output")}


def assignments() -> set[Assignment]:
    """Return every role that is assigned."""
    return {
        _assignment(each, declared)
        for each in templates()
        for declared in each.of_kind("resource")
        if declared.resource_type == "Microsoft.Authorization/roleAssignments"
    }


def _settings(app: Template, node: Node, seen: set[str]) -> Iterator[tuple[str, Node]]:
    """Yield names and values of all objects that an expression puts together."""
    if node.type == "object":
        found = properties(node)
        if set(found) != {"name", "value"}:  # of the loop that makes a list of them
            yield from ((name, each.value) for name, each in found.items())
        return
    declared = app.symbols.get(text(node)) if node.type == "identifier" else None
    if declared is not None and declared.kind == "var" and declared.value is not None:
        if declared.name not in seen:
            yield from _settings(app, declared.value, {*seen, declared.name})
        return
    for child in parts(node):
        yield from _settings(app, child, seen)


def _assignment(each: Template, declared: Declaration) -> Assignment:
    principal = at(declared.value, "properties", "principalId")
    definition = at(declared.value, "properties", "roleDefinitionId")
    scope = at(declared.value, "scope")
    assert principal is not None
    assert definition is not None
    assert scope is not None
    assert called(definition) == "subscriptionResourceId"
    role = each.symbols[text(arguments(definition)[-1])].value
    on = each.symbols[re.split(r"[\[.]", text(scope))[0]]
    return Assignment(
        principal=text(principal),
        role=ROLE_NAMES[str(literal(role))],
        scope=on.resource_type,
    )
