"""The daily watch over authorities and CRLs with nothing of its own replaced, on simulators."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import httpx

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import CertificateAuthorities
from infra.local.simulators.certificate_authority.authority import Authority
from infra.local.simulators.event_grid import EventGridTopic
from shared.credentials.certificate import App
from shared.crl_download import Downloads
from shared.events.publisher import Publisher
from shared.flows.crl_check import CrlCheck
from shared.flows.trust_watch import TrustWatch
from shared.records.announcements import Announcements
from shared.records.trust_records import TrustRecords
from tests.contract import exchange_world
from tests.contract.storage_wire import Wire, a_name, table
from tests.contract.trust_client_world import TrustWorld

AUDIENCE = "https://eventgrid.azure.net"
LOOPBACK = frozenset({"127.0.0.1"})


class Surroundings:
    """A tenant in Graph, a company's authorities on a port, a topic, and a table."""

    def __init__(self, open_: ExitStack, storage: str) -> None:
        self.graph = TrustWorld()
        self.clock = self.graph.clock
        self.topic = EventGridTopic(jwks=exchange_world.jwks, clock=self.clock)
        self.authorities = CertificateAuthorities(clock=self.clock)
        server = open_.enter_context(Server(None))
        open_.callback(self.authorities.let_go)
        self.authorities.base_url = server.mount(self.authorities, name="authorities", tls=False)
        self._open, self._storage, self._name = open_, storage, a_name()
        self._pki = self.graph.graph.trust.pki(self.graph.tenant)

    @property
    def app(self) -> App:
        """The tenant's app."""
        return App(
            tenant_id=self.graph.tenant,
            client_id=self.graph.client_id,
            certificate_name="easgate",
        )

    def trust(self, authority: Authority, *, is_root: bool = True) -> None:
        """Put an authority into the tenant's PKI store."""
        self.graph.graph.trust.add(
            self._pki,
            authority.der,
            is_root=is_root,
            name=authority.name,
            crl_url=authority.crl_url,
            delta_crl_url=authority.delta_url,
        )

    def watch(self, *, private_hosts: frozenset[str] = LOOPBACK) -> TrustWatch:
        """Return a worker's watch, with a connection to storage of its own."""
        rows = self._open.enter_context(table(self._storage, Wire(), self._name))
        downloads = Downloads.over_network(private_hosts)
        return TrustWatch(
            watched={self.graph.tenant: self.graph.trust},
            crls=CrlCheck(source=downloads, clock=self.clock),
            followed=TrustRecords(rows),
            stages=Announcements(rows),
            events=Publisher(
                httpx.Client(transport=httpx.MockTransport(self.topic)),
                endpoint="https://topic.westeurope-1.eventgrid.azure.net/api/events",
                source="urn:easgate:test",
                token=lambda _: exchange_world.a_token(self.clock(), {"aud": AUDIENCE}),
            ),
            clock=self.clock,
        )

    def looks(self, *, after: timedelta = timedelta()) -> None:
        """Let the daily run come, so long after the one before."""
        self.clock.now += after
        assert self.watch().look([self.app]) == []

    @property
    def told(self) -> list[tuple[str, ...]]:
        """What was published, repeats dropped: type, authority, and which."""
        return [_shown(event) for event in self.topic.by_id().values()]


@contextmanager
def surroundings(storage: str) -> Iterator[Surroundings]:
    """Build them, and stop what was started."""
    with ExitStack() as open_:
        yield Surroundings(open_, storage)


def _shown(event: dict[str, Any]) -> tuple[str, ...]:
    kind = event["type"].removeprefix("easgate.trust.").removesuffix(".v1")
    which = [str(event["data"][each]) for each in ("stage", "why") if each in event["data"]]
    return (kind, event["data"]["authority"], *which)
