targetScope = 'subscription'

@description('Names the deployment; part of the resource group\'s name and of the tag azd looks for.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything; it must offer Flex Consumption.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Resource group to create; empty: rg-<environmentName>.')
@maxLength(90)
param resourceGroupName string = ''

@description('TENANTS as JSON or its base64; empty: none yet.')
param tenants string = ''

@description('MDM_SENDERS as JSON or its base64; empty: none yet. The secrets it names must be in the vault before.')
param mdmSenders string = ''

@description('ALERT_RECEIVERS as JSON or its base64; empty: none. The secrets it names must be in the vault before.')
param alertReceivers string = ''

@description('Cloud of the tenants\' Exchange and Entra ID.')
@allowed(['public', 'usgov', 'dod', 'china'])
param cloud string = 'public'

@description('Where Microsoft Graph finds the app, if not at the site\'s own name; empty: there.')
param publicUrl string = ''

@description('Hosts of CRLs that may stand in a network of your own, joined by commas; empty: CRLs come from public addresses only.')
param crlPrivateHosts string = ''

@description('Python of the app.')
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.12'

@description('NCRONTAB in UTC: when the certificates are looked at. At least daily, as it is also the heartbeat.')
@minLength(9)
param certificateSchedule string = '0 0 3 * * *'

@description('NCRONTAB in UTC: when MDMs are asked that cannot call.')
@minLength(9)
param mdmSchedule string = '0 */15 * * * *'

@description('NCRONTAB in UTC: when every mailbox is inventoried.')
@minLength(9)
param inventorySchedule string = '0 30 1 * * *'

@description('NCRONTAB in UTC: when the inventory looks for changes.')
@minLength(9)
param inventoryChangesSchedule string = '0 */15 * * * *'

@description('Client id of the app registration that people sign in to, in this subscription\'s tenant; empty: nobody can, and there is no page.')
param signInClientId string = ''

@description('Memory of one instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances at a time, of each group of functions that scales together.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Calls that one instance answers at a time.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('Copies of the storage: LRS one building, ZRS three, GRS another region too. Not every region offers ZRS.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_ZRS'

@description('True closes storage, vault and topic to the internet and gives the app a network of its own.')
param vnetEnabled bool = false

@description('Address space of that network; two /26 are cut from it by the next parameters.')
param vnetAddressPrefix string = '10.61.0.0/24'

@description('The app\'s part of it.')
param appSubnetPrefix string = '10.61.0.0/26'

@description('The private endpoints\' part of it.')
param endpointSubnetPrefix string = '10.61.0.64/26'

@description('With vnetEnabled: addresses or CIDRs, joined by commas, that reach the vault from outside, such as whoever deploys.')
param allowedAddresses string = ''

@description('Object id of who deploys, for the hooks; empty: nobody is given a role.')
param principalId string = ''

@description('What principalId is.')
@allowed(['User', 'ServicePrincipal', 'Group'])
param principalType string = 'User'

@description('False only to tear down: a deleted vault loses its roles and subscriptions, even if recovered.')
param vaultLocked bool = true

@description('True once, to take back a vault that was deleted under this name.')
param vaultRecovered bool = false

@description('Who hears of alerts: e-mail addresses, joined by commas.')
param alertEmails string = ''

@description('Who hears of alerts: an https address that takes the common alert schema; its query may be a secret.')
@secure()
param alertWebhook string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('GB of logs a day, after which nothing is taken in until tomorrow; -1: no end. Alerts are blind until then.')
@minValue(-1)
param logDailyQuotaGB int = 5

@description('True also logs who reads and writes blobs and table rows, at several times what storage itself costs.')
param storageAudited bool = false

@description('Days for which nobody can change or delete a record of the audit; only ever more once the policy is locked.')
@minValue(1)
@maxValue(146000)
param auditDays int = 365

@description('Key of the audit\'s pseudonyms, 64 random characters that stay the same; empty: the audit names no mailbox and no device.')
@secure()
param auditPseudonyms string = ''

var tags = { 'azd-env-name': environmentName }
// Quotes in an azd variable break its parameter file, so JSON may also come as base64.
var tenantsJson = empty(tenants) ? '[]' : (startsWith(trim(tenants), '[') ? tenants : base64ToString(tenants))
var mdmSendersJson = empty(mdmSenders) ? '{}' : (startsWith(trim(mdmSenders), '{') ? mdmSenders : base64ToString(mdmSenders))
var alertReceiversJson = empty(alertReceivers) ? '{}' : (startsWith(trim(alertReceivers), '{') ? alertReceivers : base64ToString(alertReceivers))

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: empty(resourceGroupName) ? 'rg-${environmentName}' : resourceGroupName
  location: location
  tags: tags
}

module easgate 'bicep/easgate.bicep' = {
  name: 'easgate'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: tags
    tenants: tenantsJson
    mdmSenders: mdmSendersJson
    alertReceivers: alertReceiversJson
    cloud: cloud
    publicUrl: publicUrl
    crlPrivateHosts: crlPrivateHosts
    pythonVersion: pythonVersion
    certificateSchedule: certificateSchedule
    mdmSchedule: mdmSchedule
    inventorySchedule: inventorySchedule
    inventoryChangesSchedule: inventoryChangesSchedule
    signInClientId: signInClientId
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    storageSku: storageSku
    vnetEnabled: vnetEnabled
    vnetAddressPrefix: vnetAddressPrefix
    appSubnetPrefix: appSubnetPrefix
    endpointSubnetPrefix: endpointSubnetPrefix
    allowedAddresses: empty(allowedAddresses) ? [] : split(replace(allowedAddresses, ' ', ''), ',')
    principalId: principalId
    principalType: principalType
    vaultLocked: vaultLocked
    vaultRecovered: vaultRecovered
    alertEmails: empty(alertEmails) ? [] : split(replace(alertEmails, ' ', ''), ',')
    alertWebhook: alertWebhook
    logRetentionDays: logRetentionDays
    logDailyQuotaGB: logDailyQuotaGB
    storageAudited: storageAudited
    auditDays: auditDays
    auditPseudonyms: auditPseudonyms
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output APP_NAME string = easgate.outputs.appName
output APP_URL string = easgate.outputs.appUrl
output KEY_VAULT_NAME string = easgate.outputs.vaultName
output KEY_VAULT_URL string = easgate.outputs.vaultUrl
output EVENT_GRID_TOPIC_ENDPOINT string = easgate.outputs.topicEndpoint
output STORAGE_ACCOUNT_NAME string = easgate.outputs.storageName
output LOG_WORKSPACE_ID string = easgate.outputs.workspaceId
output RUNTIME_CLIENT_ID string = easgate.outputs.runtimeClientId
output RUNTIME_PRINCIPAL_ID string = easgate.outputs.runtimePrincipalId
output ROTATOR_CLIENT_ID string = easgate.outputs.rotatorClientId
output CLOUD string = cloud
