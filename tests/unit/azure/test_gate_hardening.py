"""The gate on settings that must stand: each is missed when it is gone, and when it is turned."""

from pathlib import Path

import pytest

from infra.azure.gate.hardening import SETTINGS, Setting
from tests.unit.azure.gate_world import AZURE, Mistake, assert_found_alone

OTHER_WAY = {"true": "false", "false": "true", "'TLS1_2'": "'TLS1_1'", "'1.2'": "'1.1'"}


def ids(setting: Setting) -> str:
    return f"{setting.type} {setting.path}"


def written(setting: Setting) -> tuple[str, str, str]:
    """Find where a setting stands: the file, the resource's first line, the setting's line."""
    for file in sorted(AZURE.rglob("*.bicep")):
        first, inside = "", False
        for line in file.read_text().splitlines(keepends=True):
            if line.startswith("resource "):
                inside = f"'{setting.type}@" in line and " existing " not in line
                first = line
            leaf = setting.path.rpartition(".")[2]
            for value in setting.wanted:
                if inside and f"{leaf}: {value}" in line:
                    return file.relative_to(AZURE).as_posix(), first, f"{leaf}: {value}"
    pytest.fail(f"no template sets {ids(setting)}")


def whole(file: str, first: str) -> str:
    """Return the source of one resource."""
    source = (AZURE / file).read_text()
    start = source.index(first)
    return source[start : source.index("\n}", start)]


@pytest.mark.parametrize("setting", SETTINGS, ids=ids)
def test_setting_turned_is_found(setting: Setting, tmp_path: Path) -> None:
    """Another value than the wanted one is found in its line."""
    file, first, stands = written(setting)
    value = stands.partition(": ")[2]
    turned = stands.replace(value, OTHER_WAY[value])
    resource = whole(file, first)
    mistake = Mistake(
        name=ids(setting),
        file=file,
        old=resource,
        new=resource.replace(stands, turned),
        rule=setting.rule,
        said=f"`{setting.path}` is ",
    )
    assert_found_alone(mistake, tmp_path)


@pytest.mark.parametrize("setting", SETTINGS, ids=ids)
def test_setting_gone_is_found(setting: Setting, tmp_path: Path) -> None:
    """Nobody relies on a default: the resource without the setting is found."""
    file, first, stands = written(setting)
    resource = whole(file, first)
    mistake = Mistake(
        name=ids(setting),
        file=file,
        old=resource,
        new=resource.replace(stands, ""),
        rule=setting.rule,
        said=f"`{setting.path}` is missing",
        at=first,
    )
    assert_found_alone(mistake, tmp_path)
