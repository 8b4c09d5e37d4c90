"""Microsoft Graph v1.0, as far as rolling an app's certificate and setting an app up need it."""

from infra.local.simulators.graph.faults import Moment
from infra.local.simulators.graph.journal import Operation
from infra.local.simulators.graph.policies import Policy, Restriction
from infra.local.simulators.graph.simulator import Graph

__all__ = ["Graph", "Moment", "Operation", "Policy", "Restriction"]
