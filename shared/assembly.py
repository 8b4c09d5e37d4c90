"""Which adapter stands behind which port; imported when the first message comes, not before."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from azure.core.credentials import TokenCredential
from azure.data.tables import TableServiceClient
from azure.identity import ManagedIdentityCredential
from azure.storage.queue import LinearRetry, QueueServiceClient

from shared import config
from shared.azure_failures import translated
from shared.config import Settings, Storage
from shared.events.publisher import Publisher
from shared.exchanges import CONNECTIONS, Connected, Surroundings, connect
from shared.identity.secrets import WebhookSecrets
from shared.identity.tokens import Tokens
from shared.identity.vault import Vault
from shared.mdm.senders import Sender, Senders
from shared.queues import Queues
from shared.records.certificates import Certificates
from shared.records.deliveries import Deliveries
from shared.records.journal import Journal
from shared.records.orders import Orders
from shared.records.postures import Postures
from shared.records.tables import Table
from shared.records.throttle import Throttles
from shared.services import Services

# A webhook's sender waits 15 seconds: whatever is down must be noticed well before.
PATIENCE: dict[str, Any] = {"retry_total": 1, "connection_timeout": 3, "read_timeout": 4}
Ping = Callable[[], None]
STORAGE_AUDIENCE = "https://storage.azure.com"


def build(clock: Callable[[], datetime]) -> Services:
    """Build everything from the app settings; nothing is called yet."""
    settings = config.from_environment()
    credential = _credential(settings)
    http = httpx.Client(limits=CONNECTIONS, timeout=15.0, follow_redirects=False)
    tables = _tables(settings.storage, credential)
    queues = Queues(_queues(settings.storage, credential), clock)
    journal = Journal(Table(tables, "journal"))
    pins = Certificates(Table(tables, "certificates"))
    vault = _vault(settings, credential)
    tokens = _tokens(settings, vault, pins, http, clock)
    events = _events(settings, credential, http)
    around = Surroundings(
        base_url=settings.exchange_base_url,
        tokens=tokens,
        board=Throttles(Table(tables, "throttle"), clock),
        events=events,
        clock=clock,
    )
    connected = {name: connect(tenant, around) for name, tenant in settings.tenants.items()}
    pings: dict[str, Ping] = {"tables": journal.ping, "queues": queues.ping, "events": events.ping}
    for each in connected.values():
        pings |= _pings(each, vault)
    return Services(
        tenants=settings.tenants,
        exchange=lambda tenant_id: connected[tenant_id].admin,
        access_facts=lambda tenant_id: connected[tenant_id].facts,
        journal=journal,
        postures=Postures(Table(tables, "postures")),
        orders=Orders(Table(tables, "orders")),
        deliveries=Deliveries(Table(tables, "deliveries"), clock),
        queues=queues,
        senders=_senders(settings, credential, clock),
        events=events,
        vault=vault,
        entra=tokens,
        pins=pins,
        clock=clock,
        pings=pings,
    )


def _credential(settings: Settings) -> ManagedIdentityCredential:
    _quieten()
    client_id = settings.identity_client_id or None
    return ManagedIdentityCredential(client_id=client_id, **PATIENCE)


def _pings(connected: Connected, vault: Vault) -> dict[str, Ping]:
    app = connected.app
    return {
        f"certificate:{app.tenant_id}": partial(vault.ping, app.certificate_name),
        f"exchange:{app.tenant_id}": connected.admin.ping,
        f"cmdlets:{app.tenant_id}": connected.ping_cmdlets,
    }


def build_queues(clock: Callable[[], datetime]) -> Queues:
    """Build the queues alone; Misconfigured only if storage itself is not set."""
    return Queues(_queues(config.storage_from_environment(), ManagedIdentityCredential()), clock)


def _quieten() -> None:
    for chatty in ("azure.core", "azure.identity", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)  # they log each request


def _vault(settings: Settings, credential: TokenCredential) -> Vault:
    return Vault(
        settings.key_vault_url,
        credential,
        verify_challenge_resource=settings.verify_challenge_resource,
        patience=PATIENCE,
    )


def _tokens(
    settings: Settings,
    vault: Vault,
    pins: Certificates,
    http: httpx.Client,
    clock: Callable[[], datetime],
) -> Tokens:
    return Tokens(
        vault,
        pins,
        http=http,
        authority_host=settings.authority_host,
        scope=settings.exchange_scope,
        instance_discovery=settings.instance_discovery,
        clock=clock,
    )


def _events(settings: Settings, credential: TokenCredential, http: httpx.Client) -> Publisher:
    return Publisher(
        http,
        endpoint=settings.event_grid_endpoint,
        source=settings.source,
        token=partial(_managed_identity_token, credential),
    )


def _senders(
    settings: Settings, credential: TokenCredential, clock: Callable[[], datetime]
) -> Senders:
    secrets = WebhookSecrets(
        settings.key_vault_url,
        credential,
        clock,
        verify_challenge_resource=settings.verify_challenge_resource,
        patience=PATIENCE,
    )
    known = {
        name: Sender(
            name=name,
            tenant_id=str(sender.tenant_id),
            secret_name=sender.secret_name,
            trust=sender.trust,
        )
        for name, sender in settings.senders.items()
    }
    return Senders(senders=known, secrets=secrets, clock=clock)


def _tables(storage: Storage, credential: TokenCredential) -> TableServiceClient:
    if storage.connection_string:
        return TableServiceClient.from_connection_string(storage.connection_string, **PATIENCE)
    return TableServiceClient(
        storage.table_uri, credential=credential, audience=STORAGE_AUDIENCE, **PATIENCE
    )


def _queues(storage: Storage, credential: TokenCredential) -> QueueServiceClient:
    # This package's own policy would sleep 15 seconds before it tries again.
    patience: dict[str, Any] = PATIENCE | {"retry_policy": LinearRetry(backoff=1, retry_total=1)}
    if storage.connection_string:
        return QueueServiceClient.from_connection_string(storage.connection_string, **patience)
    return QueueServiceClient(storage.queue_uri, credential=credential, **patience)


def _managed_identity_token(credential: TokenCredential, scope: str) -> str:
    with translated("The managed identity"):
        return credential.get_token(scope).token
