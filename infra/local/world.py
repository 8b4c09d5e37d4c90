"""Everything the app talks to, on loopback, and the app itself in its host."""

import os
import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy

from infra.local import contoso
from infra.local.authority import Authority
from infra.local.azurite import Azurite
from infra.local.host.launch import FunctionHost
from infra.local.places import CHECKOUT
from infra.local.relay import relayed
from infra.local.serve import Server, Simulator
from infra.local.simulators.entra import Entra
from infra.local.simulators.event_grid import EventGridTopic
from infra.local.simulators.exchange import Exchange
from infra.local.simulators.managed_identity import ManagedIdentity
from infra.local.simulators.mdm import Mdm
from infra.local.simulators.vault import Vault

EXCHANGE_RESOURCE = "https://outlook.office365.com"
A_YEAR = timedelta(days=365)

Watch = Callable[[str, Simulator], Simulator]


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


class World:
    """
    One tenant with a mailbox and a phone, everything around it, and the app.

    `keep` names a folder that storage survives in. `watch` may wrap each service, and then
    sees storage calls too. `lease` and `wipe_settle` (seconds) shorten waits that are
    minutes in earnest.
    """

    def __init__(
        self,
        *,
        keep: Path | None = None,
        watch: Watch | None = None,
        lasts: timedelta = A_YEAR,
        lease: float | None = None,
        wipe_settle: float = 120.0,
        embedded: bool = False,
    ) -> None:
        self.function_key = secrets.token_hex(24)
        self.master_key = secrets.token_hex(24)
        self.webhook_secret = Mdm.new_secret()
        self.host: FunctionHost | None = None
        self.addresses: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        self._azurite = Azurite(keep)
        self._watch = watch
        self._lease, self._wipe_settle, self._embedded = lease, wipe_settle, embedded
        self._open = ExitStack()
        self._directory()
        self._tenant()
        self._vault(lasts)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def url(self) -> str:
        """Where the app's HTTP functions answer, up to and without /api."""
        if self.host is None:
            raise RuntimeError("the function host is not running")
        return self.host.url

    def start_host(self) -> FunctionHost:
        """Start the app; a host that runs is left alone."""
        if self.host is None or self.host.process.poll() is not None:
            self.host = FunctionHost.start(
                CHECKOUT,
                self.settings,
                log=self._folder / "host.log",
                function_key=self.function_key,
                master_key=self.master_key,
                lease=self._lease,
                embedded=self._embedded,
            )
        return self.host

    def stop_host(self) -> None:
        """Let the app finish what it does, and end."""
        if self.host is not None:
            self.host.stop()
            self.host = None

    def kill_host(self) -> None:
        """End the app at once, as a crash would."""
        if self.host is not None:
            self.host.kill()

    def log_text(self) -> str:
        """Return everything the app and its host have logged."""
        log = self._folder / "host.log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def mdm(self, client: httpx.Client) -> Mdm:
        """Return the MDM that reports on the tenant's phones."""
        address = f"{self.url}/api/mdm/{contoso.SENDER}"
        return Mdm(address, secrets=[self.webhook_secret], client=client, clock=utc_now)

    def put(self, queue: str, text: str) -> None:
        """Put a message on a queue, as another system would."""
        client = self._queues.get_queue_client(
            queue, message_encode_policy=TextBase64EncodePolicy()
        )
        with client:
            with suppress(ResourceExistsError):
                client.create_queue()
            client.send_message(text)

    @property
    def connection_string(self) -> str:
        """How to reach the storage account without being watched."""
        return self._azurite.connection_string

    def _directory(self) -> None:
        self.entra = Entra(clock=utc_now)
        self.entra.directory.add_tenant(contoso.TENANT_ID, contoso.DOMAIN)
        self.entra.directory.add_application(
            contoso.CLIENT_ID,
            tenant_id=contoso.TENANT_ID,
            roles={EXCHANGE_RESOURCE: ["Exchange.ManageAsApp"]},
            wids=[contoso.EXCHANGE_ADMINISTRATOR],
        )

    def _tenant(self) -> None:
        self.topic = EventGridTopic(jwks=self.entra.jwks, clock=utc_now)
        self.exchange = Exchange(jwks=self.entra.jwks, clock=utc_now)
        self.tenant = self.exchange.add_tenant(contoso.TENANT_ID, domain=contoso.DOMAIN)
        self.mailbox = self.tenant.add_mailbox(contoso.MAILBOX)
        self.phone = self.tenant.add_device(self.mailbox, device_id=contoso.PHONE)

    def _vault(self, lasts: timedelta) -> None:
        self.vault = Vault(jwks=self.entra.jwks, tenant_id=contoso.TENANT_ID, clock=utc_now)
        for role in contoso.VAULT_ROLES:
            self.vault.roles.grant(contoso.APP_IDENTITY, role)
        self.vault.create_certificate(
            contoso.CERTIFICATE, subject="CN=easgate", not_after=utc_now() + lasts
        )
        self.entra.directory.add_certificate(
            contoso.CLIENT_ID, self.vault.certificate_der(contoso.CERTIFICATE)
        )
        self.vault.set_secret(contoso.SECRET_NAME, self.webhook_secret)

    def _start(self) -> None:
        self._folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self._open.enter_context(self._azurite)
        self._queues = self._open.enter_context(
            QueueServiceClient.from_connection_string(self._azurite.connection_string)
        )
        authority = Authority.create(self._folder)
        server = self._open.enter_context(Server(authority))
        self._mount(server)
        self.settings = {
            **contoso.settings(self.addresses, wipe_settle=self._wipe_settle),
            **authority.environment(),
            "AzureWebJobsStorage": self._storage(server),
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "IDENTITY_HEADER": self._identity_header,
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child's, not a setting of ours
        }
        self.start_host()
        self._open.callback(self.stop_host)

    def _mount(self, server: Server) -> None:
        self._identity_header = secrets.token_hex(24)
        identity = ManagedIdentity(
            self.entra, principal_id=contoso.APP_IDENTITY, secret=self._identity_header
        )
        services: dict[str, Simulator] = {
            "entra": self.entra,
            "vault": self.vault,
            "exchange": self.exchange,
            "topic": self.topic,
        }
        for name, simulator in services.items():
            self.addresses[name] = server.mount(self._watched(name, simulator), name=name)
        # The platform's own endpoint, on the instance itself: plain HTTP there too.
        self.addresses["identity"] = server.mount(
            self._watched("identity", identity), name="identity", tls=False
        )

    def _storage(self, server: Server) -> str:
        """Return how the app reaches storage: by way of us, if we are to watch."""
        direct = self._azurite.connection_string
        if self._watch is None:
            return direct
        client = self._open.enter_context(httpx.Client(timeout=30.0))
        for name, url in (("queues", self._azurite.queue_url), ("tables", self._azurite.table_url)):
            origin = url.rpartition("/")[0]
            relay = self._watched(name, relayed(client, origin))
            direct = direct.replace(origin, server.mount(relay, name=name, tls=False))
        return direct

    def _watched(self, name: str, simulator: Simulator) -> Simulator:
        return self._watch(name, simulator) if self._watch else simulator
