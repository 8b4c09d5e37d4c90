"""Copies of the real templates, with one mistake planted in each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.azure.gate import check
from infra.local.places import CHECKOUT

AZURE = CHECKOUT / "infra" / "azure"


@dataclass(frozen=True)
class Mistake:
    """A text that stands once in a file, what takes its place, and what the gate must say."""

    name: str
    file: str
    old: str
    new: str
    rule: str
    said: str  # part of the finding's text
    at: str = ""  # begins in the line of the finding; empty: the first line that differs


def copied(folder: Path) -> Path:
    """Copy the templates, their parameters and the queries they load."""
    shutil.copytree(AZURE / "bicep", folder / "bicep")
    shutil.copytree(AZURE / "queries", folder / "queries", ignore=shutil.ignore_patterns("node"))
    for name in ("main.bicep", "main.parameters.json"):
        shutil.copy(AZURE / name, folder / name)
    return folder


def plant(mistake: Mistake, folder: Path) -> int:
    """Write the mistake into a copy and return the line in which it must be found."""
    file = folder / mistake.file
    sound = file.read_text()
    times = sound.count(mistake.old)
    assert times == 1, f"{mistake.name}: its text stands {times} times in {mistake.file}"
    assert mistake.old != mistake.new
    broken = sound.replace(mistake.old, mistake.new)
    file.write_text(broken)
    start = sound.index(mistake.old)
    if mistake.at:
        return broken.count("\n", 0, broken.index(mistake.at)) + 1
    pairs = zip(sound[start:], broken[start:], strict=False)
    same = next(index for index, (old, new) in enumerate(pairs) if old != new)
    return broken.count("\n", 0, start + same) + 1


def assert_found_alone(mistake: Mistake, folder: Path) -> None:
    """Plant one mistake, and see it found by its rule, in its place, and nothing else found."""
    line = plant(mistake, copied(folder))

    found = check.findings(folder)

    assert [(each.file, each.line, each.rule) for each in found] == [
        (mistake.file, line, mistake.rule)
    ], "\n".join(map(str, found))
    assert mistake.said in found[0].text
