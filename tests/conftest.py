"""What holds for all tests: the telemetry exporter speaks to nobody but whom it is told."""

import os

from infra.local.telemetry import QUIET

# Read once per process, by whichever test has the first exporter.
os.environ.update(QUIET)  # noqa: TID251 - the exporter's settings, not ours
