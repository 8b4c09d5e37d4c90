"""A company's authorities on a port of their own, at noon of one day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from cryptography import x509

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import Authority, CertificateAuthorities
from tests.contract.openssl_oracle import Verdict, crl_verdict, listing_verdict
from tests.contract.trust_certificates import NOON
from tests.contract.trust_questions import CrlCase, ListingCase, Plainly


@dataclass
class CaWorld:
    """A root, an authority below it that makes deltas, and whoever downloads."""

    client: httpx.Client
    now: datetime = NOON
    authorities: CertificateAuthorities = field(init=False)
    root: Authority = field(init=False)
    issuing: Authority = field(init=False)

    def mounted(self, server: Server) -> "CaWorld":
        """Serve the authorities."""
        self.authorities = CertificateAuthorities(clock=lambda: self.now)
        self.authorities.base_url = server.mount(self.authorities, name="authorities", tls=False)
        self.root = self.authorities.root("contoso-root")
        self.issuing = self.authorities.intermediate("contoso-issuing", self.root, has_delta=True)
        return self

    def wait(self, moment: timedelta) -> None:
        """Let time pass."""
        self.now += moment

    def crl(self, authority: Authority) -> x509.CertificateRevocationList:
        """Download the whole list, in DER."""
        return x509.load_der_x509_crl(self.client.get(authority.crl_url).content)

    def delta(self, authority: Authority) -> x509.CertificateRevocationList:
        """Download the delta, in DER."""
        return x509.load_der_x509_crl(self.client.get(authority.delta_url).content)

    def verdict(self, crl: bytes) -> Verdict:
        """Let OpenSSL judge a list of the root."""
        case = CrlCase(
            name="downloaded",
            plainly=Plainly.OPEN,
            authority=self.root.der,
            crl=crl,
            leaf=self.issuing.der,
            at=self.now,
        )
        return crl_verdict(case)

    def listed(self, leaf: bytes, crl: bytes, delta: bytes | None = None) -> Verdict:
        """Let OpenSSL look a certificate of the root up."""
        case = ListingCase(
            name="downloaded",
            plainly=Plainly.OPEN,
            authority=self.root.der,
            crl=crl,
            leaf=leaf,
            serial=x509.load_der_x509_certificate(leaf).serial_number,
            delta=delta,
            at=self.now,
        )
        return listing_verdict(case)


def number(crl: x509.CertificateRevocationList) -> int:
    """Return the number of a list."""
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def base(delta: x509.CertificateRevocationList) -> int:
    """Return the number of the list that a delta is to."""
    return delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number
