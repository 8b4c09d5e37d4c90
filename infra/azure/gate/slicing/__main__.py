"""`python3 -m infra.azure.gate.slicing`: fetch the packages and write gate/types anew."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from infra.azure.gate.slicing.models import Models, Property
from infra.azure.gate.slicing.sources import ENDS, SOURCES, Source

_TYPES = Path(__file__).resolve().parents[1] / "types"
_PLAIN = {"string", "bool", "int", "number", "any", "object"}


def main() -> None:
    """Write one file for each resource provider."""
    providers: dict[str, list[Source]] = defaultdict(list)
    for source in SOURCES:
        providers[source.type.split("/")[0]].append(source)
    for provider, sources in providers.items():
        _write(provider, sources)


def _write(provider: str, sources: list[Source]) -> None:
    resources: dict[str, dict[str, Any]] = {}
    shapes: dict[str, dict[str, Any]] = {}
    for source in sources:
        models = _models(source.package, source.models)
        # Two packages of one provider may use one name for two models.
        prefix = f"{source.models.split('/')[-2]}:" if _packages(sources) > 1 else ""
        roots = {"written": source.written, "read": source.read or source.written}
        for root in dict.fromkeys(roots.values()):
            _collect(root, prefix, models, shapes)
        resources[f"{source.type}@{source.version}"] = {
            "source": source.package,
            **{use: prefix + root for use, root in roots.items()},
            **({"names": source.names} if source.names else {}),
            **({"extension": True} if source.extension else {}),
        }
    file = _TYPES / f"{provider.lower()}.json"
    file.write_text(_compact({"resources": resources, "shapes": dict(sorted(shapes.items()))}))


def _packages(sources: list[Source]) -> int:
    return len({source.package + source.models for source in sources})


def _collect(name: str, prefix: str, models: Models, shapes: dict[str, dict[str, Any]]) -> None:
    if prefix + name in shapes:
        return
    model = models.model(name)
    shape = shapes[prefix + name] = {}
    if model.is_open:
        shape["open"] = True
    if model.kinds:
        shape["by"] = model.discriminator
        shape["kinds"] = {kind: prefix + one for kind, one in model.kinds.items()}
        for one in model.kinds.values():
            _collect(one, prefix, models, shapes)
    for each in model.properties:
        _place(each, prefix + name, prefix, models, shapes)


def _place(
    each: Property, owner: str, prefix: str, models: Models, shapes: dict[str, dict[str, Any]]
) -> None:
    for part in each.path[:-1]:
        inner = f"{owner}.{part}"
        properties = shapes[owner].setdefault("properties", {})
        entry = properties.setdefault(part, {"type": inner})
        if each.required:
            entry["required"] = True
        shapes.setdefault(inner, {})
        owner = inner
    entry = {"type": _type(each.type, prefix, models, shapes)}
    if each.values:
        entry["values"] = each.values
    if each.required:
        entry["required"] = True
    if each.read_only:
        entry["read_only"] = True
    shapes[owner].setdefault("properties", {})[each.path[-1]] = entry


def _type(spelt: str, prefix: str, models: Models, shapes: dict[str, dict[str, Any]]) -> str:
    container, _, inner = spelt.rpartition(" of ")
    if inner in _PLAIN:
        return spelt
    if inner in ENDS or inner not in models:
        return f"{container} of any" if container else "any"
    _collect(inner, prefix, models, shapes)
    return f"{container} of {prefix}{inner}" if container else f"{prefix}{inner}"


@cache
def _models(package: str, folder: str) -> Models:
    wheel = _wheel(package)
    with zipfile.ZipFile(wheel) as archive:
        files = [
            name
            for name in archive.namelist()
            if re.fullmatch(rf"azure/mgmt/{folder}/_(models(_py3)?|.*enums)\.py", name)
        ]
        return Models(*(archive.read(name).decode() for name in files))


@cache
def _wheel(package: str) -> Path:
    folder = Path(tempfile.gettempdir()) / "easgate-slicing" / package.replace("==", "-")
    if not [*folder.glob("*.whl")]:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        command = [*pip, "--dest", str(folder), package]
        subprocess.run(command, check=True)  # noqa: S603 - packages that sources.py names
    return next(folder.glob("*.whl"))


def _compact(data: dict[str, Any]) -> str:
    """Lay JSON out with one line for each resource and each property: it is read in diffs."""
    text = json.dumps(data, indent=1)
    # Innermost objects and lists of plain values go back on one line.
    flat = re.compile(r"(?:\{|\[)[^{}\[\]]*(?:\}|\])")
    text = flat.sub(lambda found: re.sub(r"\s*\n\s*", " ", found.group()), text)
    inner = re.compile(r"\{[^{}]*?\[[^{}\[\]]*\][^{}]*?\}")
    return inner.sub(lambda found: re.sub(r"\s*\n\s*", " ", found.group()), text) + "\n"


if __name__ == "__main__":
    main()
