"""The gate on resource types: each planted mistake is found where it is, and nothing else."""

from pathlib import Path

import pytest

from tests.unit.azure.gate_world import Mistake, assert_found_alone

VAULT, TOPICS, STORAGE = "bicep/vault.bicep", "bicep/topics.bicep", "bicep/storage.bicep"
APP, EVENTS = "bicep/function_app.bicep", "bicep/vault_events.bicep"

MISTAKES = [
    Mistake(
        name="a property is misspelt",
        file=VAULT,
        old="enableSoftDelete: true",
        new="enableSoftDeletes: true",
        rule="property",
        said="did you mean `enableSoftDelete`?",
    ),
    Mistake(
        name="a property deep inside is misspelt",
        file=APP,
        old="maximumInstanceCount: maximumInstanceCount\n",
        new="maximumInstancesCount: maximumInstanceCount\n",
        rule="property",
        said="did you mean `maximumInstanceCount`?",
    ),
    Mistake(
        name="a property in an element of a list is misspelt",
        file=STORAGE,
        old="logs: [{ category: 'StorageWrite', enabled: true }]",
        new="logs: [{ categorie: 'StorageWrite', enabled: true }]",
        rule="property",
        said="did you mean `category`?",
    ),
    Mistake(
        name="a property is Azure's to say",
        file=TOPICS,
        old="    disableLocalAuth: true\n",
        new="    disableLocalAuth: true\n    endpoint: 'https://topic.example'\n",
        rule="property",
        said="cannot be set",
    ),
    Mistake(
        name="an existing resource is given a property",
        file=TOPICS,
        old="existing = {\n  name: vaultName\n",
        new="existing = {\n  name: vaultName\n  location: location\n",
        rule="property",
        said="an existing resource",
    ),
    Mistake(
        name="a property that does not exist is read",
        file=VAULT,
        old="vault.properties.vaultUri",
        new="vault.properties.vaultUrl",
        rule="property",
        said="did you mean `vaultUri`?",
    ),
    Mistake(
        name="a parent of the wrong type",
        file=STORAGE,
        old="parent: blobs\n  name: 'app-package'",
        new="parent: account\n  name: 'app-package'",
        rule="property",
        said="needs a Microsoft.Storage/storageAccounts/blobServices",
    ),
    Mistake(
        name="a child without a parent",
        file=APP,
        old="  parent: app\n  name: 'ftp'",
        new="  name: 'ftp'",
        rule="required",
        said="`parent` is missing",
        at="resource noFtp",
    ),
    Mistake(
        name="the sku is missing",
        file=VAULT,
        old="    sku: {\n      family: 'A'\n      name: 'standard'\n    }\n",
        new="",
        rule="required",
        said="`sku` is missing",
        at="properties: {",
    ),
    Mistake(
        name="the name is missing",
        file=STORAGE,
        old="  parent: account\n  name: 'default'\n}\n\nresource queues ",
        new="  parent: account\n}\n\nresource queues ",
        rule="required",
        said="`name` is missing",
        at="resource queueService ",
    ),
    Mistake(
        name="an endpoint does not say what it is",
        file=EVENTS,
        old="        endpointType: 'StorageQueue'\n",
        new="",
        rule="required",
        said="`endpointType` is missing",
        at="destination: {",
    ),
    Mistake(
        name="a value is not one of the known",
        file=VAULT,
        old="name: 'standard'",
        new="name: 'standart'",
        rule="value",
        said="did you mean `standard`?",
    ),
    Mistake(
        name="one side of a condition is not one of the known",
        file=STORAGE,
        old="isPrivate ? 'Deny' : 'Allow'",
        new="isPrivate ? 'Denied' : 'Allow'",
        rule="value",
        said="`Denied` is not known",
    ),
    Mistake(
        name="an endpoint is of no known kind",
        file=EVENTS,
        old="endpointType: 'StorageQueue'",
        new="endpointType: 'StorageQueues'",
        rule="value",
        said="did you mean `StorageQueue`?",
    ),
    Mistake(
        name="a service under a name it cannot have",
        file=STORAGE,
        old="  name: 'default'\n}\n\nresource queues ",
        new="  name: 'main'\n}\n\nresource queues ",
        rule="value",
        said="known: default",
    ),
    Mistake(
        name="a text where a number is wanted",
        file=VAULT,
        old="softDeleteRetentionInDays: 90",
        new="softDeleteRetentionInDays: '90'",
        rule="kind",
        said="string where int is wanted",
    ),
    Mistake(
        name="a parameter of the wrong kind",
        file=VAULT,
        old="enabledForDeployment: false",
        new="enabledForDeployment: location",
        rule="kind",
        said="string where bool is wanted",
    ),
    Mistake(
        name="an API version that does not exist",
        file=VAULT,
        old="'Microsoft.KeyVault/vaults@2026-02-01'",
        new="'Microsoft.KeyVault/vaults@2026-02-30'",
        rule="resource-type",
        said="2026-02-01",
    ),
    Mistake(
        name="a type that does not exist",
        file="bicep/identities.bicep",
        old="resource rotator 'Microsoft.ManagedIdentity/userAssignedIdentities@",
        new="resource rotator 'Microsoft.ManagedIdentity/userAssignedIdentitys@",
        rule="resource-type",
        said="did you mean `Microsoft.ManagedIdentity/userAssignedIdentities`?",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found_where_it_is(mistake: Mistake, tmp_path: Path) -> None:
    """The one rule that is about it speaks, and no other."""
    assert_found_alone(mistake, tmp_path)
