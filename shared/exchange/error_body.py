"""Where the useful text of an error body stands: which layer refused decides it."""

from typing import Any

import msgspec


class _Detail(msgspec.Struct):
    message: str = ""


class _Inner(msgspec.Struct):
    message: str = ""
    type: str = ""


class _InnerError(msgspec.Struct):
    message: str = ""
    internalexception: _Inner | None = None


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""
    details: list[_Detail] | None = None
    innererror: _InnerError | None = None


class _Body(msgspec.Struct):
    error: _Error


def told(body: bytes) -> tuple[str, str]:
    """Return the useful text of an error body, and the exception's type where there is one."""
    try:
        error = msgspec.json.decode(body, type=_Body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    if error.details and error.details[0].message:
        return plain(error.details[0].message)
    inner = error.innererror
    if inner and inner.internalexception and inner.internalexception.message:
        return inner.internalexception.message, inner.internalexception.type
    return (inner.message if inner else "") or error.message, error.code


def plain(message: str) -> tuple[str, str]:
    """Split `id|type|text`, of which the first two may be empty; or a serialised exception."""
    if message.startswith("{"):
        try:
            fields = msgspec.json.decode(message, type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError):
            return message, ""
        return str(fields.get("Message", message)), str(fields.get("ClassName", ""))
    parts = message.split("|", 2)
    return (parts[2], parts[1]) if len(parts) == len(("id", "type", "text")) else (message, "")
