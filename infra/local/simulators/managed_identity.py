"""The endpoint App Service gives an app for its managed identity: a shared secret buys a token."""

import hmac
import uuid
from collections.abc import Iterable, Mapping
from enum import StrEnum

import httpx

from infra.local.simulators.entra import Entra

_API_VERSION = "2019-08-01"
_GROUP = "/subscriptions/5d3c7ad8-9c43-4a43-8c2e-2b0fbd1d4001/resourcegroups/easgate/providers"


class Assignment(StrEnum):
    """What an identity belongs to; its value is the resource a token names for it."""

    SYSTEM = f"{_GROUP}/Microsoft.Web/sites/easgate"  # the app itself, and needs no naming
    USER = f"{_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/easgate"


class ManagedIdentity:
    """
    What stands behind IDENTITY_ENDPOINT; *secret* is what IDENTITY_HEADER holds.

    *roles* are application permissions by resource, *wids* the directory roles it holds.
    """

    def __init__(
        self,
        entra: Entra,
        *,
        principal_id: str,
        secret: str,
        assignment: Assignment = Assignment.SYSTEM,
        roles: Mapping[str, Iterable[str]] | None = None,
        wids: Iterable[str] = (),
    ) -> None:
        self.client_id = str(uuid.uuid5(uuid.NAMESPACE_OID, principal_id))
        self._entra = entra
        self._principal_id = principal_id
        self._secret = secret
        self._assignment = assignment
        self._roles = {key.rstrip("/"): tuple(names) for key, names in (roles or {}).items()}
        self._wids = tuple(wids)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, with any path: the app was told the whole URL."""
        if request.method != "GET":
            return _refuse(405, "Only GET is allowed.")
        secret = request.headers.get("X-IDENTITY-HEADER", "")
        if not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return _refuse(401, "X-IDENTITY-HEADER is missing or wrong.")
        query = request.url.params
        if query.get("api-version") != _API_VERSION:
            return _refuse(400, f"api-version must be {_API_VERSION}.")
        if not self._is_meant(query):
            return _refuse(400, "Unable to load the proper Managed Identity.")
        return self._token(query.get("resource", ""))

    def _is_meant(self, query: httpx.QueryParams) -> bool:
        """Tell whether this identity is asked for: one assigned by a user must be named."""
        names = {
            "client_id": self.client_id,
            "principal_id": self._principal_id,
            "object_id": self._principal_id,
            "mi_res_id": str(self._assignment),
        }
        named = [
            query[key].casefold() == own.casefold() for key, own in names.items() if key in query
        ]
        return all(named) and (bool(named) or self._assignment is Assignment.SYSTEM)

    def _token(self, resource: str) -> httpx.Response:
        try:
            token, expires_on = self._entra.managed_identity_token(
                resource,
                self._principal_id,
                roles=self._roles.get(resource.rstrip("/"), ()),
                wids=self._wids,
                resource_id=self._assignment,
            )
        except LookupError:
            return _refuse(400, f"Resource '{resource}' was not found in the tenant.")
        return httpx.Response(
            200,
            json={
                "access_token": token,
                "client_id": self.client_id,
                "expires_on": str(expires_on),  # unix seconds, as a string
                "resource": resource,
                "token_type": "Bearer",
            },
        )


def _refuse(status: int, message: str) -> httpx.Response:
    body = {"statusCode": status, "message": message, "correlationId": str(uuid.uuid4())}
    return httpx.Response(status, json=body)
