// Everything inside the resource group; who may not create groups deploys this file into theirs.

@minLength(1)
@maxLength(64)
param environmentName string
param location string
param tags object

@description('TENANTS as JSON.')
param tenants string
@description('MDM_SENDERS as JSON.')
param mdmSenders string
@description('ALERT_RECEIVERS as JSON.')
param alertReceivers string
@allowed(['public', 'usgov', 'dod', 'china'])
param cloud string
param publicUrl string
param crlPrivateHosts string
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string
param certificateSchedule string
param mdmSchedule string
param inventorySchedule string
param inventoryChangesSchedule string
param signInClientId string
@allowed([512, 2048, 4096])
param instanceMemoryMB int
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int
@minValue(1)
@maxValue(1000)
param httpConcurrency int
param storageSku string
param vnetEnabled bool
param vnetAddressPrefix string
param appSubnetPrefix string
param endpointSubnetPrefix string
param allowedAddresses array
param principalId string
@allowed(['User', 'ServicePrincipal', 'Group'])
param principalType string
param vaultLocked bool
param vaultRecovered bool
param alertEmails array
@secure()
param alertWebhook string
param logRetentionDays int
param logDailyQuotaGB int
param storageAudited bool
param auditDays int
@secure()
param auditPseudonyms string

// 13 characters: with its prefix a vault's name is then just as long as it may be, 24.
var token = uniqueString(resourceGroup().id, environmentName)
var secretNames = [for sender in items(json(mdmSenders)): sender.value.secret_name]
var receiverSecretNames = [for receiver in items(json(alertReceivers)): receiver.value.secret_name]
// The key by which the audit tells names apart; the app knows it by this name.
var pseudonymsName = 'audit-pseudonyms'

module identities 'identities.bicep' = {
  name: 'identities'
  params: {
    token: token
    location: location
    tags: tags
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    token: token
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGB: logDailyQuotaGB
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    token: token
    location: location
    tags: tags
    sku: storageSku
    isPrivate: vnetEnabled
    workspaceId: monitoring.outputs.workspaceId
    isAudited: storageAudited
    auditDays: auditDays
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    token: token
    location: location
    tags: tags
    isPrivate: vnetEnabled
    allowedAddresses: allowedAddresses
    isLocked: vaultLocked
    isRecovered: vaultRecovered
    pseudonymsName: pseudonymsName
    pseudonyms: auditPseudonyms
    workspaceId: monitoring.outputs.workspaceId
  }
}

module topics 'topics.bicep' = {
  name: 'topics'
  params: {
    token: token
    location: location
    tags: tags
    vaultName: vault.outputs.name
    isPrivate: vnetEnabled
    workspaceId: monitoring.outputs.workspaceId
  }
}

module rolesOfApp 'roles_of_app.bicep' = {
  name: 'roles-of-app'
  params: {
    runtimePrincipalId: identities.outputs.runtimePrincipalId
    rotatorPrincipalId: identities.outputs.rotatorPrincipalId
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    topicName: topics.outputs.topicName
    insightsName: monitoring.outputs.insightsName
    // A secret may serve several senders or receivers, and two assignments of one name would clash.
    secretNames: union(secretNames, receiverSecretNames, empty(auditPseudonyms) ? [] : [pseudonymsName])
  }
}

module rolesOfDeployer 'roles_of_deployer.bicep' = if (!empty(principalId)) {
  name: 'roles-of-deployer'
  params: {
    principalId: principalId
    principalType: principalType
    vaultName: vault.outputs.name
  }
}

module vaultEvents 'vault_events.bicep' = {
  name: 'vault-events'
  params: {
    systemTopicName: topics.outputs.systemTopicName
    systemTopicPrincipalId: topics.outputs.systemTopicPrincipalId
    storageName: storage.outputs.name
  }
}

module network 'network.bicep' = if (vnetEnabled) {
  name: 'network'
  params: {
    token: token
    location: location
    tags: tags
    addressPrefix: vnetAddressPrefix
    appSubnetPrefix: appSubnetPrefix
    endpointSubnetPrefix: endpointSubnetPrefix
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    topicId: topics.outputs.topicId
  }
}

module functionApp 'function_app.bicep' = {
  name: 'function-app'
  params: {
    token: token
    location: location
    tags: tags
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    runtimeId: identities.outputs.runtimeId
    runtimeClientId: identities.outputs.runtimeClientId
    rotatorId: identities.outputs.rotatorId
    rotatorClientId: identities.outputs.rotatorClientId
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    packageUrl: storage.outputs.packageUrl
    blobUrl: storage.outputs.blobUrl
    queueUrl: storage.outputs.queueUrl
    tableUrl: storage.outputs.tableUrl
    vaultUrl: vault.outputs.url
    topicEndpoint: topics.outputs.topicEndpoint
    insightsConnection: monitoring.outputs.insightsConnection
    tenants: tenants
    mdmSenders: mdmSenders
    alertReceivers: alertReceivers
    cloud: cloud
    publicUrl: publicUrl
    crlPrivateHosts: crlPrivateHosts
    certificateSchedule: certificateSchedule
    mdmSchedule: mdmSchedule
    inventorySchedule: inventorySchedule
    inventoryChangesSchedule: inventoryChangesSchedule
    signInClientId: signInClientId
  }
  // Its first start reads storage and vault: without the roles it would fail and look broken.
  dependsOn: [rolesOfApp]
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    systemTopicId: topics.outputs.systemTopicId
    runtimePrincipalId: identities.outputs.runtimePrincipalId
    emails: alertEmails
    webhook: alertWebhook
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

output appName string = functionApp.outputs.name
output appUrl string = functionApp.outputs.url
output vaultName string = vault.outputs.name
output vaultUrl string = vault.outputs.url
output topicEndpoint string = topics.outputs.topicEndpoint
output storageName string = storage.outputs.name
output workspaceId string = monitoring.outputs.workspaceId
output runtimeClientId string = identities.outputs.runtimeClientId
output runtimePrincipalId string = identities.outputs.runtimePrincipalId
output rotatorClientId string = identities.outputs.rotatorClientId
