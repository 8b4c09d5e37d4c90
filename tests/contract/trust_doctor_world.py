"""A tenant whose users sign in with certificates: Graph, Exchange and a CA, simulated."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import CertificateAuthorities
from shared.crl_download import Downloads
from shared.exchange.organization import Organization
from shared.flows.crl_check import CrlCheck
from shared.flows.trust_doctor import Doctor
from shared.flows.trust_examination import Asked
from shared.trust.doctor.findings import Finding, Report
from tests.contract.exchange_client import ClientWorld
from tests.contract.graph_world import a_login_service
from tests.contract.trust_client_world import ADELE, TrustWorld

MONTH = timedelta(days=30)


class Hospital(TrustWorld):
    """A tenant in which all is well, and our doctor for it."""

    def __init__(self, authorities: CertificateAuthorities) -> None:
        super().__init__()  # which sets the clock back
        self.exchange = ClientWorld()
        self.organization = Organization(self.exchange.transport, sleep=self.naps.append)
        self.root = authorities.root("contoso-root")
        self.issuing = authorities.intermediate("contoso-issuing", self.root, has_delta=True)
        self.sample = self.issuing.user_certificate(upn=ADELE, email=ADELE)
        self.container = self.graph.trust.pki(self.tenant, name="Contoso PKI")
        for each, is_root in ((self.root, True), (self.issuing, False)):
            self.graph.trust.add(
                self.container,
                each.der,
                is_root=is_root,
                name=each.name,
                crl_url=each.crl_url,
                delta_crl_url="" if is_root else each.delta_url,
            )
        self.adele = self.user(mail=ADELE, proxyAddresses=[f"SMTP:{ADELE}"])
        self.signed_in(0)
        self.clock.now += timedelta(hours=1)
        for each in (self.root, self.issuing):
            each.publish()

    def signed_in(self, error_code: int) -> None:
        """Let the user have signed in with the certificate."""
        self.graph.sign_ins.add(
            self.tenant,
            ADELE,
            user_id=self.adele,
            error_code=error_code,
            method="X.509 Certificate",
        )

    def report(self, *, may_write: bool = True) -> Report:
        """Let the doctor look, at the sample and its user."""
        return Doctor(
            tenant_id=self.tenant,
            directory=self.trust,
            organization=self.organization,
            crls=CrlCheck(
                source=Downloads.over_network(frozenset({"127.0.0.1"})), clock=self.clock
            ),
            may_write=may_write,
            clock=self.clock,
        ).report(Asked(user=ADELE, certificate=self.sample.der))

    def row(self, name: str) -> Finding:
        """Return one row of the report."""
        [found] = [each for each in self.report().rows if each.row == name]
        return found


@contextmanager
def hospital() -> Iterator[Hospital]:
    """Serve the lists of a CA while a test runs."""
    clock, _, _ = a_login_service()
    authorities = CertificateAuthorities(clock=clock)
    with Server(None) as server:
        authorities.base_url = server.mount(authorities, name="certificate_authority", tls=False)
        try:
            yield Hospital(authorities)
        finally:
            authorities.let_go()
