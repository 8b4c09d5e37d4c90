"""Reads the models of a generated Azure package from their source, without importing them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = {
    "bool": "bool",
    **dict.fromkeys(("int", "long", "unix-time"), "int"),
    **dict.fromkeys(("float", "decimal"), "number"),
    **dict.fromkeys(("object", "Any", "JSON"), "any"),
    **dict.fromkeys(("str", "bytearray", "base64", "duration", "time"), "string"),
    **dict.fromkeys(("iso-8601", "rfc-1123", "datetime.datetime", "datetime.timedelta"), "string"),
}


@dataclass
class Property:
    """One property of a model: `type` is a plain type, a model, or `array of` / `map of` one."""

    path: tuple[str, ...]  # more than one part where the package flattens `properties`
    type: str
    required: bool = False
    read_only: bool = False
    values: list[str] = field(default_factory=list)


@dataclass
class Model:
    """What a JSON object of one kind may hold; `kinds` are its sub-models by discriminator."""

    properties: list[Property] = field(default_factory=list)
    is_open: bool = False
    discriminator: str = ""
    kinds: dict[str, str] = field(default_factory=dict)


class Models:
    """The models of one package, by name."""

    def __init__(self, *sources: str) -> None:
        self._classes = {
            node.name: node
            for source in sources
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef)
        }

    def model(self, name: str) -> Model:
        """Read one model with all that it inherits; raises KeyError for an unknown name."""
        line = [*self._ancestors(name)]
        if any(_assigned(each, "_attribute_map") for each in line):
            return self._mapped(line)
        return self._annotated(name, line)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a model."""
        return name in self._classes

    def _ancestors(self, name: str) -> Iterator[ast.ClassDef]:
        node = self._classes[name]
        for parent in node.bases:
            parent_name = ast.unparse(parent).rsplit(".", 1)[-1]
            if parent_name in self._classes:
                yield from self._ancestors(parent_name)
        yield node

    def _values(self, type_name: str) -> list[str]:
        node = self._classes.get(type_name)
        if node is None or not any("Enum" in ast.unparse(base) for base in node.bases):
            return []
        return [
            str(item.value.value)
            for item in node.body
            if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
        ]

    # The older generator: `_attribute_map` says how a property is spelt, `_validation` the rest.

    def _mapped(self, line: list[ast.ClassDef]) -> Model:
        rules = _merged(line, "_validation")
        hints = {
            each.arg: ast.unparse(each.annotation)
            for node in line
            for each in _keywords(node)
            if each.annotation
        }
        model = Model()
        for attribute, spelt in _merged(line, "_attribute_map").items():
            if not spelt["key"]:
                model.is_open = True
                continue
            named = re.findall(r"_models\.(\w+)", hints.get(attribute, ""))
            model.properties.append(
                Property(
                    path=tuple(
                        part.replace("\0", ".")
                        for part in spelt["key"].replace("\\.", "\0").split(".")
                    ),
                    type=_wire_type(spelt["type"]),
                    required=bool(rules.get(attribute, {}).get("required")),
                    read_only=bool(rules.get(attribute, {}).get("readonly")),
                    values=self._values(named[-1]) if named else [],
                )
            )
        self._map_kinds(line[-1], model)
        return model

    def _map_kinds(self, node: ast.ClassDef, model: Model) -> None:
        for attribute, kinds in (_literal(_assigned(node, "_subtype_map")) or {}).items():
            spelt = _merged([*self._ancestors(node.name)], "_attribute_map")[attribute]["key"]
            model.discriminator = spelt.replace("\\.", ".")
            model.kinds.update(kinds)

    # The newer generator: annotated attributes, each with its `rest_field`.

    def _annotated(self, name: str, line: list[ast.ClassDef]) -> Model:
        found: dict[str, Property] = {}
        model = Model()
        for node in line:
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.value, ast.Call):
                    one = self._rest_field(item, item.value)
                    found[one.path[0]] = one
                    if ast.unparse(item.value.func) == "rest_discriminator":
                        model.discriminator = one.path[0]
        model.properties = [*found.values()]
        for child in self._classes.values():
            kind = [word.value for word in child.keywords if word.arg == "discriminator"]
            parents = {ast.unparse(base) for base in child.bases}
            if name in parents and kind:
                model.kinds[str(ast.literal_eval(kind[0]))] = child.name
        model.discriminator = model.discriminator if model.kinds else ""
        return model

    def _rest_field(self, item: ast.AnnAssign, call: ast.Call) -> Property:
        words = {word.arg: word.value for word in call.keywords}
        attribute = ast.unparse(item.target)
        spelt = str(ast.literal_eval(words["name"])) if "name" in words else attribute
        visibility = ast.literal_eval(words["visibility"]) if "visibility" in words else []
        hint = ast.unparse(item.annotation).replace("_models.", "").replace("'", "")
        named, required = _unwrapped(hint)
        values = self._values(named.removeprefix("array of "))
        plain = "string" if values else named
        if "format" in words and "unix" in ast.unparse(words["format"]):
            plain = "int"  # a time to Python, seconds on the wire
        return Property(
            path=(spelt,),
            type=f"array of {plain}" if named.startswith("array of ") and values else plain,
            required=required and visibility != ["read"],
            read_only=visibility == ["read"],
            values=values,
        )


def _unwrapped(hint: str) -> tuple[str, bool]:
    if optional := re.fullmatch(r"Optional\[(.*)\]", hint):
        return _unwrapped(optional[1])[0], False
    if union := re.fullmatch(r"Union\[str, (\w+)\]", hint):
        return union[1], True
    if hint.startswith("Literal["):
        return "string", True
    if array := re.fullmatch(r"[Ll]ist\[(.*)\]", hint):
        return f"array of {_unwrapped(array[1])[0]}", True
    if mapping := re.fullmatch(r"[Dd]ict\[str, (.*)\]", hint):
        return f"map of {_unwrapped(mapping[1])[0]}", True
    return _PLAIN.get(hint, hint), True


def _wire_type(spelt: str) -> str:
    if spelt.startswith("["):
        return f"array of {_wire_type(spelt[1:-1])}"
    if spelt.startswith("{"):
        return f"map of {_wire_type(spelt[1:-1])}"
    return _PLAIN.get(spelt, spelt)


def _merged(line: list[ast.ClassDef], name: str) -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    for node in line:
        merged |= _literal(_assigned(node, name)) or {}
    return merged


def _assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    for item in node.body:
        if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == name:
            return item.value
    return None


def _literal(node: ast.expr | None) -> dict[str, dict[str, str]] | None:
    if node is None:
        return None
    read: dict[str, dict[str, str]] = ast.literal_eval(node)
    return read


def _keywords(node: ast.ClassDef) -> list[ast.arg]:
    return [
        argument
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name == "__init__"
        for argument in item.args.kwonlyargs
    ]
