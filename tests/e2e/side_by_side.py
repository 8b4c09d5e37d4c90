"""Runs stories at once, each in a world of its own: most of an outage is waiting."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from infra.local.world import A_YEAR, Watch, World

LOG_TAIL = 6_000  # characters
AT_ONCE = 8  # worlds; each needs a second of a processor to come up
SOON = 2.0  # seconds until a wipe that Exchange does not show was not requested

Story = Callable[[], None]
Running = dict[Story, Future[None]]


@contextmanager
def started(*stories: Story) -> Iterator[Running]:
    """Start the stories, in this order; each result raises what its story failed with."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {story: pool.submit(story) for story in stories}


@contextmanager
def a_world(
    *,
    keep: Path | None = None,
    watch: Watch | None = None,
    lease: float | None = None,
    lasts: timedelta = A_YEAR,
    settle: float = SOON,
    limits: Mapping[str, float] | None = None,
) -> Iterator[tuple[World, httpx.Client]]:
    """Run a world; what fails in it is shown with the end of the app's log."""
    world = World(
        keep=keep,
        watch=watch,
        lease=lease,
        lasts=lasts,
        wipe_settle=settle,
        limits=limits,
        embedded=True,
    )
    with world, httpx.Client(timeout=30.0) as client:
        try:
            yield world, client
        except BaseException as error:
            error.add_note(f"The app's log ends:\n{world.log_text()[-LOG_TAIL:]}")
            raise
        finally:
            world.kill_host()  # which may still be waiting for what was down


def title(story: Story) -> str:
    """Return a story's name as a sentence."""
    return story.__name__.replace("_", " ")
