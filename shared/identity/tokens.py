"""App-only tokens for one service: kept in use, or got past every memory."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from shared.credentials.certificate import REQUIRED_ROLE, App, Certificate
from shared.errors import Misconfigured
from shared.identity.certificate_in_use import CertificateInUse, FellBack, Pins
from shared.identity.holder import Holder
from shared.identity.login import Login, Token
from shared.identity.managed import ManagedIdentities
from shared.identity.vault import Vault


def _unannounced(_app: App, _from_version: str, _to_version: str, _reason: str) -> None:
    """Tell nobody that another certificate version is in use."""


class Tokens:
    """
    The tokens of each tenant, by default for Exchange.

    A token that lacks the application permission *needs* is refused; none: all are taken.
    *fell_back* is told of the app, the certificate version that failed, the one that
    took its place, and the reason: once for each switch, not on every renewal.
    """

    def __init__(
        self,
        vault: Vault,
        pins: Pins,
        login: Login,
        *,
        identities: ManagedIdentities,
        scope: str,
        clock: Callable[[], datetime],
        fell_back: FellBack = _unannounced,
        needs: str = REQUIRED_ROLE,
    ) -> None:
        self._login = login
        self._identities = identities
        self._scope = scope
        self._needs = needs
        self._certificate = CertificateInUse(vault, pins, clock, fell_back)
        self._tokens = Holder(self._earn, clock)

    def token(self, app: App) -> str:
        """Return a usable token text, from memory if one is held."""
        return self._tokens.token(app)

    def renewed(self, app: App, refused: str) -> str:
        """Return a token other than the *refused* one."""
        return self._tokens.renewed(app, refused)

    def acquire(self, app: App, certificate: Certificate, scope: str = "") -> Token:
        """
        Get a token with this certificate from Entra ID itself; for the service by default.

        That one is used from then on: the one held may lack a role that was granted since.
        """
        token = self._login.acquire(app, certificate, scope or self._scope)
        return token if scope else self._held(app, token)

    def acquire_without_certificate(self, app: App) -> Token:
        """Get a token with the managed identity, used from then on likewise."""
        return self._held(app, self._identities.acquire(app, self._scope))

    def _held(self, app: App, token: Token) -> Token:
        with suppress(Misconfigured):
            self._tokens.hold(app, self._proved(token))
        return token

    def _earn(self, app: App, keep: Callable[[Token], Token]) -> Token:
        if not app.has_certificate:
            return keep(self._proved(self._identities.acquire(app, self._scope)))

        def attempt(certificate: Certificate) -> Token:
            return keep(self._proved(self._login.acquire(app, certificate, self._scope)))

        return self._certificate.earn(app, attempt)

    def _proved(self, token: Token) -> Token:
        if self._needs and self._needs not in token.claims.roles:
            raise Misconfigured(
                f"the token lacks the role {self._needs}: grant the application permission and "
                "admin consent in Entra ID"
            )
        return token
