// The runtime signs and the rotator makes certificates: neither can do the other's part.

param token string
param location string
param tags object

resource runtime 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-easgate-runtime-${token}'
  location: location
  tags: tags
}

resource rotator 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-easgate-rotator-${token}'
  location: location
  tags: tags
}

output runtimeId string = runtime.id
output runtimeClientId string = runtime.properties.clientId
output runtimePrincipalId string = runtime.properties.principalId
output rotatorId string = rotator.id
output rotatorClientId string = rotator.properties.clientId
output rotatorPrincipalId string = rotator.properties.principalId
