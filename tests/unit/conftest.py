"""What holds for all unit tests: the same examples everywhere, no files left, no waiting."""

from collections.abc import Iterator

import pytest
import stamina
from hypothesis import settings

settings.register_profile("unit", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen as often as the code says, but at once."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
