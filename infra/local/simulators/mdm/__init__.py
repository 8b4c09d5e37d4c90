"""MDMs: the portal of our own making, and the vendors whose webhooks it is measured against."""

from infra.local.simulators.mdm.portal import Mdm, Posture, standard_webhooks_request

__all__ = ["Mdm", "Posture", "standard_webhooks_request"]
