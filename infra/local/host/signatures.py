"""Checks a function's parameters against its bindings, with the worker's rules."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.functions._thirdparty import typing_inspect

from infra.local.host.bindings import converter


class IndexingError(Exception):
    """The app cannot be indexed: no function of it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One trigger, input or output, as function.json would have it."""

    name: str
    type: str
    direction: str  # IN or OUT
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A binding, and the converter its annotation selects."""

    binding: Binding
    converter: str
    annotation: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A function's parameters, sorted out."""

    inputs: Mapping[str, Parameter]
    outputs: Mapping[str, Parameter]
    returned: Parameter | None
    wants_context: bool


def check(call: Callable[..., Any], bindings: list[Binding]) -> Signature:
    """Sort out *call*'s parameters; IndexingError is what the worker would refuse it for."""
    annotations = typing.get_type_hints(call)
    names = set(inspect.signature(call).parameters)
    bound = {binding.name: binding for binding in bindings if binding.name != "$return"}
    wants_context = "context" in names - set(bound)
    if wants_context:
        names.discard("context")
        _check_context(annotations.get("context"))
    _check_names(names, set(bound))
    parameters = {name: _parameter(bound[name], annotations) for name in bound}
    returned = [binding for binding in bindings if binding.name == "$return"]
    return Signature(
        inputs={n: p for n, p in parameters.items() if p.binding.direction == "IN"},
        outputs={n: p for n, p in parameters.items() if p.binding.direction == "OUT"},
        returned=_returned(returned[0], annotations) if returned else None,
        wants_context=wants_context,
    )


def _check_context(annotation: object) -> None:
    if annotation is None:
        return
    if not isinstance(annotation, type) or annotation.__name__ != "Context":
        raise IndexingError(f"context must be an azure.functions.Context, not {annotation!r}")


def _check_names(declared: set[str], bound: set[str]) -> None:
    if declared - bound:
        raise IndexingError(f"parameters without a binding: {sorted(declared - bound)}")
    if bound - declared:
        raise IndexingError(f"bindings without a parameter: {sorted(bound - declared)}")


def _parameter(binding: Binding, annotations: Mapping[str, Any]) -> Parameter:
    if binding.name not in annotations:
        return Parameter(binding=binding, converter=binding.type, annotation=None)
    annotation = annotations[binding.name]
    is_out = _is_out(annotation)
    if is_out != (binding.direction == "OUT"):
        raise IndexingError(f"{binding.name}: Out[...] is for output bindings, and only for them")
    inner = _inside_out(binding.name, annotation) if is_out else annotation
    if not isinstance(inner, type) and not typing_inspect.is_generic_type(inner):
        raise IndexingError(f"{binding.name}: invalid non-type annotation {annotation!r}")
    name = "generic" if inner in (str, bytes) else binding.type
    _check_annotation(binding, name, inner)
    return Parameter(binding=binding, converter=name, annotation=inner)


def _is_out(annotation: Any) -> bool:  # noqa: ANN401  an annotation may be anything
    origin = typing_inspect.get_origin(annotation) or annotation
    return isinstance(origin, type) and origin.__name__ == "Out"


def _inside_out(name: str, annotation: Any) -> Any:  # noqa: ANN401  an annotation may be anything
    arguments = typing_inspect.get_args(annotation)
    if len(arguments) != 1:
        raise IndexingError(f"{name}: invalid Out annotation {annotation!r}")
    return arguments[0]


def _check_annotation(binding: Binding, name: str, annotation: Any) -> None:  # noqa: ANN401  as above
    rules = converter(name)
    is_out = binding.direction == "OUT"
    accepts = rules.check_output_type_annotation if is_out else rules.check_input_type_annotation
    try:
        accepted = accepts(annotation)
    except (TypeError, AttributeError) as error:  # issubclass() of something generic
        raise IndexingError(f"{binding.name}: {annotation!r}: {error}") from error
    if not accepted:
        raise IndexingError(f"{binding.name}: {annotation!r} does not match {binding.type}")


def _returned(binding: Binding, annotations: Mapping[str, Any]) -> Parameter:
    if "return" not in annotations:
        return Parameter(binding=binding, converter=binding.type, annotation=None)
    annotation = annotations["return"]
    if not isinstance(annotation, type):
        raise IndexingError(f"invalid non-type return annotation {annotation!r}")
    _check_annotation(binding, binding.type, annotation)
    return Parameter(binding=binding, converter=binding.type, annotation=annotation)
