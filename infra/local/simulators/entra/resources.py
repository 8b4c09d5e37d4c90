"""Microsoft's own services as every tenant has them: their principals and their app roles."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRole:
    """A permission that an application can hold for itself."""

    role_id: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A service that tokens are made out to."""

    app_id: str
    name: str
    url: str
    app_roles: tuple[AppRole, ...] = ()

    def object_id(self, tenant_id: str) -> str:
        """Return the id of its service principal, which every tenant has its own of."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant_id}/{self.app_id}"))

    def role(self, value: str) -> AppRole:
        """Return a role by its value; for one that is not listed here, an id is made up."""
        listed = next((role for role in self.app_roles if role.value == value), None)
        made_up = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.url}/{value}"))
        return listed or AppRole(role_id=made_up, value=value)


EXCHANGE = Resource(
    app_id="00000002-0000-0ff1-ce00-000000000000",
    name="Office 365 Exchange Online",
    url="https://outlook.office365.com",
    app_roles=(
        AppRole(role_id="dc50a0fb-09a3-484d-be87-e023b12c6440", value="Exchange.ManageAsApp"),
        AppRole(role_id="dc890d15-9560-4a4c-9b7f-a736ec74ec40", value="full_access_as_app"),
    ),
)
_GRAPH_PERMISSIONS = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "Domain-InternalFederation.Read.All": "c0e5a7b0-e8b7-40a7-b8e0-8249e6ea81d5",
    "Domain-InternalFederation.ReadWrite.All": "64d40371-8d58-4270-bc8a-b4a66de36b9a",
    "Domain.Read.All": "dbb9058a-0e50-45d7-ae91-66909b5d4664",
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "Organization.ReadWrite.All": "292d869f-3427-49a8-9dab-8c70152b74e9",
    "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
    "Policy.Read.AuthenticationMethod": "8e3bc81b-d2f3-4b7b-838c-32c88218d2f0",
    "Policy.ReadWrite.AuthenticationMethod": "29c18626-4985-4dcd-85c0-193eef327366",
    "PublicKeyInfrastructure.Read.All": "214fda0c-514a-4650-b037-b562b1a66124",
    "PublicKeyInfrastructure.ReadWrite.All": "a2b63618-5350-462d-b1b3-ba6eb3684e26",
    "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    "User.EnableDisableAccount.All": "3011c876-62b7-4ada-afa2-506cbbecc68c",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.RevokeSessions.All": "77f3a031-c388-4f99-b373-dc68676a979e",
}
GRAPH = Resource(
    app_id="00000003-0000-0000-c000-000000000000",
    name="Microsoft Graph",
    url="https://graph.microsoft.com",
    app_roles=tuple(
        AppRole(role_id=role_id, value=value) for value, role_id in _GRAPH_PERMISSIONS.items()
    ),
)
RESOURCES = (
    EXCHANGE,
    GRAPH,
    Resource(
        app_id="cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
        name="Azure Key Vault",
        url="https://vault.azure.net",
    ),
    Resource(
        app_id="e406a681-f3d4-42a8-90b6-c2b029497af1",
        name="Azure Storage",
        url="https://storage.azure.com",
    ),
    Resource(
        app_id="4962773b-9cdb-44cf-a8bf-237846a00ab7",
        name="Microsoft.EventGrid",
        url="https://eventgrid.azure.net",
    ),
    Resource(
        # Made up, as for unlisted ones: no document tells the real id.
        app_id=str(uuid.uuid5(uuid.NAMESPACE_URL, "https://monitor.azure.com")),
        name="Azure Monitor",
        url="https://monitor.azure.com",
    ),
)


def by_url(url: str) -> Resource:
    """Return the service that tokens for *url* are made out to; an unlisted one is made up."""
    wanted = url.rstrip("/")
    listed = next((resource for resource in RESOURCES if resource.url == wanted), None)
    made_up = str(uuid.uuid5(uuid.NAMESPACE_URL, wanted))
    return listed or Resource(app_id=made_up, name=wanted, url=wanted)
