"""Which resource types there are in the slice, and which package tells about each."""

from __future__ import annotations

from dataclasses import dataclass

CHILD_NAME_DEFAULT = ("default",)


@dataclass(frozen=True)
class Source:
    """One resource type, and the models of its request and its answer."""

    package: str  # a pin
    models: str  # the folder of the models inside the package
    type: str
    version: str
    written: str  # the model that a request carries
    read: str = ""  # the model of an answer, where it is another one
    names: tuple[str, ...] = ()  # all names that such a resource may have
    extension: bool = False


# Models in which a slice ends: what lies behind them no template here sets.
ENDS = frozenset(
    {
        *("NetworkInterface", "RouteTable", "NatGateway", "ServiceEndpointPolicy"),
        *("IPConfiguration", "IPConfigurationProfile", "ApplicationGatewayIPConfiguration"),
        *("VirtualNetworkPeering", "FlowLog", "PrivateEndpointConnection", "VirtualNetworkTap"),
        *("ApplicationSecurityGroup", "SystemData", "CloningInfo", "PushSettings"),
        *("HostingEnvironmentProfile", "KubeEnvironmentProfile", "ErrorResponse"),
        *("BlobInventoryPolicySchema", "EncryptionScope", "SiteMachineKey", "SlotSwapStatus"),
    }
)

_KEY_VAULT = ("azure-mgmt-keyvault==14.0.1", "keyvault/models")
_STORAGE = ("azure-mgmt-storage==25.1.0", "storage/models")
_EVENTS = ("azure-mgmt-eventgrid==10.4.0", "eventgrid/models")
_WEB = ("azure-mgmt-web==10.1.0", "web/models")
_NETWORK = ("azure-mgmt-network==31.0.1", "network/models")
_DNS = ("azure-mgmt-privatedns==2.0.0", "privatedns/models")
_MONITOR = ("azure-mgmt-monitor==7.0.0", "monitor/models")
_INSIGHTS = "azure-mgmt-applicationinsights==4.1.0"

_VAULT_2026 = "2026-02-01"
_STORAGE_2026 = "2026-04-01"
_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_EVENTS_2025 = "2025-02-15"
_WEB_2025 = "2025-03-01"
_NETWORK_2025 = "2025-07-01"
_DNS_2024 = "2024-06-01"

