"""One authority: what it issues, what it revokes, and what its lists say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import RLock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from infra.local.simulators.certificate_authority import certificates
from infra.local.simulators.certificate_authority.certificates import Contents, Issued
from infra.local.simulators.certificate_authority.ledger import DELTA_LIFETIME, LIFETIME, Ledger
from infra.local.simulators.certificate_authority.lists import Crl
from infra.local.simulators.certificate_authority.modes import CrlMode

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all authorities have in common."""

    clock: Callable[[], datetime]
    base_url: Callable[[], str]  # "" while nothing is mounted
    lock: RLock


class Authority:
    """An authority; made by `CertificateAuthorities`. Its modes may be set at any time."""

    def __init__(
        self,
        name: str,
        issued: Issued,
        around: Surroundings,
        *,
        has_delta: bool,
        parent: "Authority | None" = None,
    ) -> None:
        self.name, self.parent, self.has_delta = name, parent, has_delta
        self.der, self.key = issued
        self.crl_mode = self.delta_mode = CrlMode.RIGHT
        self._around = around
        self._ledger = Ledger(around.clock, has_delta=has_delta)

    @cached_property
    def certificate(self) -> x509.Certificate:
        """Its own certificate, read."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def serial(self) -> str:
        """The serial number of its own certificate: hexadecimal, upper case."""
        return f"{self.certificate.serial_number:X}"

    @property
    def crl_url(self) -> str:
        """Where its whole list stands; only the path while nothing is mounted."""
        return f"{self._around.base_url()}{self.crl_path}"

    @property
    def delta_url(self) -> str:
        """Where its delta stands; "" if it makes none."""
        return f"{self._around.base_url()}{self.delta_path}" if self.has_delta else ""

    @property
    def crl_path(self) -> str:
        """Where its whole list stands, below the host; requests are counted by it."""
        return f"/crl/{self.name}.crl"

    @property
    def delta_path(self) -> str:
        """Where its delta would stand."""
        return f"/crl/{self.name}-delta.crl"

    def user_certificate(
        self,
        *,
        upn: str = "",
        email: str = "",
        subject: str = "",
        begins: timedelta = -DAY,
        lasts: timedelta = YEAR,
        policies: Sequence[str] = (),
        purposes: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    ) -> Issued:
        """Issue a certificate for a user; *begins* and *lasts* count from now."""
        now = self._around.clock()
        contents = Contents(
            subject=subject or f"CN={upn or email or 'nobody'},O=Contoso",
            starts=now + begins,
            ends=now + lasts,
            serial=x509.random_serial_number(),
            extensions=certificates.subject_names(upn=upn, email=email),
        )
        of_device = certificates.key_usage("digital_signature")
        contents = contents.with_extensions(
            (x509.BasicConstraints(ca=False, path_length=None), True), (of_device, True)
        )
        if purposes:
            contents = contents.with_extensions((x509.ExtendedKeyUsage(purposes), False))
        if policies:
            contents = contents.with_extensions((_policies(policies), False))
        return self.issue(contents)

    def issue(self, contents: Contents) -> Issued:
        """Issue a certificate that says this, where its list stands, and whose keys it joins."""
        key = ec.generate_private_key(ec.SECP256R1())
        contents = contents.with_extensions(
            certificates.subject_key(key), certificates.authority_key(self.key)
        )
        if self._around.base_url():
            place = x509.CRLDistributionPoints(certificates.points(self.crl_url))
            contents = contents.with_extensions((place, False))
        issuer = self.certificate.subject
        signed = contents.signed(key, issuer=issuer, issuer_key=self.key)
        return Issued(certificates.in_der(signed), key)

    def revoke(self, serial: int | str, reason: x509.ReasonFlags | None = None) -> None:
        """Revoke a certificate (a serial in hexadecimal, or a number); it is listed at once."""
        with self._around.lock:
            self._ledger.revoke(_number(serial), reason)

    def reinstate(self, serial: int | str) -> None:
        """Give back a certificate that was on hold; raises LookupError for any other."""
        with self._around.lock:
            self._ledger.reinstate(_number(serial))

    def publish(self) -> None:
        """Make a new whole list; what deltas told is in it."""
        with self._around.lock:
            self._ledger.publish()

    def crl(self) -> Crl:
        """Return the whole list as it should be now."""
        ledger = self._ledger
        ledger.keep_fresh()
        number = (x509.CRLNumber(ledger.base_number), False)
        extensions = [certificates.authority_key(self.key), number]
        if self.has_delta:
            extensions.append((x509.FreshestCRL(certificates.points(self.delta_url)), False))
        return Crl(
            issuer=self.certificate.subject,
            this_update=ledger.published_at,
            next_update=ledger.published_at + LIFETIME,
            entries=ledger.base,
            extensions=tuple(extensions),
        )

    def delta(self) -> Crl:
        """Return the delta as it should be now."""
        ledger = self._ledger
        ledger.keep_fresh()
        return Crl(
            issuer=self.certificate.subject,
            this_update=ledger.changed_at,
            next_update=ledger.changed_at + DELTA_LIFETIME,
            entries=ledger.delta,
            extensions=(
                certificates.authority_key(self.key),
                (x509.CRLNumber(ledger.number), False),
                (x509.DeltaCRLIndicator(ledger.base_number), True),
            ),
        )


def _number(serial: int | str) -> int:
    return serial if isinstance(serial, int) else int(serial, 16)


def _policies(oids: Sequence[str]) -> x509.CertificatePolicies:
    return x509.CertificatePolicies(
        [x509.PolicyInformation(ObjectIdentifier(oid), None) for oid in oids]
    )
