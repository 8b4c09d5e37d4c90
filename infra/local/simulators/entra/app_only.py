"""Tokens for applications that act as themselves."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from infra.local.simulators.entra import standing
from infra.local.simulators.entra.assertion import Assertion, verify
from infra.local.simulators.entra.directory import Application, Directory, Tenant
from infra.local.simulators.entra.federation import Federation
from infra.local.simulators.entra.issuer import TOKEN_SECONDS, Issuer, Subject
from infra.local.simulators.entra.public_clients import PublicClients
from infra.local.simulators.entra.refusals import RefusedError
from infra.local.simulators.entra.token_request import Form, TokenRequest


class AppOnly:
    """The client-credentials grant."""

    def __init__(
        self,
        *,
        directory: Directory,
        issuer: Issuer,
        federation: Federation,
        public_clients: PublicClients,
        clock: Callable[[], datetime],
    ) -> None:
        self.last_assertion: Assertion | None = None
        self._directory, self._issuer, self._clock = directory, issuer, clock
        self._federation, self._public_clients = federation, public_clients

    def grant(self, form: Form, *, base: str, tenant: Tenant) -> dict[str, Any]:
        """Return the answer to a request in *tenant* that holds a valid credential."""
        wanted = TokenRequest.read(form)
        application = standing.application(self._directory, wanted.client_id, tenant)
        audiences = [f"{base}/{alias}/oauth2/v2.0/token" for alias in tenant.names]
        self._authenticate(application, wanted, audiences)
        standing.check_resource(self._directory, wanted.resource, tenant)
        return self._issue(application, tenant, wanted.resource)

    def _authenticate(
        self, application: Application, wanted: TokenRequest, audiences: Collection[str]
    ) -> None:
        shown = wanted.assertion or wanted.secret
        if shown and self._public_clients.includes(application.client_id):
            raise RefusedError(700025)
        if not shown:
            raise RefusedError(7000218)
        if not wanted.assertion:  # no application here has a secret
            raise RefusedError(7000215)
        self.last_assertion = assertion = Assertion.read(wanted.assertion)
        if str(assertion.claims.get("iss")).startswith("https://"):  # somebody else's token
            self._federation.verify(assertion, application.client_id)
            return
        verify(
            assertion,
            client_id=application.client_id,
            audiences=audiences,
            certificates=application.certificates,
            now=self._clock(),
        )

    def _issue(self, application: Application, tenant: Tenant, resource: str) -> dict[str, Any]:
        principal = application.principals[tenant.tenant_id]
        subject = Subject(
            tenant_id=tenant.tenant_id,
            client_id=application.client_id,
            object_id=principal.object_id,
            roles=principal.roles.get(resource.rstrip("/"), ()),
            wids=principal.wids,
        )
        token = self._issuer.token(
            subject, audience=resource, now=self._clock(), seconds=TOKEN_SECONDS
        )
        return {
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "ext_expires_in": TOKEN_SECONDS,
            "access_token": token,
        }
