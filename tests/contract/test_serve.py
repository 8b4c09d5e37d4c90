"""The server hands requests to simulators, and their answers to clients, byte for byte."""

import gzip
import socket
import ssl
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.authority import Authority
from infra.local.serve import Server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Server]:
    with Server(authority) as server:
        yield server


@pytest.fixture(scope="module")
def client(authority: Authority) -> Iterator[httpx.Client]:
    with httpx.Client(verify=_strict(authority)) as client:
        yield client


def _strict(authority: Authority) -> ssl.SSLContext:
    """Check certificates as Python 3.13 does by default."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_certificate_satisfies_strict_clients(
    server: Server, client: httpx.Client, host: str
) -> None:
    base = server.mount(lambda request: httpx.Response(200, text=str(request.url)), name="echo")
    url = base.replace("127.0.0.1", host) + "/x"

    assert client.get(url).text == url


def test_without_the_authority_a_client_does_not_connect(server: Server) -> None:
    base = server.mount(lambda _: httpx.Response(200), name="echo")

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(base, verify=ssl.create_default_context())


def test_the_bundle_holds_the_authority_and_the_key_is_private(authority: Authority) -> None:
    bundle = authority.bundle.read_text()

    assert bundle.startswith(authority.certificate.read_text())
    assert bundle.count("BEGIN CERTIFICATE") > 1
    assert stat.S_IMODE(authority.server_key.stat().st_mode) == 0o600
    assert set(authority.environment().values()) == {str(authority.certificate)}
    assert set(authority.environment(beside_others=True).values()) == {str(authority.bundle)}


def test_a_second_authority_replaces_the_first(tmp_path: Path) -> None:
    first = Authority.create(tmp_path).certificate.read_bytes()

    assert Authority.create(tmp_path).certificate.read_bytes() != first


@pytest.mark.parametrize(
    "path",
    [
        b"/keys/app//sign?api-version=7.4",
        b"/certificates/app/?api-version=7.4",
        b"/a%2Fb/%C2%A7?%24skiptoken=a%3D%3D&x=1+2",
        b"/users('x%40y')?$filter=a%20eq%20'b'",
        b"//",
    ],
)
def test_the_path_arrives_byte_for_byte(server: Server, path: bytes) -> None:
    base = server.mount(
        lambda request: httpx.Response(200, content=request.url.raw_path), name="echo", tls=False
    )

    assert _raw(base, b"GET " + path + b" HTTP/1.1").endswith(b"\r\n\r\n" + path)


def test_a_path_that_would_be_changed_is_refused(server: Server) -> None:
    base = server.mount(lambda _: httpx.Response(200), name="echo", tls=False)

    assert _raw(base, b"GET /a/../b HTTP/1.1").startswith(b"HTTP/1.1 400 ")


def test_a_lying_content_encoding_goes_out_untouched(server: Server) -> None:
    base = server.mount(
        lambda _: httpx.Response(
            403,
            headers={"Content-Encoding": "gzip", "Content-Length": "3"},
            stream=httpx.ByteStream(b"\0\0\0"),
        ),
        name="liar",
        tls=False,
    )

    answer = _raw(base, b"GET / HTTP/1.1")

    assert b"content-encoding: gzip\r\n" in answer
    assert answer.endswith(b"\r\n\r\n\0\0\0")


def test_honest_compression_arrives_compressed_once(server: Server, client: httpx.Client) -> None:
    packed = gzip.compress(b"hello" * 100)
    base = server.mount(
        lambda _: httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed)
        ),
        name="gzip",
    )

    assert client.get(base).text == "hello" * 100


def test_repeated_headers_and_bodies_survive_both_ways(
    server: Server, client: httpx.Client
) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        seen = [("Set-Cookie", value) for value in request.headers.get_list("X-Twice")]
        return httpx.Response(201, headers=seen, content=request.content[::-1])

    base = server.mount(echo, name="echo")
    body = bytes(range(256)) * 1000
    answer = client.post(base, headers=[("X-Twice", "a=One"), ("X-Twice", "b=Two")], content=body)

    assert answer.status_code == 201
    assert answer.headers.get_list("Set-Cookie") == ["a=One", "b=Two"]
    assert answer.content == body[::-1]


def test_a_slow_simulator_holds_up_nobody(server: Server, client: httpx.Client) -> None:
    waiting, released = threading.Semaphore(0), threading.Event()

    def slow_or_fast(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/slow":
            waiting.release()
            released.wait(10)
        return httpx.Response(204)

    base = server.mount(slow_or_fast, name="slow")
    threads = [threading.Thread(target=client.get, args=[f"{base}/slow"]) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert all(waiting.acquire(timeout=5) for _ in threads)

    assert client.get(f"{base}/fast").status_code == 204

    released.set()
    for thread in threads:
        thread.join(5)


def test_a_simulator_that_raises_is_a_500_with_its_text(
    server: Server, client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise LookupError("no such tenant in this world")

    answer = client.get(server.mount(broken, name="broken"))

    assert answer.status_code == 500
    assert answer.text == "LookupError: no such tenant in this world"
    shown = capsys.readouterr().err
    assert "simulator broken:" in shown
    assert "Traceback" in shown


def test_an_answer_that_breaks_off_is_cut_off(server: Server, client: httpx.Client) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    base = server.mount(lambda _: httpx.Response(200, content=breaking()), name="breaking")

    with pytest.raises(httpx.RemoteProtocolError):
        client.get(base)


def test_stopping_closes_every_port_and_ends_the_thread(authority: Authority) -> None:
    before = set(threading.enumerate())
    with Server(authority) as server:
        ports = [_port(server.mount(lambda _: httpx.Response(200), name=n)) for n in ("a", "b")]

    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
    assert set(threading.enumerate()) <= before


def test_a_client_that_stays_connected_does_not_hold_up_the_end(authority: Authority) -> None:
    with httpx.Client(verify=_strict(authority)) as client:
        with Server(authority) as server:
            client.get(server.mount(lambda _: httpx.Response(200), name="vault"))
            started = time.monotonic()
        assert time.monotonic() - started < 0.9


def test_tls_needs_an_authority() -> None:
    with Server(None) as server:
        with pytest.raises(ValueError, match="there is no authority"):
            server.mount(lambda _: httpx.Response(200), name="vault")
        plain = server.mount(lambda _: httpx.Response(200), name="identity", tls=False)

        assert httpx.get(plain).status_code == 200


def test_a_port_that_is_taken_is_an_error(server: Server) -> None:
    base = server.mount(lambda _: httpx.Response(200), name="first")

    with pytest.raises(OSError, match="in use"):
        server.mount(lambda _: httpx.Response(200), name="second", port=_port(base))


def _port(base: str) -> int:
    return httpx.URL(base).port or 0


def _raw(base: str, request_line: bytes) -> bytes:
    """Send a request that no client library has tidied up."""
    with socket.create_connection(("127.0.0.1", _port(base)), timeout=5) as connection:
        connection.sendall(request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))
