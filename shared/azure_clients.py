"""The Azure SDKs' clients, with the app's identity and patience that fits a webhook's sender."""

import logging
from typing import Any

from azure.core.credentials import TokenCredential
from azure.data.tables import TableServiceClient
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import BlobServiceClient
from azure.storage.blob import LinearRetry as BlobRetry
from azure.storage.queue import LinearRetry, QueueServiceClient

from shared.azure_failures import translated
from shared.config import Settings, Storage
from shared.identity.vault import Vault
from shared.identity.vault_versions import VaultVersions

# A webhook's sender waits 15 seconds: whatever is down must be noticed well before.
PATIENCE: dict[str, Any] = {"retry_total": 1, "connection_timeout": 3, "read_timeout": 4}
STORAGE_AUDIENCE = "https://storage.azure.com"


def identity(settings: Settings) -> ManagedIdentityCredential:
    """Return the identity that the app runs under."""
    _quieten()
    return ManagedIdentityCredential(client_id=settings.identity_client_id or None, **PATIENCE)


def rotator(settings: Settings, running: TokenCredential) -> TokenCredential:
    """Return the identity that makes certificates; the app's own, if no other is named."""
    if not settings.rotator_client_id:
        return running
    return ManagedIdentityCredential(client_id=settings.rotator_client_id, **PATIENCE)


def vault(settings: Settings, credential: TokenCredential) -> Vault:
    """Return the vault, to look and to sign."""
    return Vault(
        settings.key_vault_url,
        credential,
        verify_challenge_resource=settings.verify_challenge_resource,
        patience=PATIENCE,
    )


def vault_versions(settings: Settings, credential: TokenCredential) -> VaultVersions:
    """Return the vault, to make certificate versions and to end them."""
    return VaultVersions(
        settings.key_vault_url,
        credential,
        verify_challenge_resource=settings.verify_challenge_resource,
        patience=PATIENCE,
    )


def tables(storage: Storage, credential: TokenCredential) -> TableServiceClient:
    """Return Table storage."""
    if storage.connection_string:
        return TableServiceClient.from_connection_string(storage.connection_string, **PATIENCE)
    return TableServiceClient(
        storage.table_uri, credential=credential, audience=STORAGE_AUDIENCE, **PATIENCE
    )


def queues(storage: Storage, credential: TokenCredential) -> QueueServiceClient:
    """Return Queue storage."""
    # This package's own policy would sleep 15 seconds before it tries again.
    patience: dict[str, Any] = PATIENCE | {"retry_policy": LinearRetry(backoff=1, retry_total=1)}
    if storage.connection_string:
        return QueueServiceClient.from_connection_string(storage.connection_string, **patience)
    return QueueServiceClient(storage.queue_uri, credential=credential, **patience)


def blobs(storage: Storage, credential: TokenCredential) -> BlobServiceClient:
    """Return Blob storage."""
    # As for queues, whose policy it has.
    patience: dict[str, Any] = PATIENCE | {"retry_policy": BlobRetry(backoff=1, retry_total=1)}
    if storage.connection_string:
        return BlobServiceClient.from_connection_string(storage.connection_string, **patience)
    return BlobServiceClient(storage.blob_uri, credential=credential, **patience)


def token(credential: TokenCredential, scope: str) -> str:
    """Return the text of a token of an identity."""
    with translated("The managed identity"):
        return credential.get_token(scope).token


def _quieten() -> None:
    for chatty in ("azure.core", "azure.identity", "azure.monitor", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)  # they log each request
