"""Policy: no key is fetched, kept or given out by a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import called, line, literal, text, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.azure.gate.template import Template

_FETCHES = re.compile(r"list([A-Z]\w*)?")
_KEYS = re.compile(
    r"AccountKey=|SharedAccessKey|SharedAccessSignature|DefaultEndpointsProtocol="
    r"|[?&]sig=|[?&]code=|-----BEGIN|Password=",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}(?![A-Za-z0-9+/])")
_MIXED = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


def check(template: Template) -> Iterator[Finding]:
    """Yield calls that fetch keys, literals that look like keys, and secrets with a default."""
    for node in walk(template.root):
        if _FETCHES.fullmatch(called(node)):
            text_ = f"`{called(node)}` fetches a key: use an identity and a role"
            yield Finding(template.name, line(node), "list-keys", text_)
        # The outer string: what an interpolation cuts in two is still one key.
        if node.type == "string" and looks_like_a_key(text(node)):
            yield Finding(template.name, line(node), "key", "this looks like a key")
    for declared in template.of_kind("param"):
        secure = any(called(each) == "secure" for each in declared.decorators)
        if secure and declared.value is not None and literal(declared.value) != "":
            text_ = f"`{declared.name}` is a secret and has a default, which all can read"
            yield Finding(template.name, declared.line, "key", text_)


def looks_like_a_key(value: str) -> bool:
    """Tell whether a text holds a connection string, a signature or a long run of base64."""
    return bool(_KEYS.search(value)) or any(
        all(kind.search(run) for kind in _MIXED) for run in _LONG.findall(value)
    )
