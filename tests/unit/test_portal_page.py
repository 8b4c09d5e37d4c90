"""What the page's own files keep to, so that its strict policy and its safety are no accident."""

import re
from pathlib import Path

import pytest

from functions.portal import FOLDER, TYPES

FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
LONGEST = 280  # lines
# What would read markup or code out of text, or lets another site see the page.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment"
    r"|\beval\(|new Function|setTimeout\(['\"`]|srcdoc=|\bstyle=|\bon[a-z]+=|javascript:"
)
ELSEWHERE = re.compile(r"""["'(`](?:https?:)?//(?!www\.w3\.org/2000/svg)""")
IMPORT = re.compile(r"""from "\./([\w-]+\.js)";""")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_short_safe_and_needs_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST
    assert FORBIDDEN.findall(text) == []
    assert ELSEWHERE.findall(text) == []


def test_every_file_is_of_a_kind_that_is_served() -> None:
    assert {path.suffix for path in FILES} <= TYPES.keys()


def test_scripts_import_each_other_by_names_that_exist_and_each_is_used() -> None:
    page = FOLDER.joinpath("index.html").read_text("utf-8")
    wanted = set(re.findall(r"/api/portal/([\w.-]+)", page))
    for script in SCRIPTS:
        wanted |= set(IMPORT.findall(script.read_text("utf-8")))
    assert wanted == {path.name for path in FILES} - {"index.html"}
