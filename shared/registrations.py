"""The tenants' app registrations put together: Graph, tokens for it, proofs signed in the vault."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from shared.credentials.certificate import REQUIRED_ROLE, App, Certificate
from shared.directory.applications import Applications
from shared.directory.proof import proof
from shared.errors import Misconfigured, NotPermitted
from shared.identity.login import Login
from shared.identity.refusals import Refused
from shared.identity.vault import Vault


class Registrations:
    """
    The keys on each app, as the app itself sees and rolls them.

    Every call is made with a token and a proof of the certificate it names, so that it
    cannot rest on another one that works by chance.
    """

    def __init__(
        self,
        applications: Applications,
        login: Login,
        vault: Vault,
        *,
        graph_scope: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._applications = applications
        self._login = login
        self._vault = vault
        self._graph_scope = graph_scope
        self._clock = clock

    def key_ids(
        self, app: App, certificate: Certificate, *, signed_by: Certificate
    ) -> tuple[str, ...]:
        """Return the keys on the app that are this certificate; NotPermitted if we may not look."""
        found = self._applications.registration(self._bearer(app, signed_by), app.client_id)
        return tuple(key.key_id for key in found.keys if key.is_of(certificate.der))

    def add_key(self, app: App, certificate: Certificate, *, signed_by: Certificate) -> str:
        """Register a certificate and return its key id; after a Retryable it may be registered."""
        bearer = self._bearer(app, signed_by)
        object_id = self._object_id(app, bearer)
        shown = self._proof(object_id, signed_by)
        return self._applications.add_key(bearer, object_id, certificate.der, shown)

    def remove_key(self, app: App, key_id: str, *, signed_by: Certificate) -> None:
        """Remove a key; that it is gone already is no failure."""
        bearer = self._bearer(app, signed_by)
        object_id = self._object_id(app, bearer)
        shown = self._proof(object_id, signed_by)
        self._applications.remove_key(bearer, object_id, key_id, shown)

    def _bearer(self, app: App, certificate: Certificate) -> str:
        return self._login.acquire(app, certificate, self._graph_scope).text

    def _proof(self, object_id: str, certificate: Certificate) -> str:
        sign = partial(self._vault.sign, certificate)
        return proof(object_id, certificate.der, sign=sign, now=self._clock())

    def _object_id(self, app: App, bearer: str) -> str:
        if app.object_id:
            return app.object_id
        try:
            return self._applications.registration(bearer, app.client_id).object_id
        except NotPermitted as denied:
            raise Misconfigured(
                "the app may not read the object id of its registration, which it needs to roll "
                f"its keys: set application_object_id in TENANTS, or let it read it ({denied})"
            ) from denied


class Trials:
    """Whether a certificate signs in, past every cache, and whatever the tenant signs with."""

    def __init__(self, login: Login, scope: str) -> None:
        self._login = login
        self._scope = scope  # Exchange's

    def earns_token(self, app: App, certificate: Certificate) -> bool:
        """Whether Entra ID takes the certificate; a Failure if it refuses for another reason."""
        try:
            roles = self._login.acquire(app, certificate, self._scope).claims.roles
        except Refused as refusal:
            if refusal.is_of_the_certificate:
                return False
            raise
        if REQUIRED_ROLE not in roles:
            raise Misconfigured(
                f"the token lacks {REQUIRED_ROLE}: grant the permission and admin consent"
            )
        return True
