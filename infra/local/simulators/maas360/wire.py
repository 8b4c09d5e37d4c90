"""
An answer is a tree of text, written as XML, or as the JSON that the service derives from it.

The JSON has the marks of a mechanical conversion from XML, seen in recorded answers: one element
is an object where several are a list, an absent value is "", no value is null, and whatever
looks like a number or a boolean becomes one ("17.5" is 17.5, "17.5.1" stays text; an IMEI of
digits is a number). Guesses: leading zeros are lost with that, an element without children
is "", and whoever names no form gets XML from every call (one old script got JSON from the
search without asking).
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape

import httpx

Node: TypeAlias = "str | Mapping[str, Node] | Sequence[Mapping[str, Node]]"
Json: TypeAlias = "str | int | float | bool | dict[str, Json] | list[Json]"

_INTEGER = re.compile(r"-?[0-9]{1,18}")  # what is longer may not fit into 64 bits: text
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_HTML = "text/html;charset=utf-8"


def answer(request: httpx.Request, root: str, content: Node, status: int = 200) -> httpx.Response:
    """Write one element in the form that *request* accepts: JSON if it says so, else XML."""
    if "application/json" in request.headers.get("Accept", "").lower():
        body = json.dumps({root: _json(content)}, ensure_ascii=False, separators=(",", ":"))
        return _response(status, "application/json", body)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return _response(status, "application/xml", head + _xml(root, content))


def page(status: int, title: str) -> httpx.Response:
    """Return a web page, as proxies and servlet containers answer whatever was accepted."""
    return _response(status, _HTML, f"<html><head><title>{title}</title></head></html>")


def _response(status: int, kind: str, body: str) -> httpx.Response:
    return httpx.Response(status, content=body.encode(), headers={"Content-Type": kind})


def _json(node: Node) -> Json:
    if isinstance(node, str):
        return _natural(node)
    if isinstance(node, Mapping):
        children = {name: _json(child) for name, child in node.items() if _exists(child)}
        return children or ""
    elements = [_json(element) for element in node]
    return elements[0] if len(elements) == 1 else elements


def _exists(node: Node) -> bool:
    return isinstance(node, str | Mapping) or bool(node)


def _natural(text: str) -> Json:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text, text)


def _xml(name: str, node: Node) -> str:
    if isinstance(node, str):
        return f"<{name}>{escape(node)}</{name}>"
    if isinstance(node, Mapping):
        return f"<{name}>{''.join(_xml(child, below) for child, below in node.items())}</{name}>"
    return "".join(_xml(name, element) for element in node)
