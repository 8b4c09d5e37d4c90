"""The properties of an application as they are sent, each checked before any is taken."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.refusals import bad_request
from infra.local.simulators.graph.shapes import APPLICATION, PROPERTIES

_WRITABLE = {"displayName", "keyCredentials", *PROPERTIES}
_AUDIENCES = (
    *("AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount"),
    "PersonalMicrosoftAccount",
)
_LONGEST_NAME = 256


def check(body: Mapping[str, Any]) -> None:
    """Raise `RefusedError` for a property that is unknown, read-only or badly filled."""
    for name in body:
        if name not in APPLICATION:
            raise bad_request(f"Invalid property '{name}'.")
        if name not in _WRITABLE:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
    if "displayName" in body:
        _check_name(body["displayName"])
    if body.get("signInAudience", "AzureADMyOrg") not in _AUDIENCES:
        raise _invalid("signInAudience")
    if "requiredResourceAccess" in body:
        _check_access(body["requiredResourceAccess"])


def properties(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is merely kept."""
    return {name: value for name, value in body.items() if name in PROPERTIES}


def _check_name(name: object) -> None:
    if not name:
        raise bad_request(
            "A value is required for property 'displayName' of resource 'Application'."
        )
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise _invalid("displayName")


def _check_access(access: object) -> None:
    """Check the permissions an application asks for; that they exist is nobody's concern here."""
    for one in _objects(access, "requiredResourceAccess", {"resourceAppId", "resourceAccess"}):
        guid(one["resourceAppId"], "resourceAppId")
        for permission in _objects(one["resourceAccess"], "resourceAccess", {"id", "type"}):
            guid(permission["id"], "id")
            if permission["type"] not in ("Role", "Scope"):
                raise _invalid("type")


def _objects(listed: object, name: str, properties: AbstractSet[str]) -> Iterator[dict[str, Any]]:
    """Return what is listed, all of it with just these properties."""
    if not isinstance(listed, list):
        raise _invalid(name)
    for one in listed:
        if not isinstance(one, dict) or set(one) != properties:
            raise _invalid(name)
        yield one


def _invalid(name: str) -> Exception:
    return bad_request(f"Invalid value specified for property '{name}' of resource 'Application'.")
