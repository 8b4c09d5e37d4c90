// Right, and unlike our own templates: `.?`, `!`, indexes, any(), a union, several values in one.
targetScope = 'resourceGroup'
@description('x')
@allowed(['a', 'b'])
param location string = resourceGroup().location
param names array = []
@secure()
param secret string
param flag bool = false
var tags = { 'azd-env-name': location, owner: 'one' }
var acls = {
  bypass: 'Logging, Metrics'
  defaultAction: flag ? 'Deny' : 'Allow'
}
var n = length(names) > 0 ? 7 : 90
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = if (flag) {
  name: 'kv-${uniqueString(resourceGroup().id, location)}'
  location: location
  tags: union(tags, { x: 'true' })
  properties: {
    sku: { family: 'A', name: flag ? 'premium' : 'standard' }
    tenantId: tenant().tenantId
    accessPolicies: [for (p, i) in names: {
      tenantId: subscription().tenantId
      objectId: p.id
      permissions: { keys: ['get', 'sign'], secrets: contains(p, 'secrets') ? p.secrets : [] }
    }]
    enablePurgeProtection: true
    enableRbacAuthorization: true
    softDeleteRetentionInDays: n
    networkAcls: { defaultAction: 'Allow', bypass: 'None' }
  }
}
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (flag) {
  name: 'l'
  scope: vault
  properties: { workspaceId: vault.?properties.vaultUri ?? 'none', logs: [{ categoryGroup: 'audit', enabled: true }] }
}
resource st 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: take('st${toLower(replace(location, '-', ''))}', 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  identity: { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { '${vault.id}': {} } }
  properties: { allowSharedKeyAccess: false, allowBlobPublicAccess: false, supportsHttpsTrafficOnly: true, minimumTlsVersion: 'TLS1_2', networkAcls: acls }
}
resource s 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = [for (n2, i) in names: if (i > 0) {
  parent: vault
  name: n2.name
  tags: tags
  properties: { value: secret, attributes: { enabled: bool(n2.enabled), exp: int(n2.exp) }, contentType: any(n2.type) }
}]
resource q 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-04-01' = {
  name: '${st.name}/default/jobs'
}
resource m 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'm'
  location: 'global'
  tags: tags
  properties: {
    severity: 2
    enabled: true
    scopes: [st.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [{ name: 'c', metricName: 'Availability', operator: 'LessThan', threshold: json('0.5'), timeAggregation: 'Average', criterionType: 'StaticThresholdCriterion' }]
    }
  }
}
output O string = st.properties.primaryEndpoints['blob']
output P string = st.identity.principalId
output Q string = vault!.properties.?vaultUri ?? s[0].id
output R array = [for (x, i) in names: { id: s[i].id, uri: s[i].properties.secretUri, v: s[i].apiVersion }]
output T bool = az.resourceGroup().location == location && !empty(q.id)
output U int = n * 2
