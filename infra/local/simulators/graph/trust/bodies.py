"""What may be sent: names that are known, values of the right type, no options where none are."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from infra.local.simulators.graph.call import Call
from infra.local.simulators.graph.refusals import RefusedError, bad_request, unsupported

Check = Callable[[object], bool]
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")


def checked(body: object, known: Mapping[str, Check], *, kind: str) -> dict[str, Any]:
    """Return the properties that were sent, without annotations; RefusedError for a wrong one."""
    if not isinstance(body, dict):
        raise _invalid(kind, "an object is expected")
    sent = {name: value for name, value in body.items() if "@odata" not in name}
    for name, value in sent.items():
        if name not in known:
            raise _invalid(kind, f"the property '{name}' does not exist")
        if not known[name](value):
            raise _invalid(kind, f"the value of '{name}' is not one")
    return sent


def check_no_options(call: Call) -> None:
    """Refuse query options where the documents say there are none; how is a guess."""
    for option in call.request.url.params:
        if option.startswith("$"):
            raise unsupported(f"The query option '{option}' is not supported here.")


def flag(value: object) -> bool:
    """Say whether it is a Boolean."""
    return isinstance(value, bool)


def text(value: object) -> bool:
    """Say whether it is a text."""
    return isinstance(value, str)


def text_or_null(value: object) -> bool:
    """Say whether it is a text or nothing."""
    return value is None or isinstance(value, str)


def hexadecimal(value: object) -> bool:
    """Say whether it is bytes in hexadecimal."""
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def count(value: object) -> bool:
    """Say whether it is a whole number, zero or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def address_or_null(value: object) -> bool:
    """Say whether it is nothing or a URL of the web; that others are refused is a guess."""
    return value is None or (isinstance(value, str) and is_address(value))


def is_address(value: str) -> bool:
    """Say whether it is an absolute URL of the web."""
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL:
        return False
    return url.scheme in {"http", "https"} and bool(url.host)


def at_most(longest: int) -> Check:
    """Check for a text that is not too long, or nothing."""
    return lambda value: text_or_null(value) and len(str(value)) <= longest


def one_of(*values: str) -> Check:
    """Check for a member of an enumeration; unknownFutureValue is never one to send."""
    return lambda value: value in values


def or_null(check: Check) -> Check:
    """Check for nothing, or what passes."""
    return lambda value: value is None or check(value)


def list_of(check: Check) -> Check:
    """Check for a list whose every member passes."""
    return lambda value: isinstance(value, list) and all(map(check, value))


def _invalid(kind: str, why: str) -> RefusedError:
    return bad_request(f"Invalid value for 'microsoft.graph.{kind}': {why}.")
