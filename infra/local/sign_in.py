"""How the app of the local world signs in: its registration, its identities, its certificate."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import httpx

from infra.local import contoso
from infra.local.simulators.entra import Application, Entra
from infra.local.simulators.entra.directory import Directory
from infra.local.simulators.exchange import Tenant
from infra.local.simulators.exchange.roles import RoleGroup, ServicePrincipal
from infra.local.simulators.graph import Graph, Outbound
from infra.local.simulators.managed_identity import Assignment, ManagedIdentity
from infra.local.simulators.vault import Vault
from shared.credentials.certificate import Credential

EXCHANGE_RESOURCE = "https://outlook.office365.com"
GRAPH_RESOURCE = "https://graph.microsoft.com"
ROLES = {
    EXCHANGE_RESOURCE: ["Exchange.ManageAsApp"],
    GRAPH_RESOURCE: [
        *("Application.Read.All", "User.Read.All"),
        # The users' own certificates: to look,
        *("Domain.Read.All", "Domain-InternalFederation.Read.All"),
        *("PublicKeyInfrastructure.Read.All", "Organization.Read.All"),
        *("Policy.Read.AuthenticationMethod", "AuditLog.Read.All"),
        # to change what is trusted,
        *("Domain-InternalFederation.ReadWrite.All", "PublicKeyInfrastructure.ReadWrite.All"),
        *("Organization.ReadWrite.All", "Policy.ReadWrite.AuthenticationMethod"),
        # and to shut a user out.
        *("User.RevokeSessions.All", "User.EnableDisableAccount.All"),
    ],
}
# A managed identity's tokens come from here.
ISSUER = f"https://login.microsoftonline.com/{contoso.TENANT_ID}/v2.0"


def registered(entra: Entra, credential: Credential) -> Application:
    """Make the tenant and, in it, what has the rights: an application, or the identity itself."""
    directory = entra.directory
    directory.add_tenant(contoso.TENANT_ID, contoso.DOMAIN)
    if credential is Credential.MANAGED_IDENTITY:
        return directory.add_managed_identity(contoso.APP_IDENTITY, tenant_id=contoso.TENANT_ID)
    if credential is Credential.FEDERATED:
        entra.federation.add(contoso.CLIENT_ID, issuer=ISSUER, subject=contoso.APP_IDENTITY)
    return directory.add_application(contoso.CLIENT_ID, tenant_id=contoso.TENANT_ID, roles=ROLES)


def certify(directory: Directory, vault: Vault, *, not_after: datetime) -> None:
    """Make the certificate, and register it."""
    vault.create_certificate(contoso.CERTIFICATE, subject="CN=easgate", not_after=not_after)
    directory.add_certificate(contoso.CLIENT_ID, vault.certificate_der(contoso.CERTIFICATE))


def vault(entra: Entra, clock: Callable[[], datetime]) -> Vault:
    """Return Key Vault, with the roles that the two identities have there."""
    made = Vault(jwks=entra.jwks, tenant_id=contoso.TENANT_ID, clock=clock)
    for role in contoso.VAULT_ROLES:
        made.roles.grant(contoso.APP_IDENTITY, role)
    made.roles.grant(contoso.ROTATOR_IDENTITY, contoso.ROTATOR_ROLE)
    return made


def graph(entra: Entra, client: httpx.Client, clock: Callable[[], datetime]) -> Graph:
    """Return Microsoft Graph over the same directory; it calls subscribers with the client."""
    outbound = Outbound(client=client, sign=entra.notification_token, loopback=True)
    return Graph(directory=entra.directory, jwks=entra.jwks, clock=clock, outbound=outbound)


def role_group(tenant: Tenant, app: Application, now: datetime) -> RoleGroup:
    """Let the app do in Exchange what it needs, by a role group of its own."""
    known = ServicePrincipal(
        app_id=UUID(app.client_id),
        object_id=UUID(app.principals[contoso.TENANT_ID].object_id),
        display_name="easgate",
        created=now,
    )
    tenant.administration.service_principals.append(known)
    return tenant.add_role_group(
        contoso.ROLE_GROUP, members=[app.client_id], roles=contoso.MANAGEMENT_ROLES
    )


class Identities:
    """
    What stands behind the platform's endpoint: the app's identity, and the rotating one.

    Only an identity assigned by a user may vouch for an application, and it has to be named.
    """

    def __init__(self, entra: Entra, credential: Credential) -> None:
        self._header = secrets.token_hex(24)
        self._is_named = credential is Credential.FEDERATED
        self._own = ManagedIdentity(
            entra,
            principal_id=contoso.APP_IDENTITY,
            secret=self._header,
            assignment=Assignment.USER if self._is_named else Assignment.SYSTEM,
            roles=ROLES if credential is Credential.MANAGED_IDENTITY else None,
        )
        self._rotator = ManagedIdentity(
            entra,
            principal_id=contoso.ROTATOR_IDENTITY,
            secret=self._header,
            assignment=Assignment.USER,
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer for the identity that is asked for; the app's own need not be named."""
        is_rotator = request.url.params.get("client_id") == self._rotator.client_id
        return (self._rotator if is_rotator else self._own)(request)

    def settings(self) -> dict[str, str]:
        """Return how the app reaches them."""
        return {
            "IDENTITY_HEADER": self._header,
            "AZURE_CLIENT_ID": self._own.client_id if self._is_named else "",
            "ROTATOR_CLIENT_ID": self._rotator.client_id,
        }
