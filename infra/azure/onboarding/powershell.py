"""The same set-up as PowerShell lines, for those who would rather paste than run a program."""

import base64
from collections.abc import Iterable
from urllib.parse import urlsplit

from infra.azure.onboarding import record
from infra.azure.onboarding.certificate import (
    CLIENT_AUTHENTICATION,
    KEY_BITS,
    MADE,
    MONTHS,
    RENEWED,
)
from infra.azure.onboarding.graph import literal
from infra.azure.onboarding.permissions import EXCHANGE_APP_ID, GRAPH_APP_ID, MANAGE_AS_APP
from infra.azure.onboarding.role_group import DESCRIPTION
from infra.azure.onboarding.wanted import ROLES, Wanted

# PowerShell takes each of these for the end of a string in single quotes.
QUOTES = "'\u2018\u2019\u201a\u201b"
MARKS = ("application", "exchange-principal", "scope", "role-group")
PAUSE = "Start-Sleep -Seconds 30  # until it is known everywhere"
READ_FIRST = """\
# Paste this once into a tenant where nothing of it stands yet: unlike the program, it does not
# look first. It needs the modules Microsoft.Graph.Applications and ExchangeOnlineManagement, and
# Az.KeyVault where the vault makes the certificate.
$ErrorActionPreference = 'Stop'"""


def quoted(text: str) -> str:
    """Return a text as a string in which PowerShell expands nothing."""
    return "'" + "".join(each * 2 if each in QUOTES else each for each in text) + "'"


def script(wanted: Wanted, *, tenant: str, certificate: Iterable[str]) -> str:
    """Return the lines; *certificate* are those that put its DER bytes into $certificate."""
    parts = ([READ_FIRST], certificate, _entra(wanted, tenant), _exchange(wanted))
    return "\n\n".join("\n".join(part) for part in parts)


def from_vault(url: str, name: str) -> list[str]:
    """Return the lines that have the vault make the certificate."""
    vault = quoted((urlsplit(url).hostname or "").split(".")[0])
    tags = "; ".join(f"{quoted(tag)} = {quoted(value)}" for tag, value in MADE.items())
    policy = _command(
        "New-AzKeyVaultCertificatePolicy -KeyNotExportable",
        IssuerName="Self",
        SubjectName=quoted(f"CN={name}"),
        KeyType="RSA",
        KeySize=str(KEY_BITS),
        KeyUsage="DigitalSignature",
        Ekus=quoted(CLIENT_AUTHENTICATION),
        ValidityInMonths=str(MONTHS),
        RenewAtNumberOfDaysBeforeExpiry=str(RENEWED),
    )
    made = _command(
        "Add-AzKeyVaultCertificate",
        VaultName=vault,
        Name=quoted(name),
        CertificatePolicy=f"({policy})",
        Tag=f"@{{ {tags} }}",
    )
    found = _command("Get-AzKeyVaultCertificate", VaultName=vault, Name=quoted(name))
    return [
        "# The certificate: its key is made in the vault and never leaves it.",
        "Connect-AzAccount",
        made,
        f"do {{ Start-Sleep -Seconds 5; $made = {found} }} until ($made.Certificate)",
        "$certificate = $made.Certificate.RawData",
    ]


def from_file(der: bytes) -> list[str]:
    """Return the line that holds the certificate itself."""
    text = base64.b64encode(der).decode()
    return [f"$certificate = [Convert]::FromBase64String({quoted(text)})"]


def _entra(wanted: Wanted, tenant: str) -> list[str]:
    role = f"@{{ Id = {quoted(MANAGE_AS_APP)}; Type = 'Role' }}"
    changed = _command(
        "Update-MgApplication",
        ApplicationId="$application.Id",
        KeyCredentials="$keys",
        RequiredResourceAccess="$access",
    )
    granted = _command(
        "New-MgServicePrincipalAppRoleAssignment",
        ServicePrincipalId="$principal.Id",
        PrincipalId="$principal.Id",
        ResourceId="$exchange.Id",
        AppRoleId=quoted(MANAGE_AS_APP),
    )
    scopes = "'Application.ReadWrite.All','AppRoleAssignment.ReadWrite.All'"
    return [
        "# Entra ID: application, public certificate, permission, service principal, consent.",
        _command("Connect-MgGraph", TenantId=quoted(tenant), Scopes=scopes),
        *(_chosen(wanted.client_id) if wanted.client_id else _made(wanted)),
        "$key = @{ Type = 'AsymmetricX509Cert'; Usage = 'Verify'; Key = $certificate }",
        "$keys = @($application.KeyCredentials | Where-Object { $_ }) + $key",
        f"$asked = @{{ ResourceAppId = {quoted(EXCHANGE_APP_ID)}; ResourceAccess = @({role}) }}",
        "$access = @($application.RequiredResourceAccess | Where-Object { $_ }) + $asked",
        *_asked_in_graph(wanted),
        changed,
        f"$exchange = Get-MgServicePrincipal -Filter {_having('appId', EXCHANGE_APP_ID)}",
        granted,
        *_granted_in_graph(wanted),
    ]


