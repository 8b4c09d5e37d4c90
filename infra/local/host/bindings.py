"""How values cross between host and function: the SDK's converters and the generic one."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

import azure.functions as func
from azure.functions.meta import Datum

TRIGGERS = frozenset({"httpTrigger", "queueTrigger", "timerTrigger", "eventGridTrigger"})
OUTPUTS = frozenset({"http", "queue"})


class Converter(Protocol):
    """One binding type's rules, as the SDK registers them."""

    def check_input_type_annotation(self, pytype: Any) -> bool: ...  # noqa: ANN401, D102  the SDK's
    def check_output_type_annotation(self, pytype: Any) -> bool: ...  # noqa: ANN401, D102  the SDK's
    def decode(self, data: Datum, *, trigger_metadata: Mapping[str, Datum]) -> object: ...  # noqa: D102
    def encode(self, obj: object, *, expected_type: Any) -> Datum: ...  # noqa: ANN401, D102  the SDK's


def converter(name: str) -> Converter:
    """Return the SDK's converter for the binding type *name*, else the generic one."""
    registered = func.get_binding_registry().get(name)
    return cast("Converter", registered or GenericBinding())


class GenericBinding:
    """What the worker does with a parameter annotated `str` or `bytes`: no conversion."""

    def check_input_type_annotation(self, pytype: type) -> bool:
        """Accept text and bytes."""
        return issubclass(pytype, (str, bytes))

    def check_output_type_annotation(self, pytype: type) -> bool:
        """Accept text and bytes."""
        return issubclass(pytype, (str, bytes, bytearray))

    def decode(self, data: Datum, *, trigger_metadata: Mapping[str, Datum]) -> object:
        """Hand the value over as it came."""
        del trigger_metadata
        return data.value

    def encode(self, obj: object, *, expected_type: object) -> Datum:
        """Take text and bytes; NotImplementedError for the rest, as the SDK's converters do."""
        del expected_type
        if isinstance(obj, str):
            return Datum(obj, "string")
        if isinstance(obj, bytes | bytearray):
            return Datum(bytes(obj), "bytes")
        raise NotImplementedError
