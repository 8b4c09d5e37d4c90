"""A token for Microsoft Graph, whichever version of the certificate earns it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.credentials.certificate import App, Certificate
from shared.credentials.findings import Finding, Found
from shared.errors import Failure, NotPermitted
from shared.identity.refusals import Refused
from shared.identity.tokens import Tokens
from shared.identity.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyVersion:
    """
    Signs in past every cache, and pins nothing.

    A certificate that is not registered cannot ask what is: another version asks for it.
    """

    vault: Vault
    tokens: Tokens
    scope: str
    clock: Callable[[], datetime]

    def token(self, app: App, certificate: Certificate) -> str:
        """Return a token got with the certificate, or else with another version of it."""
        try:
            return self._earned(app, certificate)
        except Failure as failure:
            raise Found(Finding.GRAPH_NOT_ASKED, str(failure)) from failure

    def _earned(self, app: App, certificate: Certificate) -> str:
        try:
            return self.tokens.acquire(app, certificate, self.scope).text
        except (Refused, NotPermitted):
            for other in reversed(self.vault.versions(app.certificate_name)):
                if other.version != certificate.version and self._can_sign(other):
                    with suppress(Refused):
                        return self.tokens.acquire(app, other, self.scope).text
            raise

    def _can_sign(self, certificate: Certificate) -> bool:
        in_its_dates = certificate.valid_from <= self.clock() < certificate.expires_at
        return certificate.is_enabled and in_its_dates
