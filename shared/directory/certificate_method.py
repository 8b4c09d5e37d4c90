"""How sign-in by certificate is set in a tenant's policy in Microsoft Graph."""

import httpx
import msgspec

from shared.directory import listing, method_change, method_settings, refusals
from shared.directory.graph import Graph
from shared.directory.method_settings import Row
from shared.errors import Retryable
from shared.trust.method import CertificateMethod

PATH = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate"
TO_READ = (
    "grant the app the application permission Policy.Read.AuthenticationMethod, with admin "
    "consent, so that it can see how sign-in by certificate is set"
)
TO_CHANGE = (
    "grant the app the application permission Policy.ReadWrite.AuthenticationMethod, with admin "
    "consent, so that it can set sign-in by certificate"
)


class CertificateMethods:
    """
    The method's settings, by a bearer token that each call is given.

    Retryable while Graph is down or busy, and for an answer that cannot be read;
    NotPermitted if the token lacks a permission.
    """

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        self._graph = Graph(http, base_url)

    def read(self, token: str) -> CertificateMethod:
        """Return the settings."""
        return self._settings(token, TO_READ)[1]

    def set(self, method: CertificateMethod, token: str) -> None:
        """Set what differs, and leave what we have no word for; Rejected says what is refused."""
        row, _ = self._settings(token, TO_CHANGE)
        body = method_change.changes(row, method)
        if not body:
            return
        answer = self._graph.patch(PATH, token, body)
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=TO_CHANGE)

    def _settings(self, token: str, needs: str) -> tuple[Row, CertificateMethod]:
        answer = self._graph.get(PATH, token)
        if not answer.is_success:
            raise refusals.failure(refusals.read(answer), needs=needs)
        try:
            row = msgspec.json.decode(answer.content, type=Row)
            return row, method_settings.read(row)
        except listing.UNREADABLE as error:
            raise Retryable("Microsoft Graph answered something unreadable") from error
