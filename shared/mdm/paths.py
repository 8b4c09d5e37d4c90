"""Where in a body something stands, such as `event.device.serial` or `items[0].id`."""

import re

from shared.errors import Misconfigured

Path = tuple[str | int, ...]

_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]", re.ASCII)
_WHOLE = re.compile(r"(?:[^.\[\]]+|\[\d{1,4}\])(?:\[\d{1,4}\]|\.[^.\[\]]+)*", re.ASCII)


def steps(path: str) -> Path:
    """Return the names and indices of a path, or raise Misconfigured if it is none."""
    if not _WHOLE.fullmatch(path):
        raise Misconfigured(f"{path!r} is not a path such as event.device.serial or items[0].id")
    return tuple(int(index) if index else name for name, index in _STEP.findall(path))


def find(value: object, path: Path) -> object:
    """Return what stands there, or None; letter case and underscores do not count in names."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = _named(value, step)
    return value


def _named(value: object, name: str) -> object:
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    plain = _plain(name)
    return next((found for key, found in value.items() if _plain(str(key)) == plain), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
