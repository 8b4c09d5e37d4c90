"""How a list is handed out: at once, slowly, in part, or something else in its place."""

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from textwrap import wrap

import httpx

from infra.local.simulators.certificate_authority.lists import Signed
from infra.local.simulators.certificate_authority.modes import CrlMode

Wait = Callable[[float], object]

_MIB = 1024 * 1024
_WITHOUT_END = 200 * _MIB  # a server does not see that its client has left: it does end
_DRIPS = 50
_PAGE = "<!DOCTYPE html><html><body><h1>Welcome to our network. Please sign in.</h1></body></html>"


def delivered(crl: Signed, mode: CrlMode, *, seconds: float, wait: Wait) -> httpx.Response:
    """Return the answer that hands out a list as *mode* says; *seconds* is how long slow is."""
    match mode:
        case CrlMode.SLOW:
            wait(seconds)
            return _whole(crl)
        case CrlMode.DRIPPING:
            return _dripping(b"".join(crl.pieces), lambda: wait(seconds / _DRIPS))
        case CrlMode.CUT_OFF:
            return _streamed(_cut(b"".join(crl.pieces)), size=crl.size)
        case CrlMode.ENDLESS:
            return _streamed(_endless(crl.pieces))
        case _:
            return _other_bytes(crl, mode) or _something_else(mode) or _whole(crl)


def _other_bytes(crl: Signed, mode: CrlMode) -> httpx.Response | None:
    match mode:
        case CrlMode.PEM:
            return _at_once(_pem(b"".join(crl.pieces)))
        case CrlMode.TRUNCATED:
            return _at_once(b"".join(crl.pieces)[: crl.size // 2])
        case CrlMode.EMPTY:
            return _at_once(b"")
        case _:
            return None


def _something_else(mode: CrlMode) -> httpx.Response | None:
    match mode:
        case CrlMode.UNREADABLE:
            return httpx.Response(200, html=_PAGE)
        case CrlMode.ZIP_BOMB:
            # Given as a stream: httpx would unpack a content by its header.
            return _streamed(iter([_bomb()]), size=len(_bomb()), encoding="gzip")
        case CrlMode.NOT_FOUND:
            return httpx.Response(404, text="Not Found")
        case CrlMode.BROKEN:
            return httpx.Response(500, text="Internal Server Error")
        case _:
            return None


def _whole(crl: Signed) -> httpx.Response:
    return _streamed(crl.pieces, size=crl.size)


def _at_once(content: bytes) -> httpx.Response:
    return _streamed(iter([content]), size=len(content))


def _streamed(
    pieces: Iterator[bytes], *, size: int | None = None, encoding: str = ""
) -> httpx.Response:
    headers = {"Content-Type": "application/pkix-crl"}  # RFC 2585
    if size is not None:
        headers["Content-Length"] = str(size)
    if encoding:
        headers["Content-Encoding"] = encoding
    return httpx.Response(200, headers=headers, stream=_Stream(pieces))


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def _dripping(content: bytes, wait: Callable[[], object]) -> httpx.Response:
    length = max(1, len(content) // _DRIPS)

    def drips() -> Iterator[bytes]:
        for start in range(0, len(content), length):
            wait()
            yield content[start : start + length]

    return _streamed(drips(), size=len(content))


def _cut(content: bytes) -> Iterator[bytes]:
    yield content[: len(content) // 2]
    raise httpx.RemoteProtocolError("the connection ended before the list did")


def _endless(pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield from pieces
    for _ in range(_WITHOUT_END // _MIB):
        yield bytes(_MIB)


def _pem(content: bytes) -> bytes:
    lines = wrap(base64.b64encode(content).decode(), 64)
    return "\n".join(("-----BEGIN X509 CRL-----", *lines, "-----END X509 CRL-----", "")).encode()


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)
    packed = [packer.compress(bytes(_MIB)) for _ in range(64)]
    return b"".join((*packed, packer.flush()))
