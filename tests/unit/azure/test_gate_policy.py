"""The gate on our own promises: roles, keys, logs, dead letters, tags."""

from pathlib import Path

import pytest

from infra.azure.gate.keys import looks_like_a_key
from tests.unit.azure.gate_world import Mistake, assert_found_alone

ROLES, EVENTS, STORAGE = (
    "bicep/roles_of_app.bicep",
    "bicep/vault_events.bicep",
    "bicep/storage.bicep",
)
APP = "bicep/function_app.bicep"
VAULT_READER = "  scope: vault\n  name: guid(vault.id, runtimePrincipalId, keyVaultReader)\n"
STORAGE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq=="
TO_WORKSPACE = "\n  name: 'to-workspace'"

WRONG_ROLES = [
    Mistake(
        name="a vault's role on the storage account",
        file=ROLES,
        old=VAULT_READER,
        new=VAULT_READER.replace("scope: vault", "scope: storage"),
        rule="role",
        said="Key Vault Reader is assigned on Microsoft.Storage/storageAccounts",
    ),
    Mistake(
        name="all secrets instead of one",
        file=ROLES,
        old="scope: secrets[index]",
        new="scope: vault",
        rule="role",
        said="Key Vault Secrets User is assigned on Microsoft.KeyVault/vaults",
    ),
    Mistake(
        name="all queues instead of one",
        file=EVENTS,
        old="scope: queue\n",
        new="scope: storage\n",
        rule="role",
        said="Storage Queue Data Message Sender is assigned on Microsoft.Storage/storageAccounts",
    ),
    Mistake(
        name="the whole resource group",
        file=ROLES,
        old=VAULT_READER,
        new=VAULT_READER.replace("  scope: vault\n", ""),
        rule="role",
        said="on the whole resource group",
        at="resource runtimeVault ",
    ),
    Mistake(
        name="an id that is in no table",
        file="bicep/roles_of_deployer.bicep",
        old="roleDefinitions', keyVaultSecretsOfficer)",
        new="roleDefinitions', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')",
        rule="role",
        said="no role of the table",
    ),
    Mistake(
        name="another role's id under this name",
        file="bicep/roles_of_deployer.bicep",
        old="keyVaultCertificatesOfficer = 'a4417e6f-fecd-4de8-b567-7b0420556985'",
        new="keyVaultCertificatesOfficer = '00482a5a-887f-4fb3-b363-3b7fe8e74483'",
        rule="role",
        said="is not the id of Key Vault Certificates Officer",
    ),
    Mistake(
        name="the kind of principal is missing",
        file=ROLES,
        old="    principalId: rotatorPrincipalId\n    principalType: 'ServicePrincipal'\n",
        new="    principalId: rotatorPrincipalId\n",
        rule="role",
        said="`principalType` is missing",
        at="resource rotatorVault ",
    ),
    Mistake(
        name="a name without the principal",
        file=ROLES,
        old="guid(vault.id, rotatorPrincipalId, ",
        new="guid(vault.id, 'rotator', ",
        rule="role",
        said="not guid() of scope, principal and role",
    ),
    Mistake(
        name="a name that is no guid",
        file=ROLES,
        old="guid(vault.id, rotatorPrincipalId, keyVaultCertificatesOfficer)",
        new="uniqueString(vault.id, rotatorPrincipalId, keyVaultCertificatesOfficer)",
        rule="role",
        said="not guid() of scope, principal and role",
    ),
]
KEYS = [
    Mistake(
        name="the account's keys are listed",
        file=STORAGE,
        old="output name string = account.name\n",
        new="output name string = account.name\noutput key object = account.listKeys()\n",
        rule="list-keys",
        said="`listKeys` fetches a key",
    ),
    Mistake(
        name="keys are listed by the function",
        file=STORAGE,
        old="output name string = account.name\n",
        new="output name string = listKeys(account.id, '2026-04-01').keys[0].value\n",
        rule="list-keys",
        said="`listKeys` fetches a key",
    ),
    Mistake(
        name="a connection string is built",
        file=APP,
        old="  CLOUD: cloud\n",
        new="  CLOUD: cloud\n  STORAGE: 'AccountName=a;AccountKey=${tenants}'\n",
        rule="key",
        said="looks like a key",
    ),
    Mistake(
        name="a key is pasted in",
        file=APP,
        old="  CLOUD: cloud\n",
        new=f"  CLOUD: cloud\n  STORAGE: '{STORAGE_KEY}'\n",
        rule="key",
        said="looks like a key",
    ),
    Mistake(
        name="a secret has a default",
        file="main.bicep",
        old="param alertWebhook string = ''",
        new="param alertWebhook string = 'https://hook.example/1'",
        rule="key",
        said="`alertWebhook` is a secret and has a default",
    ),
]
PROMISES = [
    Mistake(
        name="nothing keeps dead letters",
        file=EVENTS,
        old="""    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storage.id
          blobContainerName: deadLetters.name
        }
      }
    }
""",
        new="",
        rule="dead-letter",
        said="`deadLetterWithResourceIdentity` is missing",
        at="eventSubscriptions@",
    ),
    Mistake(
        name="events are delivered without an identity",
        file=EVENTS,
        old="""    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: storage.id
          queueName: queue.name
          queueMessageTimeToLiveInSeconds: 604800
        }
      }
    }
""",
        new="",
        rule="delivery",
        said="`deliveryWithResourceIdentity` is missing",
        at="eventSubscriptions@",
    ),
    Mistake(
        name="a resource has no tags",
        file="bicep/identities.bicep",
        old="  name: 'id-easgate-rotator-${token}'\n  location: location\n  tags: tags\n",
        new="  name: 'id-easgate-rotator-${token}'\n  location: location\n",
        rule="tags",
        said="`rotator` has no tags",
        at="resource rotator ",
    ),
    Mistake(
        name="publishing by password stays on",
        file=APP,
        old="parent: app\n  name: 'scm'",
        new="parent: app\n  name: 'ftp'",
        rule="basic-publishing",
        said="through scm",
        at="resource app ",
    ),
]
UNLOGGED = [
    Mistake(
        name=f"nothing is logged of {logged}",
        file=file,
        old=f"scope: {logged}{TO_WORKSPACE}",
        new=f"scope: {instead}{TO_WORKSPACE}",
        rule="diagnostics",
        said=f"no diagnostic setting has `{logged}` as its scope",
        at=f"resource {logged} ",
    )
    for logged, instead, file in [
        ("vault", "lock", "bicep/vault.bicep"),
        ("topic", "vault", "bicep/topics.bicep"),
        ("systemTopic", "vault", "bicep/topics.bicep"),
        ("blobs", "account", STORAGE),
        ("queueService", "account", STORAGE),
        ("tableService", "account", STORAGE),
    ]
]


@pytest.mark.parametrize(
    "mistake", [*WRONG_ROLES, *KEYS, *PROMISES, *UNLOGGED], ids=lambda mistake: mistake.name
)
def test_broken_promise_is_found_where_it_is(mistake: Mistake, tmp_path: Path) -> None:
    """The one rule that is about it speaks, and no other."""
    assert_found_alone(mistake, tmp_path)


@pytest.mark.parametrize(
    ("value", "is_key"),
    [
        (STORAGE_KEY, True),
        ("https://account.blob.example/c?sv=2024&sig=abc", True),
        ("Endpoint=sb://x;SharedAccessKeyName=root", True),
        ("-----BEGIN PRIVATE KEY-----", True),
        ("Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01", False),
        ("4633458b-17de-408a-b874-0445c86b69e6", False),
        ("ClientId=${runtimeClientId};Authorization=AAD", False),
    ],
)
def test_key_is_known_by_its_looks(value: str, *, is_key: bool) -> None:
    """Ids, resource types and settings are no keys."""
    assert looks_like_a_key(value) is is_key
