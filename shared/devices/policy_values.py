"""One value of a policy setting: its canonical form, its bounds, and how to ask for it."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from shared.devices.policy_settings import UNLIMITED, Kind, Parameter, Value

# Texts like 15MB, and what Exchange makes of them: 15 MB (15,728,640 bytes).
_SIZE = re.compile(r"([0-9]{1,15}) ?(B|KB|MB|GB)?", re.ASCII | re.IGNORECASE)
_SHOWN_SIZE = re.compile(r"[0-9.,]{1,24} ?[KMGT]?B \(([0-9,]{1,24}) bytes\)")
_UNITS = MappingProxyType({"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3})
_SPAN = re.compile(r"(?:([0-9]{1,8})\.)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.0{1,7})?")
_NUMBER = re.compile(r"[0-9]{1,15}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def canonical(parameter: Parameter, value: object) -> Value:
    """Return the one form of a value, in bounds or not; ValueError if it is of another kind."""
    if value is None:
        if not parameter.takes_null:
            raise ValueError(value)
        return parameter.default
    if parameter.is_unlimited and isinstance(value, str) and value.casefold() == "unlimited":
        return UNLIMITED
    return _READERS[parameter.kind](parameter, value)


def is_within(parameter: Parameter, value: Value) -> bool:
    """Whether a canonical value keeps to the parameter's bounds."""
    if value is None or (parameter.is_unlimited and value == UNLIMITED):
        return True
    match parameter.kind:
        case Kind.NUMBER | Kind.SIZE:
            return isinstance(value, int) and parameter.low <= value <= parameter.high
        case Kind.SPAN:
            return parameter.low <= _seconds(str(value)) <= parameter.high
        case Kind.NAME:
            return parameter.low <= len(str(value)) <= parameter.high
        case Kind.SWITCH | Kind.CHOICE | Kind.LIST:
            return True


def allowed(parameter: Parameter) -> str:
    """Say what the parameter takes."""
    low, high = parameter.low, parameter.high
    match parameter.kind:
        case Kind.SWITCH:
            text = "true or false"
        case Kind.CHOICE:
            text = f"one of {', '.join(parameter.choices)}"
        case Kind.NUMBER:
            text = f"a whole number from {low} to {high}"
        case Kind.SIZE:
            text = f'a size up to {high} bytes: a number of bytes, or a text such as "15MB"'
        case Kind.SPAN:
            text = f'a span from {_span(low)} to {_span(high)}, written "[days.]hh:mm:ss"'
        case Kind.LIST:
            text = "a list of texts that are not empty"
        case Kind.NAME:
            text = f"a text of {low} to {high} characters, with no space at its ends"
    others = [f'"{UNLIMITED}"'] * parameter.is_unlimited + ["null"] * parameter.takes_null
    return " or ".join([text, *others])


def _switch(_: Parameter, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(value)


def _choice(parameter: Parameter, value: object) -> str:
    """Match whole names only: Exchange would take the start of one for it."""
    for choice in parameter.choices:
        if isinstance(value, str) and value.casefold() == choice.casefold():
            return choice
    raise ValueError(value)


def _number(_: Parameter, value: object) -> int:
    """Take digits, too: where Exchange allows Unlimited, it shows numbers as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(value)


def _size(parameter: Parameter, value: object) -> int:
    if not isinstance(value, str):
        return _number(parameter, value)
    if shown := _SHOWN_SIZE.fullmatch(value):
        return int(shown[1].replace(",", ""))
    written = _SIZE.fullmatch(value)
    if not written:
        raise ValueError(value)
    return int(written[1]) * _UNITS[(written[2] or "").upper()]


def _text_of_span(_: Parameter, value: object) -> str:
    """Refuse what .NET reads in surprising ways: 15 is days there, and so is 24:00:00."""
    if isinstance(value, str):
        return _span(_seconds(value))
    raise ValueError(value)


def _list(_: Parameter, value: object) -> tuple[str, ...]:
    """Sort, and drop what differs in case only: Exchange keeps no order and compares so."""
    entries = value if isinstance(value, list | tuple) else [None]
    if not all(isinstance(each, str) and _is_plain(each) for each in entries):
        raise ValueError(value)
    kept: dict[str, str] = {}
    for each in sorted(entries):
        kept.setdefault(each.casefold(), each)
    return tuple(kept[key] for key in sorted(kept))


def _name(_: Parameter, value: object) -> str:
    if not isinstance(value, str) or not _is_plain(value):
        raise ValueError(value)
    return value


def _is_plain(text: str) -> bool:
    return bool(text) and text == text.strip() and not _CONTROLS.search(text)


def _seconds(text: str) -> int:
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if hours > 23 or minutes > 59 or seconds > 59:  # noqa: PLR2004 - as on a clock
        raise ValueError(text)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _span(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"{f'{days}.' if days else ''}{hour:02}:{minute:02}:{second:02}"


_READERS: Mapping[Kind, Callable[[Parameter, object], Value]] = MappingProxyType(
    {
        Kind.SWITCH: _switch,
        Kind.CHOICE: _choice,
        Kind.NUMBER: _number,
        Kind.SIZE: _size,
        Kind.SPAN: _text_of_span,
        Kind.LIST: _list,
        Kind.NAME: _name,
    }
)
