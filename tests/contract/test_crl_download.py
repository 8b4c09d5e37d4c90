"""Revocation lists over real sockets: fetched whole, or refused for what is in the way."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import CertificateAuthorities, CrlMode
from infra.local.world import utc_now
from shared.crl_download import TIME_LIMIT, Downloads
from shared.flows.crl_check import CrlCheck
from shared.trust import crl
from shared.trust.authority import Authority, Store
from shared.trust.crl import LARGEST
from shared.trust.crl_trouble import CrlTrouble, Unfetched
from shared.trust.x509 import facts

HERE = "127.0.0.1"
OURS = frozenset({HERE, "crl.contoso.test"})
T = CrlTrouble


@pytest.fixture(scope="module")
def authorities() -> Iterator[CertificateAuthorities]:
    """One root, on a port."""
    made = CertificateAuthorities(clock=utc_now)
    with Server(None) as server:
        made.base_url = server.mount(made, name="authorities", tls=False)
        made.root("root", has_delta=True)
        yield made
        made.let_go()


def downloads(*found: str, private_hosts: frozenset[str] = OURS) -> Downloads:
    """Return downloads for which every name stands for these addresses."""
    return replace(Downloads.over_network(private_hosts), resolve=lambda *_: list(found or (HERE,)))


def hurried(seconds: float) -> Downloads:
    """Return downloads whose clock begins so late that only these seconds are left."""
    begun = False

    def monotonic() -> float:
        nonlocal begun
        is_first, begun = not begun, True
        return time.monotonic() - (TIME_LIMIT - seconds if is_first else 0)

    return replace(downloads(), monotonic=monotonic)


def refused(fetching: Downloads, url: str) -> Unfetched:
    with pytest.raises(Unfetched) as error:
        fetching.fetch(url)
    assert url not in str(error.value)
    return error.value


@contextmanager
def answering(
    answer: bytes, *, then: Callable[[socket.socket], object] | None = None
) -> Iterator[str]:
    """Listen on a port, and give every caller these bytes; yield the address."""
    listener = socket.create_server((HERE, 0))
    listener.settimeout(5)

    def serve() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65_536)
                connection.sendall(answer)
                if then:
                    then(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://{HERE}:{listener.getsockname()[1]}/root.crl"
    finally:
        thread.join(10)


def test_a_list_is_fetched_as_it_stands(authorities: CertificateAuthorities) -> None:
    root = authorities.named("root")
    root.crl_mode = CrlMode.RIGHT
    body = Downloads.over_network(OURS).fetch(root.crl_url)
    assert crl.read(body).issuer == "CN=root,O=Contoso"
    root.crl_mode = CrlMode.PEM
    assert crl.read(downloads().fetch(root.crl_url)).issuer == "CN=root,O=Contoso"


@pytest.mark.parametrize(
    ("mode", "trouble"),
    [
        (CrlMode.HUGE, T.TOO_LARGE),
        (CrlMode.ENDLESS, T.TOO_LARGE),
        (CrlMode.ZIP_BOMB, T.UNREADABLE),
        (CrlMode.CUT_OFF, T.UNREACHABLE),
        (CrlMode.REDIRECTING, T.REDIRECTS),
        (CrlMode.NOT_FOUND, T.UNREACHABLE),
        (CrlMode.BROKEN, T.UNREACHABLE),
    ],
)
def test_what_is_in_the_way_is_told(
    authorities: CertificateAuthorities, mode: CrlMode, trouble: CrlTrouble
) -> None:
    root = authorities.named("root")
    root.crl_mode = mode
    assert refused(downloads(), root.crl_url).trouble is trouble


@pytest.mark.parametrize("mode", [CrlMode.SLOW, CrlMode.DRIPPING])
def test_the_time_limit_is_for_all_of_it(
    authorities: CertificateAuthorities, mode: CrlMode
) -> None:
    root = authorities.named("root")
    root.crl_mode = mode
    begun = time.monotonic()
    assert refused(hurried(0.7), root.crl_url).trouble is T.TOO_SLOW
    assert time.monotonic() - begun < 3


def test_headers_that_drip_are_cut_off_as_well() -> None:
    def drip(connection: socket.socket) -> None:
        try:
            for _ in range(40):
                time.sleep(0.1)
                connection.sendall(b"X-More: 1\r\n")
        except OSError:
            return  # the caller has hung up

    begun = time.monotonic()
    with answering(b"HTTP/1.1 200 OK\r\n", then=drip) as url:
        assert refused(hurried(0.7), url).trouble is T.TOO_SLOW
        assert time.monotonic() - begun < 3


def test_the_largest_list_is_held_in_memory_once() -> None:
    """The limit itself still comes through."""
    length = b"Content-Length: %d\r\n\r\n" % LARGEST

    def send(connection: socket.socket) -> None:
        piece = b"\0" * 1_000_000
        for _ in range(LARGEST // len(piece)):
            connection.sendall(piece)

    with answering(b"HTTP/1.1 200 OK\r\n" + length, then=send) as url:
        tracemalloc.start()
        try:
            assert len(downloads().fetch(url)) == LARGEST
            assert tracemalloc.get_traced_memory()[1] < 1.4 * LARGEST
        finally:
            tracemalloc.stop()


def test_one_byte_too_many_is_refused_before_it_comes() -> None:
    length = b"Content-Length: %d\r\n\r\n" % (LARGEST + 1)
    with answering(b"HTTP/1.1 200 OK\r\n" + length) as url:
        assert refused(downloads(), url).trouble is T.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"],
    ids=["nothing", "no HTTP", "cut off"],
)
def test_an_answer_that_is_none_is_told(answer: bytes) -> None:
    with answering(answer) as url:
        assert refused(downloads(), url).trouble is T.UNREACHABLE


def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.create_server((HERE, 0)) as listener:
        port = listener.getsockname()[1]
    assert refused(downloads(), f"http://{HERE}:{port}/").trouble is T.UNREACHABLE


@pytest.mark.parametrize("url", ["http://10.0.0.4/a.crl", "http://crl.fabrikam.test/a.crl"])
@pytest.mark.parametrize("found", ["127.0.0.1", "10.0.0.4", "::1", "::ffff:10.0.0.4"])
def test_our_own_network_is_not_asked_unless_the_host_is_named(url: str, found: str) -> None:
    assert refused(downloads(found), url).trouble is T.NOT_PUBLIC


@pytest.mark.parametrize("found", ["169.254.169.254", "168.63.129.16", "::ffff:169.254.169.254"])
def test_the_platforms_own_addresses_are_never_asked(found: str) -> None:
    assert refused(downloads(found), "http://crl.contoso.test/a.crl").trouble is T.NOT_PUBLIC


def test_one_address_that_is_not_public_is_enough_to_refuse() -> None:
    both = downloads("93.184.216.34", "10.0.0.4", private_hosts=frozenset())
    assert refused(both, "http://crl.contoso.test/a.crl").trouble is T.NOT_PUBLIC


def test_it_is_the_checked_address_that_is_connected_to(
    authorities: CertificateAuthorities,
) -> None:
    """The name is resolved once, and stands in the request all the same."""
    root = authorities.named("root")
    root.crl_mode = CrlMode.RIGHT
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [HERE]

    port = httpx.URL(root.crl_url).port
    url = f"http://CRL.contoso.test:{port}{root.crl_path}"
    assert replace(downloads(), resolve=resolve).fetch(url)
    assert asked == [("crl.contoso.test", port)]


def test_the_request_carries_nothing_but_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    seen: list[bytes] = []
    listener = socket.create_server((HERE, 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            seen.append(connection.recv(65_536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    thread = threading.Thread(target=serve)
    thread.start()
    assert downloads().fetch(f"http://crl.contoso.test:{port}/a%20b.crl?c=d#e") == b"ok"
    thread.join(5)
    head = seen[0].decode().split("\r\n")
    assert head[0] == "GET /a%20b.crl?c=d HTTP/1.1"
    assert sorted(line.partition(":")[0] for line in head[1:] if line) == [
        *("Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"),
    ]
    assert f"Host: crl.contoso.test:{port}" in head
    assert "Accept-Encoding: identity" in head


def test_the_next_address_is_tried_if_the_first_does_not_answer(
    authorities: CertificateAuthorities,
) -> None:
    root = authorities.named("root")
    root.crl_mode = CrlMode.RIGHT
    url = root.crl_url.replace(HERE, "crl.contoso.test")
    assert downloads("127.0.0.2", HERE).fetch(url)


def test_a_name_that_stands_for_nothing_is_told() -> None:
    def failing(*_: object) -> list[str]:
        raise socket.gaierror(-2, "unknown")

    nowhere = replace(downloads(), resolve=failing)
    assert refused(nowhere, "http://crl.contoso.test/a.crl").trouble is T.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    [
        "ldap://dc.contoso.test/CN=CA?certificateRevocationList",
        "file:///etc/passwd",
        "ftp://crl.contoso.test/a.crl",
        "gopher://crl.contoso.test/_",
        "crl.contoso.test/a.crl",
        "http:///a.crl",
        "http://[::1/a.crl",
        "http://crl.contoso.test:99999/",
        "http://crl.contoso.test/\x00",
        "http://ada:secret@crl.contoso.test/a.crl",
        "http://token@crl.contoso.test/a.crl",
        "no address",
    ],
)
def test_only_plain_addresses_are_taken(url: str) -> None:
    error = refused(downloads(), url)
    assert error.trouble is T.NOT_HTTP
    assert "secret" not in str(error)
    assert "token" not in str(error)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["", "http:", "http://", "https://[", "http://a:"]), st.text(max_size=30))
def test_whatever_is_written_as_an_address_is_refused_in_one_way(begin: str, rest: str) -> None:
    nowhere = replace(downloads(), resolve=lambda *_: [], tls=unasked)
    with pytest.raises(Unfetched):
        nowhere.fetch(begin + rest)


def unasked() -> SSLContext:
    return SSLContext(PROTOCOL_TLS_CLIENT)


def test_over_https_the_certificate_has_to_be_the_names() -> None:
    """No context of ours is switched off: what is no TLS is no answer."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as url:
        made: list[SSLContext] = []

        def tls() -> SSLContext:
            made.append(httpx.create_ssl_context())
            return made[-1]

        strict = replace(downloads(), tls=tls)
        assert refused(strict, url.replace("http:", "https:")).trouble is T.UNREACHABLE
        assert [(each.check_hostname, each.verify_mode.name) for each in made] == [
            (True, "CERT_REQUIRED")
        ]


def test_all_of_it_together_tells_how_an_authority_stands(
    authorities: CertificateAuthorities,
) -> None:
    root = authorities.named("root")
    root.crl_mode = CrlMode.RIGHT
    der, _ = root.user_certificate(upn="ada@contoso.com")
    root.revoke(serial := facts(der).serial_number)
    stored = Authority(
        store=Store.PKI,
        certificate=root.der,
        is_root=True,
        crl_url=root.crl_url,
        delta_crl_url=root.delta_url,
    )
    report = CrlCheck(source=downloads(), clock=utc_now).look(stored)
    assert (report.troubles, report.is_usable) == ((), True)
    assert report.listed(serial) is not None
    root.crl_mode = CrlMode.LARGE
    report = CrlCheck(source=downloads(), clock=utc_now).look(stored)
    assert [each.trouble for each in report.troubles] == [T.LARGE]
