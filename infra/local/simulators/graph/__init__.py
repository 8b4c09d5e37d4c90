"""
Microsoft Graph v1.0, as far as this project needs it.

That is: rolling an app's certificate, setting an app up, hearing of what becomes of users, and
whom a tenant believes when they sign in.
"""

from infra.local.simulators.graph.faults import Moment
from infra.local.simulators.graph.journal import Operation
from infra.local.simulators.graph.notifications import Attempt, Lifecycle, Pace
from infra.local.simulators.graph.policies import Policy, Restriction
from infra.local.simulators.graph.sign_in_log import SignIn
from infra.local.simulators.graph.simulator import Graph
from infra.local.simulators.graph.subscriptions.outbound import Outbound
from infra.local.simulators.graph.trust import Authority, ClassicAuthority, Federation, Pki
from infra.local.simulators.graph.user_directory import User

__all__ = [
    "Attempt",
    "Authority",
    "ClassicAuthority",
    "Federation",
    "Graph",
    "Lifecycle",
    "Moment",
    "Operation",
    "Outbound",
    "Pace",
    "Pki",
    "Policy",
    "Restriction",
    "SignIn",
    "User",
]
