"""Part three: checkov, which has read more templates than we have; it runs in its own venv."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from infra.azure.gate.finding import Finding
from infra.azure.gate.nodes import walk
from infra.local import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.azure.gate.template import Template

# Its command would load every framework it knows, with twice the packages.
_PROGRAM = """
import json, logging, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(f"checkov wants the network: {event}")

sys.addaudithook(refuse)
logging.disable(logging.CRITICAL)
import checkov.arm.runner  # registers the checks that Bicep shares with ARM
from checkov.bicep.runner import Runner as Bicep
from checkov.runner_filter import RunnerFilter
from checkov.secrets.runner import Runner as Secrets

said = {"parsed": {}, "failed": [], "broken": [], "passed": 0, "skipped": []}
for runner in (Bicep(), Secrets()):
    chosen = RunnerFilter(framework=[runner.check_type])
    report = runner.run(root_folder=None, files=sys.argv[1:], runner_filter=chosen)
    said["broken"] += report.parsing_errors
    said["passed"] += len(report.passed_checks)
    said["skipped"] += [
        [str(one.file_path), one.check_id, one.check_result.get("suppress_comment") or ""]
        for one in report.skipped_checks
    ]
    said["failed"] += [
        [str(one.file_abs_path), one.file_line_range[0], one.check_id, one.check_name]
        for one in report.failed_checks
    ]
    if runner.check_type == "bicep":
        said["parsed"] = {
            str(path): list(content.get("resources", {}))
            for path, content in runner.definitions.items()
        }
print(json.dumps(said))
"""


def findings(
    folder: Path, templates: list[Template], python: Path = places.CHECKOV_PYTHON
) -> Iterator[Finding]:
    """Yield what checkov fails, cannot read, or has overlooked; a silent checkov is no praise."""
    if not python.exists():
        text_ = "is not installed here; `python3 -m infra.local test` does that first"
        yield Finding(str(folder), 1, "checkov", text_)
        return
    by_path = {str(each.path.resolve()): each for each in templates}
    finished = subprocess.run(  # noqa: S603 - what the set-up has installed, on our own files
        [str(python), "-I", "-c", _PROGRAM, *by_path],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if finished.returncode or not finished.stdout:
        said = finished.stderr.strip().splitlines() or ["nothing"]
        yield Finding(str(folder), 1, "checkov", f"did not finish: {said[-1]}")
        return
    yield from _read(json.loads(finished.stdout.splitlines()[-1]), by_path)


def _read(said: dict[str, Any], by_path: dict[str, Template]) -> Iterator[Finding]:
    for path in said["broken"]:
        yield Finding(_name(path, by_path), 1, "checkov", "checkov cannot read this file")
    for path, first_line, check, title in said["failed"]:
        yield Finding(_name(path, by_path), first_line, "checkov", f"{check}: {title}")
    broken = {_name(path, by_path) for path in said["broken"]}
    for path, template in by_path.items():
        if template.name not in broken:
            yield from _overlooked(template, said["parsed"].get(path, []))


def _overlooked(template: Template, parsed: list[str]) -> Iterator[Finding]:
    """Compare what is declared, anywhere in the file, with what checkov's parser kept."""
    declared = [node for node in walk(template.root) if node.type == "resource_declaration"]
    if len(parsed) != len(declared):
        text_ = f"checkov sees {len(parsed)} resources of {len(declared)}"
        yield Finding(template.name, 1, "checkov", text_)


def _name(path: str, by_path: dict[str, Template]) -> str:
    template = by_path.get(path)
    return template.name if template is not None else path
