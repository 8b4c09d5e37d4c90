"""What the end-to-end tests share: one world per file, and the app's log where a test fails."""

from collections.abc import Generator, Iterator

import httpx
import pytest

from infra.local.world import World

LOG_TAIL = 6_000  # characters

# What fails in these is then shown as in a test.
HELPING = ("asking", "administering", "managing")
OUTAGES = ("azure_outages", "exchange_outages", "storage_outages")
for name in (*HELPING, *OUTAGES):
    pytest.register_assert_rewrite(f"tests.e2e.{name}")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run the whole world for one file of tests."""
    with World(embedded=True, wipe_settle=2.0) as world:
        yield world


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Open one pool of connections for one file of tests."""
    with httpx.Client(timeout=30.0) as client:
        yield client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the app's log with a failure."""
    report = yield
    world = getattr(item, "funcargs", {}).get("world")
    if report.failed and isinstance(world, World):
        report.sections.append(("the app's log", world.log_text()[-LOG_TAIL:]))
    return report
