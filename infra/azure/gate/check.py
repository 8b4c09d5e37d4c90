"""Checks a folder of Bicep templates offline: syntax, symbols and types, policy, checkov."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.azure.gate import modules, policy, references, scan, symbols, syntax
from infra.azure.gate.bodies import Bodies
from infra.azure.gate.finding import Finding
from infra.azure.gate.kinds import Kinds
from infra.azure.gate.template import Template, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO


def run(folder: Path, out: TextIO) -> int:
    """Print what is found, checkov included; returns 1 if that is anything."""
    found = findings(folder)
    # What does not parse for us cannot be counted, so checkov's count would mean nothing.
    if not any(each.rule == "syntax" for each in found):
        found = sorted([*found, *scan.findings(folder, templates(folder))])
    for each in found:
        print(each, file=out)
    print(f"{len(templates(folder))} templates, {len(found)} findings", file=out)
    return 1 if found else 0


def findings(folder: Path) -> list[Finding]:
    """Return all but what checkov finds, sorted by place."""
    found: list[Finding] = []
    read_ = templates(folder)
    if not read_:
        return [Finding(str(folder), 1, "file", "there is no template here")]
    broken = {each.file for one in read_ for each in syntax.check(one) if each.rule == "syntax"}
    for template in read_:
        found += syntax.check(template)
        # Half a tree would give findings that are not true.
        if template.name not in broken:
            found += _of_one(template, read_, broken)
    if not broken:
        found += policy.check(read_)
        found += _of_parameter_files(read_)
    return sorted(set(found))


def templates(folder: Path) -> list[Template]:
    """Read every template below a folder."""
    return [read(path, folder) for path in sorted(folder.rglob("*.bicep"))]


def _of_one(template: Template, all_: list[Template], broken: set[str]) -> Iterator[Finding]:
    by_path = {each.path.resolve(): each for each in all_ if each.name not in broken}
    called = {
        each.name: by_path[path]
        for each in template.of_kind("module")
        if (path := (template.path.parent / each.type).resolve()) in by_path
    }
    kinds = Kinds(template, called)
    yield from symbols.check(template)
    yield from Bodies(kinds).check()
    yield from references.check(kinds)
    if not broken:
        yield from modules.check(kinds)


def _of_parameter_files(all_: list[Template]) -> Iterator[Finding]:
    for template in all_:
        path = template.path.with_suffix(".parameters.json")
        if path.is_file():
            yield from modules.check_parameter_file(path, template)
