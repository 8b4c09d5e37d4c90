"""Everything the app talks to, on loopback, and the app itself in its host."""

import base64
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueServiceClient

from infra.local import alerts, contoso, people, senders, sign_in, telemetry
from infra.local.authority import Authority
from infra.local.azurite import Azurite
from infra.local.fault_switch import FaultSwitch
from infra.local.host.launch import FunctionHost
from infra.local.places import CHECKOUT
from infra.local.public_address import PublicAddress
from infra.local.relay import relayed
from infra.local.serve import Server, Simulator
from infra.local.sign_in import Identities
from infra.local.simulators.certificate_authority import CertificateAuthorities
from infra.local.simulators.entra import Entra
from infra.local.simulators.event_grid import EventGridTopic
from infra.local.simulators.event_grid_system_topic import Subscription, VaultTopic
from infra.local.simulators.exchange import Exchange
from infra.local.simulators.graph import Attempt
from infra.local.simulators.maas360 import MaaS360
from infra.local.simulators.mdm import Mdm
from shared.credentials.certificate import Credential

A_YEAR = timedelta(days=365)

Watch = Callable[[str, Simulator], Simulator]


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


class World:
    """
    One tenant with a mailbox and a phone, everything around it, and the app.

    `keep` names a folder that storage survives in. `watch` may wrap each service, and then
    sees storage calls too. `lease` and `wipe_settle` (seconds) shorten waits that are minutes
    in earnest; `limits` are the others that a tenant may set: unless it is `guarded`, nothing
    that is asked needs an approver. With another `credential`, there is no certificate anywhere.
    """

    def __init__(  # noqa: PLR0913 - each is about another part of the world
        self,
        *,
        keep: Path | None = None,
        watch: Watch | None = None,
        lasts: timedelta = A_YEAR,
        lease: float | None = None,
        wipe_settle: float = 120.0,
        limits: Mapping[str, float] | None = None,
        credential: Credential = Credential.CERTIFICATE,
        embedded: bool = False,
        guarded: bool = False,
    ) -> None:
        self.function_key, self.master_key = secrets.token_hex(24), secrets.token_hex(24)
        self.webhook_secret = Mdm.new_secret()
        self.sender_keys = senders.new_keys()
        self.host: FunctionHost | None = None
        self.addresses, self.settings = dict[str, str](), dict[str, str]()
        self._azurite = Azurite(keep)
        self._watch = watch
        self._lease, self._embedded = lease, embedded
        self.is_alerting = False  # whether the receivers of alerts are told
        self.mdm_schedule = contoso.NIGHTLY  # when the MDMs are asked that cannot call
        self._limits = contoso.limits(limits or {}, wipe_settle=wipe_settle, guarded=guarded)
        self._credential = credential
        self._open = ExitStack()
        self._directory()
        self._tenant()
        self._vault()
        if credential is Credential.CERTIFICATE:
            sign_in.certify(self.entra.directory, self.vault, not_after=utc_now() + lasts)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
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
                sign_in=people.written(self._folder),
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
        self.put_encoded(queue, base64.b64encode(text.encode()).decode())

    def put_encoded(self, queue: str, text: str) -> None:
        """Put a message on a queue exactly as it stands."""
        with self._queues.get_queue_client(queue) as client:
            with suppress(ResourceExistsError):
                client.create_queue()
            client.send_message(text)

    def deliver_vault_events(self) -> int:
        """Let the vault do what is due, and its events arrive; returns how many messages."""
        self.vault.tick()
        return self.vault_topic.deliver()

    def deliver_notifications(self) -> list[Attempt]:
        """Let Microsoft Graph tell what is pending; returns what became of each call."""
        return self.graph.notifications.deliver()

    @property
    def connection_string(self) -> str:
        """How to reach the storage account without being watched."""
        return self._azurite.connection_string

    def _directory(self) -> None:
        self.entra = Entra(clock=utc_now)
        self.app = sign_in.registered(self.entra, self._credential)
        self.identities = Identities(self.entra, self._credential)
        # It calls us on loopback, where our own authority vouches for us.
        self._outbound = httpx.Client(trust_env=False, verify=False, timeout=10.0)  # noqa: S501
        self.graph = sign_in.graph(self.entra, self._outbound, utc_now)

    def _tenant(self) -> None:
        self.topic = EventGridTopic(jwks=self.entra.jwks, clock=utc_now)
        self.insights = telemetry.component(self.entra, utc_now)
        self.exchange = Exchange(jwks=self.entra.jwks, clock=utc_now)
        self.receivers = alerts.receivers(utc_now)
        self.authorities = CertificateAuthorities(clock=utc_now)
        self.maas360 = MaaS360(senders.ACCOUNT, clock=utc_now)
        self.tenant = self.exchange.add_tenant(contoso.TENANT_ID, domain=contoso.DOMAIN)
        self.role_group = sign_in.role_group(self.tenant, self.app, utc_now())
        self.mailbox = self.tenant.add_mailbox(contoso.MAILBOX)
        who = self.mailbox.name  # one person, in the directory as in Exchange
        self.user = self.graph.users.add(contoso.TENANT_ID, contoso.MAILBOX, object_id=who)
        self.phone = self.tenant.add_device(self.mailbox, device_id=contoso.PHONE)

    def _vault(self) -> None:
        self.vault = sign_in.vault(self.entra, utc_now)
        self.vault.set_secret(contoso.SECRET_NAME, self.webhook_secret)
        self.vault.set_secret(contoso.PSEUDONYMS, secrets.token_hex(32))
        senders.store(self.vault, self.sender_keys)

    def _start(self) -> None:
        self._folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self._open.enter_context(self._azurite)
        self._open.callback(self._outbound.close)
        self._queues = self._open.enter_context(
            QueueServiceClient.from_connection_string(self._azurite.connection_string)
        )
        authority = Authority.create(self._folder)
        server = self._open.enter_context(Server(authority))
        self._open.callback(self.authorities.let_go)  # first: what nobody awaits
        self._mount(server)
        self.settings = {
            **contoso.settings(
                self.addresses,
                client_id=self.app.client_id,
                credential=self._credential,
                limits=self._limits,
                senders=senders.settings(maas360=self.addresses["maas360"]),
                mdm_schedule=self.mdm_schedule,
            ),
            **authority.environment(beside_others=not self._embedded),  # `func` downloads
            **people.settings(),
            "AzureWebJobsStorage": self._storage(server),
            "FUNCTIONS_WORKER_RUNTIME": "python",
            **self.identities.settings(),
            **telemetry.settings(
                self.insights.connection_string(self.addresses["insights"]),
                client_id=self.identities.settings()["AZURE_CLIENT_ID"],
            ),
            **(alerts.settings(self.addresses["receivers"]) if self.is_alerting else {}),
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child's, not a setting of ours
        }
        self.start_host()
        self._open.callback(self.stop_host)

    def _mount(self, server: Server) -> None:
        services: dict[str, Simulator] = {
            "entra": self.entra,
            "vault": self.vault,
            "exchange": self.exchange,
            "graph": self.graph,
            "topic": self.topic,
            "insights": self.insights,
            "maas360": self.maas360,
            "receivers": self.receivers,
        }
        for name, simulator in services.items():
            self.addresses[name] = server.mount(self._watched(name, simulator), name=name)
        alerts.store(self.vault, self.receivers, self.addresses["receivers"])
        self.vault_topic = VaultTopic(
            self.put_encoded,
            vault_url=self.addresses["vault"],
            source=contoso.VAULT_RESOURCE,
            subscription=Subscription(queue=contoso.VAULT_EVENTS),
        )
        self.vault.subscribe(self.vault_topic)
        public = PublicAddress(self._outbound, lambda: self.url)
        self.addresses["public"] = server.mount(public, name="public")
        plain: dict[str, Simulator] = {
            "identity": self.identities,  # the platform's own, on the instance itself
            "authorities": self.authorities,  # lists are fetched over plain HTTP
            "faults": FaultSwitch(self.exchange.faults),
            "insights_control": telemetry.control(self.insights),
        }
        for name, simulator in plain.items():
            served = self._watched(name, simulator)
            self.addresses[name] = server.mount(served, name=name, tls=False)
        self.authorities.base_url = self.addresses["authorities"]

    def _storage(self, server: Server) -> str:
        """Return how the app reaches storage: by way of us, if we are to watch."""
        direct = self._azurite.connection_string
        if self._watch is None:
            return direct
        client = self._open.enter_context(httpx.Client(timeout=30.0))
        origins = (("queues", self._azurite.queue_url), ("tables", self._azurite.table_url))
        for name, origin in ((name, url.rpartition("/")[0]) for name, url in origins):
            relay = self._watched(name, relayed(client, origin))
            direct = direct.replace(origin, server.mount(relay, name=name, tls=False))
        return direct

    def _watched(self, name: str, simulator: Simulator) -> Simulator:
        return self._watch(name, simulator) if self._watch else simulator
