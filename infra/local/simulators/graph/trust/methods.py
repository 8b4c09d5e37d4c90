"""The certificate method of each tenant: what it is by default, and what is set instead."""

import copy
import threading
from collections.abc import Mapping
from typing import Any

TYPE = "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration"
ID = "X509Certificate"


def _binding(priority: int, certificate_field: str, user_property: str, level: str) -> object:
    return {
        "x509CertificateField": certificate_field,
        "userProperty": user_property,
        "priority": priority,
        "trustAffinityLevel": level,
    }


# As policies look that were exported from tenants; the reference shows fewer properties.
MODE: Mapping[str, Any] = {
    "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
    "x509CertificateDefaultRequiredAffinityLevel": "low",
    "rules": [],
}
CRL: Mapping[str, Any] = {
    "state": "disabled",
    "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [],
}
DEFAULTS: Mapping[str, Any] = {
    "id": ID,
    "state": "disabled",
    "excludeTargets": [],
    "certificateUserBindings": [
        _binding(1, "PrincipalName", "userPrincipalName", "low"),
        _binding(2, "RFC822Name", "userPrincipalName", "low"),
        _binding(3, "SubjectKeyIdentifier", "certificateUserIds", "high"),
    ],
    "authenticationModeConfiguration": MODE,
    "issuerHintsConfiguration": {"state": "disabled"},
    "crlValidationConfiguration": CRL,
    "certificateAuthorityScopes": [],
    "includeTargets": [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}],
}


class Methods:
    """What each tenant has set, by Graph's names."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._set: dict[str, dict[str, Any]] = {}

    def get(self, tenant_id: str) -> dict[str, Any]:
        """Return a tenant's configuration, whole."""
        own = self._set.get(tenant_id.lower(), {})
        return copy.deepcopy({**DEFAULTS, **own})

    def put(self, tenant_id: str, **properties: object) -> None:
        """Set properties, whatever the service would say to them; ValueError for unknown names."""
        if strange := set(properties) - set(DEFAULTS):
            raise ValueError(f"the method has no property {min(strange)}")
        with self._lock:
            self._set.setdefault(tenant_id.lower(), {}).update(copy.deepcopy(properties))

    def reset(self, tenant_id: str) -> None:
        """Go back to the defaults."""
        with self._lock:
            self._set.pop(tenant_id.lower(), None)
