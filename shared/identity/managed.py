"""Signing in without a certificate: with the managed identity that the platform gives the app."""

from collections.abc import Callable
from datetime import UTC, datetime

from azure.core.credentials import TokenCredential

from shared.azure_failures import translated
from shared.credentials.certificate import App, Credential
from shared.identity.login import Login, Token


class ManagedIdentities:
    """
    Tokens that rest on the managed identity.

    As a federated credential it vouches for the app registration, which has the rights; it
    must be user-assigned and in the app's own tenant. Or it has the rights itself.
    """

    def __init__(
        self,
        identity: Callable[[], TokenCredential],
        login: Login,
        *,
        audience: str,
    ) -> None:
        self._identity = identity
        self._login = login
        self._audience = audience

    def acquire(self, app: App, scope: str) -> Token:
        """Get a token for this app, past our own memory."""
        if app.credential is Credential.FEDERATED:
            vouched = self._own(f"{self._audience}/.default")
            return self._login.vouched(app, vouched.text, scope)
        return self._own(scope)

    def _own(self, scope: str) -> Token:
        with translated("The managed identity"):
            got = self._identity().get_token(scope)
        return Token(text=got.token, expires_at=datetime.fromtimestamp(got.expires_on, tz=UTC))
