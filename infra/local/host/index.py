"""Imports an app and lists its functions; one bad function means none, as in the worker."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure.functions as func

from infra.local.host.bindings import OUTPUTS, TRIGGERS
from infra.local.host.signatures import Binding, IndexingError, Signature, check

FUNCTION_NAME = re.compile(r"(?!host$)[a-z][a-z0-9_-]{0,127}", re.IGNORECASE)
BINDING_NAME = re.compile(r"(?!.*__)[a-zA-Z_][a-zA-Z0-9_]{0,127}|\$return")
SCRIPT_NAME = re.compile(r"[A-Za-z0-9_-]+\.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFunction:
    """One function of the app, ready to be called."""

    name: str
    call: Callable[..., Any]
    directory: str
    trigger: Binding
    bindings: list[Binding]
    signature: Signature
    retry: Mapping[str, Any] | None

    @property
    def is_async(self) -> bool:
        """Tell whether it runs on the loop; otherwise it gets a thread."""
        return inspect.iscoroutinefunction(self.call)


def load(app: Path, script: str = "function_app.py") -> list[IndexedFunction]:
    """
    Import *script* in *app* and return its functions; IndexingError says why it cannot.

    To be called inside the running loop, as the worker does, so that an app that starts a loop
    of its own at import fails here too.
    """
    if not SCRIPT_NAME.fullmatch(script):
        raise IndexingError(f"PYTHON_SCRIPT_FILE_NAME: {script} is not a plain file name")
    if not (app / script).is_file():
        raise IndexingError(f"there is no {script} in {app}")
    try:
        # Once only: a second call on the same object finds every name taken.
        functions = _the_app(Path(script).stem).get_functions()
    except Exception as error:
        raise IndexingError(f"{script} cannot be indexed: {error!r}") from error
    return [_indexed(function) for function in functions]


def make_importable(app: Path, launched_from: Path) -> None:
    """Put *app* on the import path, in the place of the folder this program was started from."""
    elsewhere = [entry for entry in sys.path if Path(entry).resolve() != launched_from]
    sys.path[:] = [str(app), *elsewhere]


def _the_app(module: str) -> func.FunctionRegister:
    names = vars(importlib.import_module(module)).values()
    apps = [value for value in names if isinstance(value, func.FunctionRegister)]
    if len(apps) != 1:
        raise IndexingError(f"one top-level FunctionApp is expected, {len(apps)} found")
    return apps[0]


def _indexed(function: func.Function) -> IndexedFunction:
    name = function.get_function_name() or ""
    try:
        return _checked(name, function)
    except (IndexingError, NameError, TypeError) as error:
        raise IndexingError(f"function {name}: {error}") from error


def _checked(name: str, function: func.Function) -> IndexedFunction:
    if not FUNCTION_NAME.fullmatch(name):
        raise IndexingError("not a valid function name")
    bindings = [_binding(json.loads(raw)) for raw in function.get_raw_bindings()]
    triggers = [binding for binding in bindings if binding.type in TRIGGERS]
    if len(triggers) != 1:
        raise IndexingError("this host runs HTTP, queue, timer and Event Grid triggers only")
    call = function.get_user_function()
    return IndexedFunction(
        name=name,
        call=call,
        directory=str(Path(inspect.getfile(call)).parent),
        trigger=triggers[0],
        bindings=bindings,
        signature=check(call, bindings),
        retry=function.get_settings_dict("retry_policy"),
    )


def _binding(properties: dict[str, Any]) -> Binding:
    name, kind, direction = (properties[key] for key in ("name", "type", "direction"))
    if not BINDING_NAME.fullmatch(name):
        raise IndexingError(f"the binding name {name} is invalid")
    if kind not in (OUTPUTS if direction == "OUT" else TRIGGERS):
        raise IndexingError(f"{name}: this host knows no {kind} binding ({direction})")
    return Binding(name=name, type=kind, direction=direction, properties=properties)
