"""Rows as PowerShell serialises objects: what the module asks for to get typed output."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from infra.local.simulators.exchange.rows import Values, timestamp

_NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"
_OBJECT = (
    '<TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>'
)
_ARRAY = (
    '<TN RefId="1"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN>',
    '<TNRef RefId="1"/>',
)
# What XML cannot hold, and what would read as an escape of it.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]|_(?=x[0-9A-Fa-f]{4}_)")


def row(values: Values) -> dict[str, object]:
    """Return the row with all of its properties in one text."""
    members, lists = [], 0
    for name, value in values.items():
        if isinstance(value, list | tuple):
            lists += 1
            kind = _ARRAY[lists > 1]
            items = "".join(_value(item, "") for item in value)
            name_of = f'N={quoteattr(name)} RefId="{lists}"'
            members.append(f"<Obj {name_of}>{kind}<LST>{items}</LST></Obj>")
        else:
            members.append(_value(value, f" N={quoteattr(name)}"))
    content = f'<Obj RefId="0">{_OBJECT}<MS>{"".join(members)}</MS></Obj>'
    return {"_clixml": f'<Objs Version="1.1.0.1" xmlns="{_NAMESPACE}">{content}</Objs>'}


def _value(value: object, name: str) -> str:
    if value is None:
        return f"<Nil{name}/>"
    tag, write = _TAGS.get(type(value), ("S", _text))
    return f"<{tag}{name}>{write(value)}</{tag}>"


def _text(value: object) -> str:
    return escape(_UNPRINTABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value)))


# By exact type: a boolean is no number here.
_TAGS: dict[type, tuple[str, Callable[[Any], str]]] = {
    bool: ("B", lambda value: str(value).lower()),
    datetime: ("DT", lambda value: timestamp(value)[:-6] + "Z"),
    int: ("I32", str),
    UUID: ("G", str),
}
