"""What holds for all tests: the telemetry exporter speaks to nobody but whom it is told."""

import gc
import os

from infra.local.telemetry import QUIET

# Read once per process, by whichever test has the first exporter.
os.environ.update(QUIET)  # noqa: TID251 - the exporter's settings, not ours


def pytest_collection_finish() -> None:
    """Let the collector leave alone what is there for good: 15,000 tests, at each of its rounds."""
    gc.collect()
    gc.freeze()
