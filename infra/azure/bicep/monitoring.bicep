param token string
param location string
param tags object
@minValue(30)
@maxValue(730)
param retentionDays int
@minValue(-1)
param dailyQuotaGB int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-easgate-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    // Whoever floods the webhooks must not be able to spend without end.
    workspaceCapping: { dailyQuotaGb: dailyQuotaGB }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-easgate-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
// An address, and no secret: without a token of Entra ID nothing is taken in.
output insightsConnection string = insights.properties.ConnectionString
