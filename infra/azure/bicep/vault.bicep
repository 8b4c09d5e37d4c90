param token string
param location string
param tags object
param isPrivate bool
param allowedAddresses array
param isLocked bool
param isRecovered bool
param workspaceId string
param pseudonymsName string
@secure()
param pseudonyms string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  // checkov:skip=CKV_AZURE_109: denied with private networking; without it the app has no address to name, and roles alone open it
  name: 'kv-easgate-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    createMode: isRecovered ? 'recover' : 'default'
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      // Allow: outside a network of its own a Flex Consumption app has no address one could name.
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      ipRules: [for address in allowedAddresses: { value: address }]
      virtualNetworkRules: []
    }
  }
}

resource auditPseudonyms 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(pseudonyms)) {
  // checkov:skip=CKV_AZURE_41: nothing must end it unasked; whoever disables it leaves names out of the audit
  // checkov:skip=CKV_AZURE_114: it has a content type, which the check misses
  parent: vault
  name: pseudonymsName
  tags: tags
  properties: {
    contentType: 'key of the audit\'s pseudonyms'
    value: pseudonyms
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Deleting it drops its role assignments and event subscriptions, and recovery brings neither back.'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
output url string = vault.properties.vaultUri
