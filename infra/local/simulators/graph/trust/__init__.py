"""Whom a tenant believes when users sign in with certificates of their own, or elsewhere."""

from infra.local.simulators.graph.trust.classic_store import ClassicAuthority, ClassicStores
from infra.local.simulators.graph.trust.domains import Domains, Federation
from infra.local.simulators.graph.trust.methods import Methods
from infra.local.simulators.graph.trust.store import Authority, Pki, Trust

__all__ = [
    "Authority",
    "ClassicAuthority",
    "ClassicStores",
    "Domains",
    "Federation",
    "Methods",
    "Pki",
    "Trust",
]