SOURCES = (
    Source(
        *("azure-mgmt-resource==26.0.0", "resource/resources/models"),
        *("Microsoft.Resources/resourceGroups", "2025-04-01", "ResourceGroup"),
    ),
    Source(
        *("azure-mgmt-msi==7.1.0", "msi/v2024_11_30/models"),
        *("Microsoft.ManagedIdentity/userAssignedIdentities", "2024-11-30", "Identity"),
    ),
    Source(
        *(*_KEY_VAULT, "Microsoft.KeyVault/vaults", _VAULT_2026),
        *("VaultCreateOrUpdateParameters", "Vault"),
    ),
    Source(
        *(*_KEY_VAULT, "Microsoft.KeyVault/vaults/secrets", _VAULT_2026),
        *("SecretCreateOrUpdateParameters", "Secret"),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts", _STORAGE_2026),
        *("StorageAccountCreateParameters", "StorageAccount"),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/blobServices", _STORAGE_2026),
        *("BlobServiceProperties", "", CHILD_NAME_DEFAULT),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/blobServices/containers", _STORAGE_2026),
        "BlobContainer",
    ),
    Source(
        *(*_STORAGE, f"{_CONTAINERS}/immutabilityPolicies", _STORAGE_2026),
        *("ImmutabilityPolicy", "", CHILD_NAME_DEFAULT),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/queueServices", _STORAGE_2026),
        *("QueueServiceProperties", "", CHILD_NAME_DEFAULT),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/queueServices/queues", _STORAGE_2026),
        "StorageQueue",
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/tableServices", _STORAGE_2026),
        *("TableServiceProperties", "", CHILD_NAME_DEFAULT),
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/tableServices/tables", _STORAGE_2026),
        "Table",
    ),
    Source(
        *(*_STORAGE, "Microsoft.Storage/storageAccounts/managementPolicies", _STORAGE_2026),
        *("ManagementPolicy", "", CHILD_NAME_DEFAULT),
    ),
    Source(*_EVENTS, "Microsoft.EventGrid/topics", _EVENTS_2025, "Topic"),
    Source(
        *(*_EVENTS, "Microsoft.EventGrid/topics/eventSubscriptions", _EVENTS_2025),
        "EventSubscription",
    ),
    Source(*_EVENTS, "Microsoft.EventGrid/systemTopics", _EVENTS_2025, "SystemTopic"),
    Source(
        *(*_EVENTS, "Microsoft.EventGrid/systemTopics/eventSubscriptions", _EVENTS_2025),
        "EventSubscription",
    ),
    Source(
        *("azure-mgmt-loganalytics==14.0.0", "loganalytics/models"),
        *("Microsoft.OperationalInsights/workspaces", "2025-07-01", "Workspace"),
    ),
    Source(
        *("azure-mgmt-loganalytics==14.0.0", "loganalytics/models"),
        *("Microsoft.OperationalInsights/workspaces/tables", "2025-07-01", "Table"),
    ),
    Source(
        *("azure-mgmt-loganalytics==14.0.0", "loganalytics/models"),
        *("Microsoft.OperationalInsights/workspaces/savedSearches", "2025-07-01", "SavedSearch"),
    ),
    Source(
        *(_INSIGHTS, "applicationinsights/v2020_02_02/models"),
        *("Microsoft.Insights/components", "2020-02-02", "ApplicationInsightsComponent"),
    ),
    Source(
        *(_INSIGHTS, "applicationinsights/v2023_06_01/models"),
        *("Microsoft.Insights/workbooks", "2023-06-01", "Workbook"),
    ),
    Source(
        *("azure-mgmt-monitor==6.0.2", "monitor/v2021_05_01_preview/models"),
        *("Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"),
        "DiagnosticSettingsResource",
        extension=True,
    ),
    Source(*_MONITOR, "Microsoft.Insights/actionGroups", "2023-01-01", "ActionGroupResource"),
    Source(
        *(*_MONITOR, "Microsoft.Insights/scheduledQueryRules", "2023-12-01"),
        "ScheduledQueryRuleResource",
    ),
    Source(*_MONITOR, "Microsoft.Insights/metricAlerts", "2018-03-01", "MetricAlertResource"),
    Source(*_WEB, "Microsoft.Web/serverfarms", _WEB_2025, "AppServicePlan"),
    Source(*_WEB, "Microsoft.Web/sites", _WEB_2025, "Site"),
    Source(
        *(*_WEB, "Microsoft.Web/sites/basicPublishingCredentialsPolicies", _WEB_2025),
        *("CsmPublishingCredentialsPoliciesEntity", "", ("ftp", "scm")),
    ),
    Source(
        *(*_WEB, "Microsoft.Web/sites/config", _WEB_2025),
        *("SiteAuthSettingsV2", "", ("authsettingsV2",)),
    ),
    Source(
        *("azure-mgmt-authorization==4.0.0", "authorization/v2022_04_01/models"),
        *("Microsoft.Authorization/roleAssignments", "2022-04-01"),
        *("RoleAssignmentCreateParameters", "RoleAssignment"),
        extension=True,
    ),
    Source(
        *("azure-mgmt-resource-locks==1.0.0", "resource/locks/models"),
        *("Microsoft.Authorization/locks", "2020-05-01", "ManagementLockObject"),
        extension=True,
    ),
    Source(*_NETWORK, "Microsoft.Network/virtualNetworks", _NETWORK_2025, "VirtualNetwork"),
    Source(*_NETWORK, "Microsoft.Network/virtualNetworks/subnets", _NETWORK_2025, "Subnet"),
    Source(
        *(*_NETWORK, "Microsoft.Network/networkSecurityGroups", _NETWORK_2025),
        "NetworkSecurityGroup",
    ),
    Source(*_NETWORK, "Microsoft.Network/privateEndpoints", _NETWORK_2025, "PrivateEndpoint"),
    Source(
        *(*_NETWORK, "Microsoft.Network/privateEndpoints/privateDnsZoneGroups", _NETWORK_2025),
        "PrivateDnsZoneGroup",
    ),
    Source(*_DNS, "Microsoft.Network/privateDnsZones", _DNS_2024, "PrivateZone"),
    Source(
        *(*_DNS, "Microsoft.Network/privateDnsZones/virtualNetworkLinks", _DNS_2024),
        "VirtualNetworkLink",
    ),
)
