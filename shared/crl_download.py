"""
Fetches revocation lists from addresses that a tenant has written down: guarded, and bounded.

On httpcore, the layer below httpx: there every wait can end with one and the same deadline
(httpx limits each wait by itself), and it is a checked address that is connected to, whatever
the name stands for a moment later. No proxy, no cookie, no redirect; a connection for each list.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from ssl import SSLContext
from typing import Self

import httpcore
import httpx
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream

from shared import public_address
from shared.public_address import NotPublic, Resolve, Unresolved
from shared.telemetry import traces
from shared.trust.crl import LARGEST
from shared.trust.crl_trouble import CrlTrouble, Unfetched

TIME_LIMIT = 10.0  # seconds in all: as long as Entra ID waits
SLOW = "it took longer than 10 seconds, and Entra ID waits no longer: use a faster server"
PORTS = {b"http": 80, b"https": 443}
LAST_PORT = 65_535
HEADERS = [
    (b"Accept", b"application/pkix-crl, */*"),
    (b"Accept-Encoding", b"identity"),  # what is unpacked here may be of any size
    (b"User-Agent", b"easgate"),
    (b"Connection", b"close"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Fetches one list at a time; looking up a name may take longer than the time limit."""

    private_hosts: frozenset[str]  # lower case; these may stand for addresses in our own network
    resolve: Resolve
    monotonic: Callable[[], float]
    tls: Callable[[], SSLContext]

    @classmethod
    def over_network(cls, private_hosts: frozenset[str] = frozenset()) -> Self:
        """Return downloads from real servers."""
        return cls(
            private_hosts=private_hosts,
            resolve=public_address.resolve,
            monotonic=time.monotonic,
            tls=httpx.create_ssl_context,
        )

    def fetch(self, url: str) -> bytes:
        """Return what stands there; Unfetched says why not, and quotes no address."""
        told = _readable(url)
        where = _target(told)
        headers = [(b"Host", told.netloc), *HEADERS]
        guard = _Guard(
            allow_private=where.host.decode("ascii").lower() in self.private_hosts,
            resolve=self.resolve,
            deadline=_Deadline(ends=self.monotonic() + TIME_LIMIT, monotonic=self.monotonic),
        )
        pool = httpcore.ConnectionPool(
            ssl_context=self.tls() if where.scheme == b"https" else None,
            max_connections=1,
            network_backend=guard,
        )
        try:
            with (
                traces.calling("CRL server", "get") as span,
                pool,
                pool.stream("GET", where, headers=headers) as answer,
            ):
                traces.answered(span, answer.status)
                return _content(answer)
        except httpcore.TimeoutException as error:
            raise Unfetched(CrlTrouble.TOO_SLOW, SLOW) from error
        # A ValueError: a name that TLS takes for none.
        except (httpcore.NetworkError, httpcore.ProtocolError, ValueError) as error:
            says = f"the server cannot be reached ({type(error).__name__}): see whether it is up"
            raise Unfetched(CrlTrouble.UNREACHABLE, says) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deadline:
    """The moment at which everything ends."""

    ends: float
    monotonic: Callable[[], float]

    def left(self) -> float:
        """Return the seconds that are left; Unfetched if there are none."""
        left = self.ends - self.monotonic()
        if left <= 0:
            raise Unfetched(CrlTrouble.TOO_SLOW, SLOW)
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guard(NetworkBackend):
    """Connects to checked addresses only, and waits for nothing longer than the deadline."""

    allow_private: bool
    resolve: Resolve
    deadline: _Deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        _ = timeout, local_address, socket_options  # the deadline is ours, the rest is not used
        found = self._checked(host, port)
        for at, address in enumerate(found):
            wait = self.deadline.left() / (len(found) - at)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=wait)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if at + 1 == len(found):
                    raise
            else:
                return _Stream(stream=stream, deadline=self.deadline)
        raise Unfetched(CrlTrouble.UNREACHABLE, "the server's name stands for no address")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            return public_address.checked(
                host, port, allow_private=self.allow_private, resolve=self.resolve
            )
        except NotPublic as error:
            says = (
                "the server's name stands for an address that is not public, and Entra ID cannot "
                "reach it: publish the list on the internet, or name the host in CRL_PRIVATE_HOSTS"
            )
            raise Unfetched(CrlTrouble.NOT_PUBLIC, says) from error
        except Unresolved as error:
            raise Unfetched(CrlTrouble.UNREACHABLE, f"of its server: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream(NetworkStream):
    stream: NetworkStream
    deadline: _Deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Wait for some bytes; each wait is shorter than the one before."""
        return self.stream.read(max_bytes, timeout=self.deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send the request."""
        self.stream.write(buffer, timeout=self.deadline.left())

    def close(self) -> None:
        """End the connection."""
        self.stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        """Shake hands: the name and the certificate are the host's, not the address's."""
        inner = self.stream.start_tls(ssl_context, server_hostname, self.deadline.left())
        return _Stream(stream=inner, deadline=self.deadline)

    def get_extra_info(self, info: str) -> object:
        """Tell what is beneath."""
        return self.stream.get_extra_info(info)


def _readable(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise Unfetched(CrlTrouble.NOT_HTTP, "this is no address: correct it") from None


def _target(told: httpx.URL) -> httpcore.URL:
    scheme = told.raw_scheme
    if scheme not in PORTS or not told.raw_host or (told.port or 0) > LAST_PORT:
        says = "Entra ID fetches over http and https only: give an address that begins with http"
        raise Unfetched(CrlTrouble.NOT_HTTP, says)
    if told.userinfo:
        says = (
            "the address holds a user's name or password, which Entra ID does not send: correct it"
        )
        raise Unfetched(CrlTrouble.NOT_HTTP, says)
    return httpcore.URL(
        scheme=scheme, host=told.raw_host, port=told.port or PORTS[scheme], target=told.raw_path
    )


def _content(answer: httpcore.Response) -> bytes:
    headers = {name.lower(): value.strip() for name, value in answer.headers}
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        says = "the server sends us elsewhere, and Entra ID may not follow: give the last address"
        raise Unfetched(CrlTrouble.REDIRECTS, says)
    if answer.status != HTTPStatus.OK:
        says = f"the server answers {answer.status}: see that the list stands at this address"
        raise Unfetched(CrlTrouble.UNREACHABLE, says)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        says = "the server packs the list though it was asked not to: switch compression off"
        raise Unfetched(CrlTrouble.UNREADABLE, says)
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > LARGEST:
        raise _too_large()
    # Grown in place, and handed over without a copy: the largest lists are 45 MB.
    content = BytesIO()
    for chunk in answer.iter_stream():
        if content.tell() + len(chunk) > LARGEST:
            raise _too_large()
        content.write(chunk)
    return content.getvalue()


def _too_large() -> Unfetched:
    says = "it has more than 45 MB, and Entra ID takes no more: take expired certificates off it"
    return Unfetched(CrlTrouble.TOO_LARGE, says)
