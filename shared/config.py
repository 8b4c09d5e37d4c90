"""App settings: the only module that reads the environment. It complains once, about everything."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec

from shared import sign_in
from shared.alerts.settings import ReceiverSettings
from shared.alerts.settings import complaints as receiver_complaints
from shared.clouds import CLOUDS, Cloud
from shared.credentials.certificate import App, Credential
from shared.errors import Misconfigured
from shared.mdm.configured import complaints
from shared.mdm.settings import SenderSettings
from shared.sign_in import SignIn
from shared.tenants import Tenant, TenantEntry

STORAGE = "AzureWebJobsStorage"
SCHEDULES = (
    *("CERTIFICATE_SCHEDULE", "MDM_SCHEDULE"),
    *("INVENTORY_SCHEDULE", "INVENTORY_CHANGES_SCHEDULE"),
)
API_CALLS_PER_SECOND = 20.0
# Names of DNS, and addresses: IPv4 is written like a name, IPv6 is all hexadecimal and colons.
HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|[0-9a-f]*:[0-9a-f:]+"
)
T = TypeVar("T")
# Part of a webhook's address, and a key in table storage.
SenderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How the storage account is reached: a connection string, or addresses and our identity."""

    connection_string: str
    queue_uri: str
    table_uri: str
    blob_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """Where telemetry goes, and under which name."""

    connection_string: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an administrator decides."""

    tenants: Mapping[str, Tenant]
    senders: Mapping[str, SenderSettings]
    receivers: Mapping[str, ReceiverSettings]  # of alerts
    key_vault_url: str
    event_grid_endpoint: str
    storage: Storage
    authority_host: str
    exchange_base_url: str
    exchange_scope: str
    graph_base_url: str
    graph_scope: str
    federation_audience: str
    instance_discovery: bool
    verify_challenge_resource: bool
    identity_client_id: str
    rotator_client_id: str
    source: str
    public_url: str  # where Microsoft Graph finds our functions; empty if nobody asks
    schedules: Mapping[str, str]  # of the timers, which the host reads
    api_calls_per_second: float  # reads, of one caller at one worker; changes: a quarter
    sign_in: SignIn | None  # None: nobody can
    crl_private_hosts: frozenset[str]  # in lower case; others must have public addresses


def from_environment() -> Settings:
    """Read the app settings; Misconfigured names every one that is missing or wrong."""
    return read(os.environ)  # noqa: TID251 - this is that module


def storage_from_environment() -> Storage:
    """Read how storage is reached, whatever else is wrong with the settings."""
    reader = _Reader(os.environ)  # noqa: TID251 - this is that module
    storage = reader.storage()
    if reader.complaints:
        raise Misconfigured("; ".join(reader.complaints))
    return storage


def insights_from_environment() -> Insights | None:
    """Read where telemetry goes, whatever else is wrong with the settings; None: nowhere."""
    return read_insights(os.environ)  # noqa: TID251 - this is that module


def read_insights(environ: Mapping[str, str]) -> Insights | None:
    """Read where telemetry goes from a mapping."""
    text = environ.get("APPLICATIONINSIGHTS_CONNECTION_STRING", "")
    return Insights(connection_string=text, service=_site(environ)) if text else None


def read(environ: Mapping[str, str]) -> Settings:
    """Read settings from a mapping."""
    reader = _Reader(environ)
    tenants = reader.tenants()
    senders = reader.senders(tenants)
    cloud = reader.cloud()
    authority_host = environ.get("AUTHORITY_HOST", "")
    settings = Settings(
        tenants=tenants,
        senders=senders,
        receivers=reader.receivers(tenants),
        key_vault_url=reader.address("KEY_VAULT_URL"),
        event_grid_endpoint=reader.address("EVENT_GRID_TOPIC_ENDPOINT"),
        storage=reader.storage(),
        authority_host=(authority_host or cloud.authority_host).rstrip("/"),
        exchange_base_url=(environ.get("EXCHANGE_BASE_URL") or cloud.exchange).rstrip("/"),
        exchange_scope=f"{cloud.exchange}/.default",
        graph_base_url=(environ.get("GRAPH_BASE_URL") or cloud.graph).rstrip("/"),
        graph_scope=f"{cloud.graph}/.default",
        federation_audience=cloud.federation,
        instance_discovery=not authority_host,
        verify_challenge_resource=not _is_loopback(environ.get("KEY_VAULT_URL", "")),
        identity_client_id=environ.get("AZURE_CLIENT_ID", ""),
        rotator_client_id=environ.get("ROTATOR_CLIENT_ID", ""),
        public_url=reader.public_url(senders),
        schedules={name: environ.get(name, "") for name in SCHEDULES},
        api_calls_per_second=reader.rate("API_CALLS_PER_SECOND", API_CALLS_PER_SECOND),
        sign_in=reader.sign_in(),
        crl_private_hosts=reader.hosts("CRL_PRIVATE_HOSTS"),
        source=f"urn:easgate:{_site(environ)}",
    )
    if reader.complaints:
        raise Misconfigured("app settings need attention: " + "; ".join(reader.complaints))
    return settings


class _Reader:
    """Reads single settings and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.complaints: list[str] = []

    def address(self, name: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            self.complaints.append(f"{name} is missing")
        elif not (urlsplit(value).scheme == "https" and urlsplit(value).hostname):
            self.complaints.append(f"{name}: {value} is not an https address")
        return value

    def tenants(self) -> dict[str, Tenant]:
        found: dict[str, Tenant] = {}
        for entry in self.json("TENANTS", list[TenantEntry], []):
            tenant = Tenant(
                app=App(
                    tenant_id=str(entry.tenant_id),
                    client_id=str(entry.client_id),
                    certificate_name=entry.certificate_name,
                    object_id=str(entry.application_object_id or ""),
                    credential=entry.credential,
                ),
                organization=entry.organization,
                limits=entry.limits,
            )
            if tenant.app.has_certificate is not bool(entry.certificate_name):
                self.complaints.append(
                    f"TENANTS: {tenant.app.tenant_id}: give a certificate_name with the credential "
                    f"{Credential.CERTIFICATE}, and with no other"
                )
            if tenant.app.tenant_id in found:
                self.complaints.append(f"TENANTS: {tenant.app.tenant_id} stands there twice")
            found[tenant.app.tenant_id] = tenant
        return found

    def senders(self, tenants: Mapping[str, Tenant]) -> dict[str, SenderSettings]:
        found = self.json("MDM_SENDERS", dict[SenderName, SenderSettings], {}, default="{}")
        for name, sender in found.items():
            wrong = complaints(sender)
            if str(sender.tenant_id) not in tenants:
                wrong.append("names a tenant that is not in TENANTS")
            self.complaints.extend(f"MDM_SENDERS: {name}: {each}" for each in wrong)
        return found

    def receivers(self, tenants: Mapping[str, Tenant]) -> dict[str, ReceiverSettings]:
        shape = dict[SenderName, ReceiverSettings]
        found = self.json("ALERT_RECEIVERS", shape, {}, default="{}")
        for name, receiver in found.items():
            wrong = receiver_complaints(receiver, tenants)
            self.complaints.extend(f"ALERT_RECEIVERS: {name}: {each}" for each in wrong)
        return found

    def public_url(self, senders: Mapping[str, SenderSettings]) -> str:
        host = self._environ.get("WEBSITE_HOSTNAME", "")
        url = self._environ.get("PUBLIC_URL") or (f"https://{host}" if host else "")
        if not url and any(sender.vendor == "graph" for sender in senders.values()):
            self.complaints.append("PUBLIC_URL is missing: Microsoft Graph has to find us")
        return url.rstrip("/")

    def sign_in(self) -> SignIn | None:
        try:
            return sign_in.read(self._environ)
        except ValueError as error:
            self.complaints.append(str(error))
            return None

    def hosts(self, name: str) -> frozenset[str]:
        written = self._environ.get(name, "").lower().split(",")
        found = {each.strip() for each in written} - {""}
        wrong = sorted(each for each in found if not HOST.fullmatch(each))
        self.complaints.extend(f"{name}: {each} is no host name" for each in wrong)
        return frozenset(found)

    def rate(self, name: str, default: float) -> float:
        shape = Annotated[float, msgspec.Meta(gt=0, le=100_000)]
        return self.json(name, shape, default, default=str(default))

    def json(self, name: str, shape: type[T], fallback: T, *, default: str = "") -> T:
        text = self._environ.get(name, default)
        if not text:
            self.complaints.append(f"{name} is missing")
            return fallback
        try:
            return msgspec.json.decode(text, type=shape)
        except (msgspec.MsgspecError, ValueError) as error:
            self.complaints.append(f"{name}: {error}")
            return fallback

    def cloud(self) -> Cloud:
        name = self._environ.get("CLOUD") or "public"
        if name not in CLOUDS:
            self.complaints.append(f"CLOUD: {name} is none of {', '.join(CLOUDS)}")
        return CLOUDS.get(name, CLOUDS["public"])

    def storage(self) -> Storage:
        found = Storage(
            connection_string=self._environ.get(STORAGE, ""),
            queue_uri=self._environ.get(f"{STORAGE}__queueServiceUri", ""),
            table_uri=self._environ.get(f"{STORAGE}__tableServiceUri", ""),
            blob_uri=self._environ.get(f"{STORAGE}__blobServiceUri", ""),
        )
        addresses = (found.queue_uri, found.table_uri, found.blob_uri)
        if not found.connection_string and not all(addresses):
            self.complaints.append(
                f"{STORAGE} is missing: give a connection string, or {STORAGE}__queueServiceUri, "
                f"{STORAGE}__tableServiceUri and {STORAGE}__blobServiceUri"
            )
        return found


def _site(environ: Mapping[str, str]) -> str:
    return environ.get("WEBSITE_SITE_NAME") or "local"


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
