"""The domains of each tenant as far as they differ: which are federated, and how."""

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SERVICES = ("Email", "OfficeCommunicationsOnline")
# What a federation holds, with what it is where nobody says otherwise.
PROPERTIES: Mapping[str, Any] = {
    "displayName": "Contoso",
    "issuerUri": None,
    "metadataExchangeUri": None,
    "signingCertificate": None,
    "passiveSignInUri": None,
    "preferredAuthenticationProtocol": "wsFed",
    "activeSignInUri": None,
    "signOutUri": None,
    "promptLoginBehavior": None,
    "isSignedAuthenticationRequestRequired": None,
    "nextSigningCertificate": None,
    "signingCertificateUpdateStatus": None,
    "federatedIdpMfaBehavior": None,
    "passwordResetUri": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """How one domain's users sign in somewhere else."""

    properties: Mapping[str, Any]  # by Graph's names
    federation_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def shape(self) -> dict[str, Any]:
        """Return it as Graph shows it."""
        return {"id": self.federation_id, **PROPERTIES, **self.properties}


class Domains:
    """What is special about domains; one that nobody spoke of is managed and verified."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._federations: dict[tuple[str, str], Federation] = {}
        self._unverified: set[tuple[str, str]] = set()
        self._services: dict[tuple[str, str], tuple[str, ...]] = {}

    def federate(
        self,
        tenant_id: str,
        name: str,
        prompt_login_behavior: str | None = None,
        **properties: object,
    ) -> Federation:
        """Let a domain be federated, with further properties by Graph's names; ValueError."""
        if strange := set(properties) - set(PROPERTIES):
            raise ValueError(f"a federation has no property {min(strange)}")
        sts = f"https://sts.{name}/adfs"
        usual = {
            "issuerUri": f"http://{name}/adfs/services/trust",
            "metadataExchangeUri": f"{sts}/services/trust/mex",
            "passiveSignInUri": f"{sts}/ls",
            "activeSignInUri": f"{sts}/services/trust/2005/usernamemixed",
            "signOutUri": f"{sts}/ls",
            "promptLoginBehavior": prompt_login_behavior,
        }
        return self.keep(tenant_id, name, Federation(properties={**usual, **properties}))

    def manage(self, tenant_id: str, name: str) -> None:
        """Let a domain's users sign in at the service itself again."""
        with self._lock:
            self._federations.pop(_key(tenant_id, name), None)

    def doubt(self, tenant_id: str, name: str) -> None:
        """Let a domain be one whose owner nobody has verified yet."""
        self._unverified.add(_key(tenant_id, name))

    def serve(self, tenant_id: str, name: str, services: Iterable[str]) -> None:
        """Say what a domain is used for."""
        self._services[_key(tenant_id, name)] = tuple(services)

    def federation(self, tenant_id: str, name: str) -> Federation | None:
        """Return how a domain is federated, if it is."""
        return self._federations.get(_key(tenant_id, name))

    def is_verified(self, tenant_id: str, name: str) -> bool:
        """Say whether a domain has been verified."""
        return _key(tenant_id, name) not in self._unverified

    def services(self, tenant_id: str, name: str) -> tuple[str, ...]:
        """Return what a domain is used for."""
        return self._services.get(_key(tenant_id, name), SERVICES)

    def change(self, tenant_id: str, name: str, properties: Mapping[str, Any]) -> Federation:
        """Write properties over a federation's; KeyError for a managed domain."""
        with self._lock:
            known = self._federations[_key(tenant_id, name)]
            return self.keep(
                tenant_id, name, replace(known, properties={**known.properties, **properties})
            )

    def keep(self, tenant_id: str, name: str, federation: Federation) -> Federation:
        """Let a domain be federated so."""
        with self._lock:
            self._federations[_key(tenant_id, name)] = federation
            return federation


def _key(tenant_id: str, name: str) -> tuple[str, str]:
    return tenant_id.lower(), name.lower()
