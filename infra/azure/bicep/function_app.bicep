param token string
param location string
param tags object
param pythonVersion string
param instanceMemoryMB int
param maximumInstanceCount int
param httpConcurrency int
param runtimeId string
param runtimeClientId string
param rotatorId string
param rotatorClientId string
@description('Empty: no network of its own.')
param subnetId string
param packageUrl string
param blobUrl string
param queueUrl string
param tableUrl string
param vaultUrl string
param topicEndpoint string
param insightsConnection string
param tenants string
param mdmSenders string
param alertReceivers string
param cloud string
param publicUrl string
param crlPrivateHosts string
param certificateSchedule string
param mdmSchedule string
param inventorySchedule string
param inventoryChangesSchedule string
@description('Client id of the app registration that people sign in to; empty: nobody can.')
param signInClientId string

var settings = {
  TENANTS: tenants
  MDM_SENDERS: mdmSenders
  ALERT_RECEIVERS: alertReceivers
  CLOUD: cloud
  KEY_VAULT_URL: vaultUrl
  EVENT_GRID_TOPIC_ENDPOINT: topicEndpoint
  AZURE_CLIENT_ID: runtimeClientId
  ROTATOR_CLIENT_ID: rotatorClientId
  API_CALLS_PER_SECOND: '20'
  CRL_PRIVATE_HOSTS: crlPrivateHosts
  CERTIFICATE_SCHEDULE: certificateSchedule
  MDM_SCHEDULE: mdmSchedule
  INVENTORY_SCHEDULE: inventorySchedule
  INVENTORY_CHANGES_SCHEDULE: inventoryChangesSchedule
  SIGN_IN_TENANT_ID: empty(signInClientId) ? '' : tenant().tenantId
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: runtimeClientId
  AzureWebJobsStorage__blobServiceUri: blobUrl
  AzureWebJobsStorage__queueServiceUri: queueUrl
  AzureWebJobsStorage__tableServiceUri: tableUrl
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${runtimeClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
  APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED: 'true'
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
  APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED: 'true'
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
  // At least what host.json lets run at once: batchSize and newBatchThreshold, and calls besides.
  PYTHON_THREADPOOL_THREAD_COUNT: '32'
}
var allSettings = empty(publicUrl) ? settings : union(settings, { PUBLIC_URL: publicUrl })

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  // checkov:skip=CKV_AZURE_225: zones demand instances that are always ready, and not every region has zones
  name: 'plan-easgate-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  // checkov:skip=CKV_AZURE_222: MDMs call from the internet; each call is verified by its sender's own scheme
  // checkov:skip=CKV_AZURE_78: Flex Consumption has no FTP to turn off, and the publishing passwords are off below
  // checkov:skip=CKV_AZURE_17: MDMs hold no client certificate of ours
  // checkov:skip=CKV_AZURE_212: the plan scales from zero; a fixed number of workers is none of its settings
  // checkov:skip=CKV_AZURE_213: it scales to zero, so no instance stays that a probe could watch, and each probe would start one
  name: 'func-easgate-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${runtimeId}': {}
      '${rotatorId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Open to the internet also when the rest is private: that is where MDMs call from.
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      appSettings: [for setting in items(allSettings): { name: setting.key, value: setting.value }]
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: runtimeId
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        // Unasked, the platform gives a Python instance few calls at a time, and bursts a new instance each.
        triggers: {
          http: { perInstanceConcurrency: httpConcurrency }
        }
      }
    }
  }
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(signInClientId)) {
  // checkov:skip=CKV_AZURE_13: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_222: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_63: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_65: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_66: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_80: these are settings of the site above, which the check takes for a site
  // checkov:skip=CKV_AZURE_88: these are settings of the site above, which the check takes for a site
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      // MDMs and systems prove themselves in ways of their own; the app asks who a person is where it matters.
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        // Without a client secret: the page needs to know who somebody is, and no token.
        registration: {
          clientId: signInClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [signInClientId]
          defaultAuthorizationPolicy: { allowedApplications: [signInClientId] }
        }
      }
    }
    login: {
      tokenStore: { enabled: false }
      // As long as this, a role that was taken away still works for who has signed in before.
      cookieExpiration: {
        convention: 'FixedTime'
        timeToExpiration: '04:00:00'
      }
    }
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
