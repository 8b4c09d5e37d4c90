"""The endpoint App Service gives an app for its managed identity: a shared secret buys a token."""

import hmac
import uuid

import httpx

from infra.local.simulators.entra import Entra

_API_VERSION = "2019-08-01"


class ManagedIdentity:
    """What stands behind IDENTITY_ENDPOINT; *secret* is what IDENTITY_HEADER holds."""

    def __init__(self, entra: Entra, *, principal_id: str, secret: str) -> None:
        self.client_id = str(uuid.uuid5(uuid.NAMESPACE_OID, principal_id))
        self._entra = entra
        self._principal_id = principal_id
        self._secret = secret

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
        if query.get("client_id", self.client_id) != self.client_id:
            return _refuse(400, "No managed identity found for the specified client_id.")
        return self._token(query.get("resource", ""))

    def _token(self, resource: str) -> httpx.Response:
        try:
            token, expires_on = self._entra.managed_identity_token(resource, self._principal_id)
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
