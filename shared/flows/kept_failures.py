"""A failure that is kept for later, so that what comes next is looked at all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Failure


@contextmanager
def kept(failures: list[Failure]) -> Iterator[None]:
    """Add a failure to the others, and go on."""
    try:
        yield
    except Failure as failure:
        failures.append(failure)
