"""Application Insights, as far as telemetry is sent to it: the endpoint of one component."""

from infra.local.simulators.insights.access import PUBLISHER
from infra.local.simulators.insights.simulator import Insights

__all__ = ["PUBLISHER", "Insights"]
