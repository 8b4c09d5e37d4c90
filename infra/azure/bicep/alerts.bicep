param token string
param location string
param tags object
param workspaceId string
param systemTopicId string
@description('Object id of the only identity that may use a key or a secret.')
param runtimePrincipalId string
param emails array
@secure()
param webhook string

var isHeard = !empty(emails) || !empty(webhook)
var actionGroups = isHeard ? [people.id] : []
var rules = [
  {
    name: 'certificate-stage'
    title: 'A certificate or webhook secret runs out'
    text: 'Rotation should have renewed it by now. Runbook: certificate expired.'
    query: loadTextContent('../queries/alert_certificate_stage.kql')
    severity: 1
    every: 'PT1H'
    window: 'P2D'
  }
  {
    name: 'rotation-stuck'
    title: 'A certificate rotation does not end'
    text: 'The old certificate still works; find out which step fails. Runbook: certificate expired.'
    query: loadTextContent('../queries/alert_rotation_stuck.kql')
    severity: 2
    every: 'PT1H'
    window: 'P2D'
  }
  {
    name: 'poison-messages'
    title: 'Messages could not be handled'
    text: 'Nothing tries them again by itself. Runbook: poison messages.'
    query: loadTextContent('../queries/alert_poison_messages.kql')
    severity: 2
    every: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'heartbeat-missing'
    title: 'The daily certificate watch has not run'
    text: 'No word for 26 hours: the app is stopped, cannot start or cannot log. Fires once for a deployment too young to have run it.'
    query: loadTextContent('../queries/alert_heartbeat_missing.kql')
    severity: 1
    every: 'PT1H'
    window: 'P2D'
  }
  {
    name: 'unknown-signer'
    title: 'Somebody else used a key or a secret of the vault'
    text: 'Whoever signs with the certificate is the app, to Exchange. Find the caller, revoke its role, rotate.'
    query: replace(loadTextContent('../queries/alert_unknown_signer.kql'), 'RUNTIME_PRINCIPAL_ID', runtimePrincipalId)
    severity: 0
    every: 'PT15M'
    window: 'PT1H'
  }
]
// Events of the vault that its subscription could not deliver, or could not even keep.
var lostEvents = ['DeadLetteredCount', 'DroppedEventCount']

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (isHeard) {
  name: 'ag-easgate-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'easgate'
    emailReceivers: [for (address, index) in emails: { name: 'email-${index}', emailAddress: address, useCommonAlertSchema: true }]
    webhookReceivers: empty(webhook) ? [] : [{ name: 'webhook', serviceUri: webhook, useCommonAlertSchema: true }]
  }
}

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'easgate-${rule.name}-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'easgate: ${rule.title}'
    description: rule.text
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: rule.every
    windowSize: rule.window
    autoMitigate: true
    // The tables come into being with their first row, which may be a day away.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: { actionGroups: actionGroups }
  }
}]

resource lostEventAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for metric in lostEvents: {
  name: 'easgate-${toLower(metric)}-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'An event of the vault was not delivered; the daily watch will see what it was about.'
    severity: 3
    enabled: true
    scopes: [systemTopicId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: metric
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: metric
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for id in actionGroups: { actionGroupId: id }]
  }
}]
