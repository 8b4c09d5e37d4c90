"""A company's certificate authorities, and the addresses where their revocation lists stand."""

from infra.local.simulators.certificate_authority.authority import Authority
from infra.local.simulators.certificate_authority.certificates import Issued
from infra.local.simulators.certificate_authority.modes import CrlMode
from infra.local.simulators.certificate_authority.simulator import CertificateAuthorities

__all__ = ["Authority", "CertificateAuthorities", "CrlMode", "Issued"]
