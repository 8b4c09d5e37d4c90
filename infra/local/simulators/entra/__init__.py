"""Entra ID as far as an app with a certificate sees it: discovery, keys, tokens."""

from infra.local.simulators.entra.directory import Application, RegisteredCertificate, Tenant
from infra.local.simulators.entra.simulator import Entra

__all__ = ["Application", "Entra", "RegisteredCertificate", "Tenant"]
