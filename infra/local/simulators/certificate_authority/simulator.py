"""The authorities of one company, behind one plain HTTP address."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, RLock

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from infra.local.simulators.certificate_authority import certificates, delivery, der, spoiling
from infra.local.simulators.certificate_authority.authority import (
    DAY,
    YEAR,
    Authority,
    Surroundings,
)
from infra.local.simulators.certificate_authority.certificates import Contents, Issued
from infra.local.simulators.certificate_authority.lists import Signed, signed
from infra.local.simulators.certificate_authority.modes import CrlMode

_NAME = re.compile(r"(?!.*-delta$)[a-z0-9]+(-[a-z0-9]+)*")
_PATH = re.compile(r"/(?P<place>crl|elsewhere)/(?P<name>[a-z0-9-]+?)(?P<delta>-delta)?\.crl")


class CertificateAuthorities:
    """
    Makes authorities and serves their lists, over plain HTTP as RFC 5280 advises.

    Set `base_url` to where it is mounted: certificates issued from then on say where the list
    of their issuer stands. `slow_seconds` is how long the slow modes take; call `let_go`
    before its server ends, or that waits for them. `requests` counts by path.
    """

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.base_url = ""
        self.slow_seconds = 15.0
        self.requests = Counter[str]()
        self._clock = clock
        self._known = dict[str, Authority]()
        self._lock = RLock()
        self._around = Surroundings(clock, lambda: self.base_url, self._lock)
        self._released = Event()

    def root(
        self,
        name: str,
        *,
        begins: timedelta = -DAY,
        lasts: timedelta = 10 * YEAR,
        has_delta: bool = False,
        extensions: tuple[der.Extension, ...] | None = None,
    ) -> Authority:
        """
        Make an authority that nobody vouches for.

        *name* is its common name and in its addresses: lower case, digits and hyphens; one
        that is taken raises ValueError. *extensions* are in place of those of an authority.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        contents = self._contents(name, begins, lasts, extensions).with_extensions(
            certificates.subject_key(key), certificates.authority_key(key)
        )
        issuer = x509.Name.from_rfc4514_string(contents.subject)
        certificate = contents.signed(key, issuer=issuer, issuer_key=key)
        issued = Issued(certificates.in_der(certificate), key)
        return self._add(Authority(name, issued, self._around, has_delta=has_delta))

    def intermediate(
        self,
        name: str,
        parent: Authority,
        *,
        begins: timedelta = -DAY,
        lasts: timedelta = 5 * YEAR,
        has_delta: bool = False,
        extensions: tuple[der.Extension, ...] | None = None,
    ) -> Authority:
        """Make an authority that *parent* vouches for; the rest is as of a root."""
        issued = parent.issue(self._contents(name, begins, lasts, extensions))
        return self._add(Authority(name, issued, self._around, has_delta=has_delta, parent=parent))

    def named(self, name: str) -> Authority:
        """Return an authority; raises LookupError if there is none."""
        return self._known[name]

    def let_go(self) -> None:
        """Let nobody wait any longer, now and later."""
        self._released.set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        with self._lock:
            self.requests[request.url.path] += 1
            path = _PATH.fullmatch(request.url.path)
            authority = self._known.get(path["name"]) if path else None
            is_delta = path is not None and path["delta"] is not None
            if path is None or authority is None or (is_delta and not authority.has_delta):
                return httpx.Response(404, text="Not Found")
            if request.method != "GET":
                return httpx.Response(405, headers={"Allow": "GET"})
            mode = authority.delta_mode if is_delta else authority.crl_mode
            if mode is CrlMode.REDIRECTING and path["place"] == "crl":
                where = request.url.path.replace("/crl/", "/elsewhere/", 1)
                return httpx.Response(302, headers={"Location": where})
            crl = self._signed(authority, mode, is_delta=is_delta)
        return delivery.delivered(crl, mode, seconds=self.slow_seconds, wait=self._released.wait)

    def _signed(self, authority: Authority, mode: CrlMode, *, is_delta: bool) -> Signed:
        wants_delta = is_delta is not (mode is CrlMode.OTHER_KIND)
        right = authority.delta() if wants_delta else authority.crl()
        crl = spoiling.spoilt(right, mode, self._clock())
        key = spoiling.another_key() if mode is CrlMode.WRONG_SIGNER else authority.key
        made = signed(crl, key)
        if mode is not CrlMode.TAMPERED:
            return made
        said, lied = (der.time(crl.this_update - each) for each in (timedelta(), DAY))
        return Signed(made.size, iter([b"".join(made.pieces).replace(said, lied, 1)]))

    def _contents(
        self,
        name: str,
        begins: timedelta,
        lasts: timedelta,
        extensions: tuple[der.Extension, ...] | None,
    ) -> Contents:
        if not _NAME.fullmatch(name) or name in self._known:
            raise ValueError(f"{name} is taken, or cannot be in an address")
        now = self._clock()
        if extensions is None:
            extensions = certificates.authority_extensions(None)
        return Contents(
            subject=f"CN={name},O=Contoso",
            starts=now + begins,
            ends=now + lasts,
            serial=x509.random_serial_number(),
            extensions=extensions,
        )

    def _add(self, authority: Authority) -> Authority:
        with self._lock:
            self._known[authority.name] = authority
        return authority
