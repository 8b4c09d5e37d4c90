"""What contract tests share: real storage, and a world of one's own on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.azurite import Azurite
from tests.contract.host_world import World


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """Run one Azurite for all tests; yields its connection string."""
    with Azurite() as azurite:
        yield azurite.connection_string


@pytest.fixture
def world(storage: str, tmp_path: Path) -> World:
    """Make queues and settings that no other test uses."""
    return World(storage, tmp_path)
