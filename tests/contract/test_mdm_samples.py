"""The samples of MDM bodies: each is what the simulated sender composes, and each has a source."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.contract.mdm_samples import BY_HAND, FOLDER, SAMPLES

VENDORS = sorted({path.partition("/")[0] for path in SAMPLES})


def readable(content: bytes) -> object:
    """Return what a body says, whatever the white space between its parts."""
    if content.lstrip().startswith(b"<"):
        root = ET.fromstring(content)  # noqa: S314 (our own file)
        return [(element.tag, (element.text or "").strip()) for element in root.iter()]
    return json.loads(content)


def kept_headers(path: str) -> dict[str, str]:
    """Return the headers noted beside a sample."""
    file = (FOLDER / path).with_suffix(".headers.json")
    return dict(json.loads(file.read_text())) if file.exists() else {}


@pytest.mark.parametrize("path", SAMPLES)
def test_a_sample_is_what_the_simulator_composes(path: str) -> None:
    request = SAMPLES[path].composed(path.partition("/")[0])

    assert readable((FOLDER / path).read_bytes()) == readable(request.content)
    assert kept_headers(path).items() <= request.headers.items()
    assert kept_headers(path) or request.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("path", sorted(BY_HAND))
def test_a_sample_made_by_hand_can_be_read_and_says_what_it_is(path: str) -> None:
    assert readable((FOLDER / path).read_bytes())
    assert "content-type" in kept_headers(path)


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_sample_is_left_over_and_the_source_of_all_is_told(vendor: str) -> None:
    there = {
        f"{vendor}/{file.name}"
        for file in (FOLDER / vendor).iterdir()
        if not file.name.endswith(".headers.json")
    }
    known = {path for path in {*SAMPLES, *BY_HAND} if path.startswith(f"{vendor}/")}

    assert there == known | {f"{vendor}/SOURCES.md"}
    assert "composed by us" in (FOLDER / vendor / "SOURCES.md").read_text()


def test_older_workspace_one_bodies_escape_their_slashes() -> None:
    raw = (FOLDER / "workspace_one/enrolled_older.json").read_text()

    assert r'"\/Date(1772438400000)\/"' in raw
