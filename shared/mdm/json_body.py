"""A proved body that has to be JSON."""

from typing import TypeVar

import msgspec

from shared.errors import Rejected

T = TypeVar("T")


def decoded(body: bytes) -> object:
    """Return what the body holds, of whatever shape; Rejected if it is not JSON in UTF-8."""
    return _decoded(msgspec.json.Decoder(), body)


def decoded_as(body: bytes, shape: type[T]) -> T:
    """Return what the body holds, or raise Rejected if it is not of the shape."""
    return _decoded(msgspec.json.Decoder(shape), body)


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(f"the body is not JSON of the documented shape: {error}") from error
