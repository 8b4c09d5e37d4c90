"""Part two: every module is there, and is given just what it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import at, leaves, line, listed, literal, properties
from infra.azure.gate.symbols import close_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.azure.gate.kinds import Kinds
    from infra.azure.gate.template import Declaration, Template

_OF_A_MODULE = frozenset({"name", "scope", "params", "dependsOn"})
_KINDS_IN_JSON = {str: "string", bool: "bool", int: "int", list: "array", dict: "object"}


def check(kinds: Kinds) -> Iterator[Finding]:
    """Yield what is wrong with the modules that a file calls."""
    template = kinds.template
    for declared in template.of_kind("module"):
        for each in listed(declared.value):
            if each.name not in _OF_A_MODULE:
                hint = close_to(each.name, _OF_A_MODULE)
                text_ = f"a module has no `{each.name}`{hint}"
                yield Finding(template.name, line(each.key), "module", text_)
        if ":" in declared.type:
            text_ = "a module from a registry cannot be checked offline"
            yield Finding(template.name, declared.line, "module", text_)
        elif declared.name not in kinds.modules:
            text_ = f"there is no file {declared.type}"
            yield Finding(template.name, declared.line, "module", text_)
        else:
            yield from _called(kinds, declared, kinds.modules[declared.name])


def _called(kinds: Kinds, declared: Declaration, module: Template) -> Iterator[Finding]:
    name = kinds.template.name
    wanted = {each.name: each for each in module.of_kind("param")}
    given = properties(at(declared.value, "params"))
    for parameter in wanted.values():
        if is_required(parameter) and parameter.name not in given:
            text_ = f"parameter `{parameter.name}` of {module.name} is missing"
            yield Finding(name, declared.line, "module", text_)
    if module.target_scope != kinds.template.target_scope and (
        "scope" not in properties(declared.value)
    ):
        text_ = f"{module.name} deploys to a {module.target_scope}: `scope` is missing"
        yield Finding(name, declared.line, "module", text_)
    for each in given.values():
        if each.name not in wanted:
            text_ = f"{module.name} has no parameter `{each.name}`{close_to(each.name, wanted)}"
            yield Finding(name, line(each.key), "module", text_)
            continue
        parameter = wanted[each.name]
        for leaf in leaves(each.value):
            kind, value = kinds.of(leaf), literal(leaf)
            wanted_kind = parameter.plain_type
            if wanted_kind is not None and kind not in {None, "null", wanted_kind}:
                text_ = f"{kind} for `{each.name}` of {module.name}, which is {parameter.type}"
                yield Finding(name, line(leaf), "kind", text_)
            elif value is not None and parameter.allowed and value not in parameter.allowed:
                text_ = f"`{value}` for `{each.name}`: {module.name} takes {parameter.allowed}"
                yield Finding(name, line(leaf), "value", text_)


def is_required(parameter: Declaration) -> bool:
    """Tell whether a parameter has neither a default nor a type that may be null."""
    return parameter.value is None and not parameter.type.endswith("?")


def check_parameter_file(path: Path, template: Template) -> Iterator[Finding]:
    """Yield what a parameter file does not say, or says in vain; azd's `${...}` is text to it."""
    source = path.read_text()
    try:
        given: dict[str, Any] = json.loads(source)["parameters"]
    except json.JSONDecodeError as error:
        yield Finding(path.name, error.lineno, "parameter-file", f"is not JSON: {error.msg}")
        return
    wanted = {each.name: each for each in template.of_kind("param")}
    for name, parameter in wanted.items():
        if is_required(parameter) and name not in given:
            text_ = f"`{name}` of {template.name} is missing"
            yield Finding(path.name, 1, "parameter-file", text_)
    for name, entry in given.items():
        place = _line_of(source, name)
        if name not in wanted:
            text_ = f"{template.name} has no parameter `{name}`{close_to(name, wanted)}"
            yield Finding(path.name, place, "parameter-file", text_)
            continue
        value = entry.get("value") if isinstance(entry, dict) else None
        kind = _KINDS_IN_JSON.get(type(value))
        is_filled_in = isinstance(value, str) and "${" in value
        if kind not in {None, wanted[name].plain_type or kind} and not is_filled_in:
            text_ = f"{kind} for `{name}`, which is {wanted[name].type}"
            yield Finding(path.name, place, "parameter-file", text_)


def _line_of(source: str, name: str) -> int:
    lines = source.splitlines()
    return next((n for n, each in enumerate(lines, 1) if f'"{name}"' in each), 1)
