"""CloudEvents 1.0 in structured JSON: the rules an event has to keep."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
    r"([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_URI_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;\s*[\w.-]+=(\"[^\"]*\"|[^\s;\"]+))*")
_EXTENSION_NAME = re.compile(r"[a-z0-9]{1,20}")
_INT32 = range(-(2**31), 2**31)


class CloudEventError(Exception):
    """The event breaks a rule of the specification."""


def check(event: object) -> dict[str, object]:
    """Return *event*, which keeps every rule, or raise CloudEventError."""
    if not isinstance(event, dict):
        raise CloudEventError("An event is a JSON object.")
    if missing := [name for name in ("id", "source", "specversion", "type") if name not in event]:
        raise CloudEventError(f"Required attributes are missing: {', '.join(missing)}.")
    for name, value in event.items():
        if name not in {"data", "data_base64"}:
            _check_attribute(name, value)
    _check_data(event)
    return event


def _check_attribute(name: str, value: object) -> None:
    rule = _RULES.get(name)
    if rule is None:
        _check_extension(name, value)
    elif not isinstance(value, str) or not rule(value):
        raise CloudEventError(f"The value of the attribute '{name}' is invalid.")


def _check_extension(name: str, value: object) -> None:
    if not _EXTENSION_NAME.fullmatch(name):
        raise CloudEventError(f"The attribute name '{name}' is invalid.")
    number = isinstance(value, int) and value in _INT32
    if not (isinstance(value, str | bool) or number):
        raise CloudEventError(f"The extension '{name}' is neither text, boolean nor integer.")


def _check_data(event: dict[str, object]) -> None:
    if "data_base64" not in event:
        return
    if "data" in event:
        raise CloudEventError("An event has data or data_base64, not both.")
    try:
        base64.b64decode(str(event["data_base64"]), validate=True)
    except binascii.Error as error:
        raise CloudEventError("data_base64 is not base64.") from error


def _is_uri_reference(text: str) -> bool:
    if not _URI_CHARACTERS.fullmatch(text):
        return False
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _is_uri(text: str) -> bool:
    return _is_uri_reference(text) and bool(urlsplit(text).scheme)


def _is_time(text: str) -> bool:
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


_RULES: dict[str, Callable[[str], bool]] = {
    "id": bool,
    "type": bool,
    "subject": bool,
    "specversion": lambda text: text == "1.0",
    "source": _is_uri_reference,
    "dataschema": _is_uri,
    "datacontenttype": lambda text: _MEDIA_TYPE.fullmatch(text) is not None,
    "time": _is_time,
}
