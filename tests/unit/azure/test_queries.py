"""The queries are checked by Microsoft's own language service, and ask for what the code tells."""

import json
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local import places

QUERIES = places.CHECKOUT / "infra" / "azure" / "queries"
NAMES = sorted(path.name for path in QUERIES.glob("*.kql"))
FOR_PEOPLE = {"operation.kql", "actions.kql", "standing.kql"}
CHECK = places.KUSTO / "check.cjs"
SOURCES = ("shared", "functions")


def complaints(queries: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with each query, given the tables of a workspace."""
    tables = json.loads((QUERIES / "tables.json").read_text("utf-8"))
    done = subprocess.run(
        [places.NODE, CHECK],
        input=json.dumps({"tables": tables, "queries": queries}),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def said(text: str) -> str:
    """Return a query without its comments."""
    return re.sub(r"//[^\n]*", "", text)


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """Check all queries at once: to start the service takes longer than to ask it."""
    return complaints({name: (QUERIES / name).read_text("utf-8") for name in NAMES})


@pytest.fixture(scope="module")
def literals() -> set[str]:
    """Collect what the code names in quotes."""
    sources = (path for name in SOURCES for path in (places.CHECKOUT / name).rglob("*.py"))
    return {word for path in sources for word in re.findall(r'"([\w.]+)"', path.read_text("utf-8"))}


def test_people_have_their_three_queries() -> None:
    """The workbook loads them by these names."""
    assert set(NAMES) >= FOR_PEOPLE


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_one_that_the_workspace_would_run(
    name: str, found: dict[str, list[str]]
) -> None:
    """It parses, and names tables, columns and functions that are there, with types that fit."""
    assert found[name] == []


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("AppRequest | take 1", "AppRequest"),
        ("AppRequests | where Timegenerated > ago(1d)", "Timegenerated"),
        ("AppMetrics | summarize total(Sum) by Name", "total"),
        ("AppTraces | where Message > | take 1", "Missing expression"),
        ("AppRequests | where DurationMs contains 'a'", "contains"),
        ("AppRequests | where Success == 'yes' and count() > 1", "count"),
        ("let age = 1d; AppRequests | where TimeGenerated > ago(aeg)", "aeg"),
    ],
    ids=["table", "column", "function", "syntax", "type", "aggregate", "variable"],
)
def test_a_mistake_in_a_query_is_seen(query: str, complaint: str) -> None:
    """A check that passes everything would prove nothing."""
    seen = complaints({"mistaken": f"// a line before\n{query}"})["mistaken"]
    assert all(each.startswith("line 2: ") for each in seen)
    assert any(complaint in each for each in seen)


@pytest.mark.parametrize("name", NAMES)
def test_a_query_asks_for_metrics_and_properties_that_the_code_has(
    name: str, literals: set[str]
) -> None:
    """The language service knows no names of metrics: a wrong one finds nothing, for ever."""
    text = said((QUERIES / name).read_text("utf-8"))
    metrics = set(re.findall(r'"(easgate(?:\.\w+)+)"', text))
    asked = metrics | set(re.findall(r"\bProperties\.(\w+)", text))
    assert asked <= literals


def test_a_table_has_what_every_table_has() -> None:
    """The schema beside the queries is one of tables, and of types that Kusto knows."""
    tables: dict[str, dict[str, Any]] = json.loads((QUERIES / "tables.json").read_text("utf-8"))
    types = {"bool", "datetime", "dynamic", "int", "long", "real", "string"}
    for name, columns in tables.items():
        assert {"TimeGenerated", "Type"} <= set(columns), name
        assert set(columns.values()) <= types, name


def test_the_service_is_installed_for_these_very_files() -> None:
    """Else it is another check than the one that stands here."""
    ours = QUERIES / "node" / "check.cjs"
    assert CHECK.read_text("utf-8") == ours.read_text("utf-8")
