"""Whatever is down: nobody is told yes too early, nothing is lost, and nothing is done twice."""

from collections.abc import Iterator

import pytest

from tests.e2e import azure_outages, exchange_outages, storage_outages
from tests.e2e.side_by_side import Running, Story, started, title

STORIES = (*azure_outages.STORIES, *exchange_outages.STORIES, *storage_outages.STORIES)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with started(*STORIES) as running:
        yield running


@pytest.mark.parametrize("story", STORIES, ids=title)
def test_outages(running: Running, story: Story) -> None:
    """Each outage happens in a world of its own, beside the others."""
    running[story].result()