def _asked_in_graph(wanted: Wanted) -> list[str]:
    """Return the lines that add what is needed in Microsoft Graph, by the ids it gives them."""
    names = [each.name for each in wanted.permissions if each.app_id == GRAPH_APP_ID]
    if not names:
        return []
    named = f"$_.Value -in {_list(names)} -and $_.AllowedMemberTypes -contains 'Application'"
    roles = "@($roles | ForEach-Object { @{ Id = $_.Id; Type = 'Role' } })"
    is_graph = f"$_.ResourceAppId -eq {quoted(GRAPH_APP_ID)}"
    whole = f"@{{ ResourceAppId = {quoted(GRAPH_APP_ID)}; ResourceAccess = $standing + {roles} }}"
    return [
        f"$graph = Get-MgServicePrincipal -Filter {_having('appId', GRAPH_APP_ID)}",
        f"$roles = @($graph.AppRoles | Where-Object {{ {named} }})",
        f"if ($roles.Count -ne {len(names)}) {{ throw 'Microsoft Graph does not offer them all' }}",
        f"$standing = @($access | Where-Object {{ {is_graph} }} | ForEach-Object ResourceAccess)",
        f"$access = @($access | Where-Object {{ -not ({is_graph}) }}) + {whole}",
    ]


def _granted_in_graph(wanted: Wanted) -> list[str]:
    if not wanted.user_certificates:
        return []
    granted = _command(
        "New-MgServicePrincipalAppRoleAssignment",
        ServicePrincipalId="$principal.Id",
        PrincipalId="$principal.Id",
        ResourceId="$graph.Id",
        AppRoleId="$role.Id",
    )
    return [f"foreach ($role in $roles) {{ {granted} }}"]


def _made(wanted: Wanted) -> list[str]:
    """Return the lines that register an application, with the record that --undo goes by."""
    marks = [mark for mark in MARKS if mark != "scope" or wanted.scope_filter]
    made = _command(
        "New-MgApplication",
        DisplayName=quoted(wanted.name),
        SignInAudience="'AzureADMyOrg'",
        Tags=_list(record.tags([], marks)),
    )
    return [
        f"$application = {made}",
        PAUSE,
        "$principal = New-MgServicePrincipal -AppId $application.AppId",
        PAUSE,
    ]


def _chosen(client_id: str) -> list[str]:
    """Return the lines that find an application, and all that a change has to leave alone."""
    chosen = _having("appId", client_id)
    whole = "-Property 'id,appId,requiredResourceAccess,keyCredentials'"
    return [
        f"$found = Get-MgApplication -Filter {chosen}",
        f"$application = Get-MgApplication -ApplicationId $found.Id {whole}",
        f"$principal = Get-MgServicePrincipal -Filter {chosen}",
    ]


def _exchange(wanted: Wanted) -> list[str]:
    principal = _command(
        "New-ServicePrincipal",
        AppId="$application.AppId",
        ObjectId="$principal.Id",
        DisplayName=quoted(wanted.name),
    )
    scope = _command(
        "New-ManagementScope",
        Name=quoted(wanted.scope),
        RecipientRestrictionFilter=quoted(wanted.scope_filter),
    )
    group = _command(
        "New-RoleGroup",
        Name=quoted(wanted.role_group),
        Roles=_list(ROLES),
        Description=f"({quoted(DESCRIPTION)} + $application.AppId)",
        **({"CustomRecipientWriteScope": quoted(wanted.scope)} if wanted.scope_filter else {}),
    )
    member = _command(
        "Add-RoleGroupMember", Identity=quoted(wanted.role_group), Member="$principal.Id"
    )
    return [
        "# Exchange: the service principal, and what it may do.",
        "Connect-ExchangeOnline",
        principal,
        *([scope] if wanted.scope_filter else []),
        group,
        member,
        '"client_id: $($application.AppId)"',
    ]


def _command(cmdlet: str, **parameters: str) -> str:
    """Return a line; the values are PowerShell already."""
    return " ".join([cmdlet, *(f"-{name} {value}" for name, value in parameters.items())])


def _list(texts: Iterable[str]) -> str:
    return ",".join(quoted(text) for text in texts)


def _having(field: str, value: str) -> str:
    """Return an OData filter as a PowerShell string."""
    return quoted(f"{field} eq {literal(value)}")
