"""How registrations and service principals look on the wire; only what somebody reads is there."""

import base64
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization

from infra.local.simulators.entra.registrations import (
    Application,
    AppRoleGrant,
    RegisteredCertificate,
)
from infra.local.simulators.entra.resources import AppRole

# What can be set on an application and is merely kept, with what it is until then. Who leaves
# signInAudience out gets an application for everybody: so the documents' own example shows.
PROPERTIES: dict[str, Any] = {
    "description": None,
    "identifierUris": [],
    "isFallbackPublicClient": None,
    "notes": None,
    "publicClient": {"redirectUris": []},
    "requiredResourceAccess": [],
    "signInAudience": "AzureADandPersonalMicrosoftAccount",
    "tags": [],
    "web": {"redirectUris": []},
}
APPLICATION = {
    *("id", "deletedDateTime", "appId", "displayName", "createdDateTime", "publisherDomain"),
    *("keyCredentials", "passwordCredentials", *PROPERTIES),
}
PRINCIPAL = {
    *("id", "deletedDateTime", "accountEnabled", "appId", "appDisplayName", "displayName"),
    *("appOwnerOrganizationId", "appRoles", "createdDateTime", "servicePrincipalNames"),
    "servicePrincipalType",
}
GRANT = {
    *("id", "deletedDateTime", "appRoleId", "createdDateTime", "principalDisplayName"),
    *("principalId", "principalType", "resourceDisplayName", "resourceId"),
}


def application(known: Application, *, domain: str) -> dict[str, Any]:
    """Return an application; of its keys everything but the bytes."""
    return {
        "id": known.object_id,
        "deletedDateTime": instant(known.deleted) if known.deleted else None,
        "appId": known.client_id,
        "displayName": known.name,
        "createdDateTime": instant(known.created),
        "publisherDomain": domain,
        **PROPERTIES,
        **known.properties,
        "keyCredentials": [key_credential(key) for key in known.certificates],
        "passwordCredentials": [],
    }


def key_credential(key: RegisteredCertificate) -> dict[str, Any]:
    """Return a key without its bytes."""
    return {
        "customKeyIdentifier": key.identifier,
        "displayName": key.display_name,
        "endDateTime": instant(key.ends),
        "key": None,
        "keyId": key.key_id,
        "startDateTime": instant(key.starts),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def key_credential_with_bytes(key: RegisteredCertificate) -> dict[str, Any]:
    """Return a key as only who selects the keys of one application sees it."""
    der = key.certificate.public_bytes(serialization.Encoding.DER)
    return {**key_credential(key), "key": base64.b64encode(der).decode()}


def app_role(role: AppRole) -> dict[str, Any]:
    """Return a permission that a resource offers to applications."""
    return {
        "allowedMemberTypes": ["Application"],
        "description": role.value,
        "displayName": role.value,
        "id": role.role_id,
        "isEnabled": True,
        "origin": "Application",
        "value": role.value,
    }


def grant(held: AppRoleGrant, *, holder: str, name: str, resource: str) -> dict[str, Any]:
    """Return an app role that the principal with the id *holder* has been given."""
    return {
        "id": held.grant_id,
        "deletedDateTime": None,
        "appRoleId": held.role_id,
        "createdDateTime": instant(held.created),
        "principalDisplayName": name,
        "principalId": holder,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": resource,
        "resourceId": held.resource_id,
    }


def instant(moment: datetime) -> str:
    """Return a time as Graph writes it: in UTC, whole seconds without a fraction."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
