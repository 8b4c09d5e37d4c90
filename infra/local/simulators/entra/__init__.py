"""Entra ID as far as its clients see it: discovery, keys, tokens of apps and of people."""

from infra.local.simulators.entra.directory import Application, RegisteredCertificate, Tenant
from infra.local.simulators.entra.people import Person
from infra.local.simulators.entra.simulator import Entra

__all__ = ["Application", "Entra", "Person", "RegisteredCertificate", "Tenant"]
