"""The gate says nothing of what is right, however it is written."""

import shutil
from pathlib import Path

import pytest

from infra.azure.gate import catalogue, check

SOUND = Path(__file__).with_name("gate_sound.bicep")


def test_sound_template_of_another_style_has_no_finding(tmp_path: Path) -> None:
    """What cannot be told for certain is not held against a template."""
    shutil.copy(SOUND, tmp_path)

    assert check.findings(tmp_path) == []


@pytest.mark.parametrize("name", sorted(catalogue.versions()))
def test_slice_is_whole(name: str) -> None:
    """Every shape that a type leads to is in the slice too."""
    waiting: list[tuple[str, catalogue.Shape]] = []
    seen: set[str] = set()
    for version in catalogue.versions()[name]:
        found = catalogue.resource_type(f"{name}@{version}")
        assert found is not None
        waiting += [(found.provider, found.written), (found.provider, found.read)]
    while waiting:
        provider, shape = waiting.pop()
        types = [each.type.rpartition(" of ")[2] for each in shape.properties.values()]
        for type_name in {*types, *shape.kinds.values()} - seen:
            seen.add(type_name)
            inner = catalogue.shape(provider, type_name)
            waiting += [(provider, inner)] if inner is not None else []
    assert seen
