param location string
param tags object
param workspaceId string

// Each query says how far back it looks; this must not cut it short.
var longest = { durationMs: 2592000000 }
var content = {
  version: 'Notebook/1.0'
  items: [
    {
      type: 9
      name: 'parameters'
      content: {
        version: 'KqlParameterItem/1.0'
        style: 'pills'
        parameters: [
          {
            id: '6a9a5c0e-5f0e-4b39-9a5c-3a1c7d6f2b01'
            version: 'KqlParameterItem/1.0'
            name: 'OperationId'
            label: 'Operation'
            type: 1
            isRequired: true
          }
        ]
      }
    }
    {
      type: 3
      name: 'standing'
      content: {
        version: 'KqlItem/1.0'
        title: 'How tenants, certificates and queues stand'
        query: loadTextContent('../queries/standing.kql')
        size: 0
        timeContext: longest
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
      }
    }
    {
      type: 3
      name: 'actions'
      content: {
        version: 'KqlItem/1.0'
        title: 'Actions by outcome'
        query: loadTextContent('../queries/actions.kql')
        size: 0
        timeContext: longest
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
      }
    }
    {
      type: 3
      name: 'operation'
      content: {
        version: 'KqlItem/1.0'
        title: 'One operation, from the webhook to Exchange'
        query: loadTextContent('../queries/operation.kql')
        size: 0
        timeContext: longest
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
      }
    }
  ]
  fallbackResourceIds: [workspaceId]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'easgate-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'easgate'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: string(content)
  }
}
