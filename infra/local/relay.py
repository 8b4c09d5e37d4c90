"""A service that is really there, seen as a simulator: so that it can be watched like one."""

import httpx

from infra.local.serve import Simulator

# These describe one connection, not the message; httpx sets its own.
HOP_BY_HOP = {"host", "connection", "keep-alive", "transfer-encoding", "content-length"}


def relayed(client: httpx.Client, origin: str) -> Simulator:
    """Return a simulator that passes every request on to *origin*, and the answer back."""

    def relay(request: httpx.Request) -> httpx.Response:
        request.read()
        headers = [(name, value) for name, value in request.headers.raw if not _is_hop(name)]
        passed_on = client.build_request(
            request.method,
            httpx.URL(origin).copy_with(raw_path=request.url.raw_path),
            headers=headers,
            content=request.content,
        )
        answer = client.send(passed_on, stream=True)
        raw = b"".join(answer.iter_raw())
        answer.close()
        kept = [(name, value) for name, value in answer.headers.raw if not _is_hop(name)]
        kept.append((b"content-length", str(len(raw)).encode()))
        return httpx.Response(answer.status_code, headers=kept, stream=httpx.ByteStream(raw))

    return relay


def _is_hop(name: bytes) -> bool:
    return name.decode("ascii").lower() in HOP_BY_HOP
