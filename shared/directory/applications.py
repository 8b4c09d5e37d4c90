"""
Our app registration in Microsoft Graph: read it, add a key, remove a key.

An app may roll its own keys without any permission: a proof of possession stands in
for one (`proof`). It is signed with a certificate that is registered and valid, so an
app whose last certificate has expired cannot help itself any more.
"""

import base64
from urllib.parse import quote

import httpx
import msgspec

from shared.directory import refusals, registration
from shared.directory.graph import Graph
from shared.directory.registration import Registration
from shared.errors import Failure, Retryable

FIELDS = "id,appId,displayName,signInAudience,keyCredentials"
TO_READ = (
    "grant the app the application permission Application.Read.All, with admin consent, so that "
    "it can read its registration"
)
TO_ROLL = (
    "an app rolls its own keys with a token and a proof of its own; any other app needs the "
    "application permission Application.ReadWrite.OwnedBy and has to be an owner"
)
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Added(msgspec.Struct, rename="camel"):
    key_id: str


class Applications:
    """
    App registrations, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read;
    NotPermitted if the token lacks a permission; NotFound if there is no such app.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def registration(self, token: str, client_id: str) -> Registration:
        """Return a registration with the certificates registered on it."""
        return self._read(token, f"applications(appId='{quote(client_id, safe='')}')")

    def add_key(self, token: str, object_id: str, der: bytes, proof: str) -> str:
        """
        Register the public certificate and return its key id.

        Rejected if a policy of the tenant or the proof stands against it. After a
        Retryable it may be registered all the same: read the registration first.
        """
        key = base64.b64encode(der).decode()
        credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}
        body = {"keyCredential": credential, "passwordCredential": None, "proof": proof}
        answer = self._graph.post(f"{_path(object_id)}/addKey", token, body)
        if not answer.is_success:
            raise refusals.failure_of_key(refusals.read(answer), needs=TO_ROLL)
        try:
            return msgspec.json.decode(answer.content, type=_Added).key_id
        except UNREADABLE as error:
            raise Retryable("Microsoft Graph does not say which key it has added") from error

    def remove_key(self, token: str, object_id: str, key_id: str, proof: str) -> None:
        """Remove a key, unless it is gone already; Rejected if the proof is not accepted."""
        body = {"keyId": key_id, "proof": proof}
        answer = self._graph.post(f"{_path(object_id)}/removeKey", token, body)
        if answer.is_success:
            return
        refusal = refusals.read(answer)
        if refusal.is_of_a_missing_key:
            return
        # No documented code says so: whether it is gone shows in the registration alone.
        if not self._lacks(token, object_id, key_id):
            raise refusals.failure_of_key(refusal, needs=TO_ROLL)

    def _lacks(self, token: str, object_id: str, key_id: str) -> bool:
        """Whether the registration can be read and shows no such key."""
        try:
            known = self._read(token, _path(object_id))
        except Failure:
            return False
        return all(key.key_id != key_id for key in known.keys)

    def _read(self, token: str, path: str) -> Registration:
        answer = self._graph.get(f"{path}?$select={FIELDS}", token)
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=TO_READ)
        try:
            return registration.read(answer.content)
        except UNREADABLE as error:
            raise Retryable("Microsoft Graph answered something unreadable") from error


def _path(object_id: str) -> str:
    return f"applications/{quote(object_id, safe='')}"
