"""
One tenant's InvokeCommand endpoint: the only place that knows how it is spoken to.

It is the private contract of Microsoft's own PowerShell module, documented nowhere; what
is done here follows how that module and other clients are seen to talk to it.
"""

import gzip
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol

import httpx
import msgspec
import stamina

from shared.errors import Misconfigured, Retryable
from shared.exchange.failures import failure_in_reply, failure_of

# The same mailbox on every request: it keeps one tenant's requests on one server.
ANCHOR = "APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{tenant_id}"
HASHTABLE = "#Exchange.GenericHashTable"
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
SHORT_WAIT = timedelta(seconds=5)  # waited out here; anything longer is the queue's to wait
ATTEMPTS = 4

Row = dict[str, Any]


class Repeat(Enum):
    """Whether a cmdlet may be sent again when it is not known what became of it."""

    SAFE = "safe"
    NEVER = "never"


class Bearer(Protocol):
    """Where the token comes from."""

    def text(self) -> str:
        """Return a token."""
        ...

    def renewed(self, refused: str) -> str:
        """Return another token than the one Exchange refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a cmdlet returned."""

    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


class _Envelope(msgspec.Struct):
    value: list[Row] | None = None
    warnings: list[str] | None = msgspec.field(name="@adminapi.warnings", default=None)
    errors: list[Any] | None = msgspec.field(name="@adminapi.errors", default=None)
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


class Transport:
    """Runs cmdlets; every failure comes out as a Failure that names the next step."""

    def __init__(
        self, client: httpx.Client, *, base_url: str, tenant_id: str, bearer: Bearer
    ) -> None:
        self._client = client
        self._url = f"{base_url}/adminapi/beta/{tenant_id}/InvokeCommand"
        self._anchor = ANCHOR.format(tenant_id=tenant_id)
        self._bearer = bearer

    def invoke(
        self, cmdlet: str, parameters: Mapping[str, object], repeat: Repeat = Repeat.SAFE
    ) -> Reply:
        """Run one cmdlet; short throttling is waited out here, longer is Retryable."""
        request_id = str(uuid.uuid4())
        attempts = ATTEMPTS if repeat is Repeat.SAFE else 1
        for attempt in stamina.retry_context(
            on=_short_wait, attempts=attempts, timeout=SHORT_WAIT, wait_max=2.0
        ):
            with attempt:
                return self._once(cmdlet, parameters, request_id)
        raise Retryable(
            "Exchange was not asked"
        )  # pragma: no cover - retry_context returns or raises

    def _once(self, cmdlet: str, parameters: Mapping[str, object], request_id: str) -> Reply:
        token = self._bearer.text()
        answer, body = self._post(cmdlet, parameters, request_id, token)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            token = self._bearer.renewed(token)
            answer, body = self._post(cmdlet, parameters, request_id, token)
        if not answer.is_success:
            raise failure_of(cmdlet, answer, body)
        return _reply(cmdlet, body)

    def _post(
        self, cmdlet: str, parameters: Mapping[str, object], request_id: str, token: str
    ) -> tuple[httpx.Response, bytes]:
        request = self._client.build_request(
            "POST",
            self._url,
            content=msgspec.json.encode(
                {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
            ),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Prefer": "odata.maxpagesize=1000",
                "X-AnchorMailbox": self._anchor,
                "client-request-id": request_id,
            },
            timeout=TIMEOUT,
        )
        try:
            answer = self._client.send(request, stream=True)
            try:
                raw = b"".join(answer.iter_raw())
            finally:
                answer.close()
        except httpx.RequestError as error:
            raise Retryable(
                f"Exchange cannot be reached: {type(error).__name__} {error}"
            ) from error
        return answer, _unpacked(answer, raw)


def _unpacked(answer: httpx.Response, raw: bytes) -> bytes:
    """Decompress by hand: a missing role is answered with NUL bytes that claim to be gzip."""
    if answer.headers.get("Content-Encoding") == "gzip" and raw.startswith(b"\x1f\x8b"):
        try:
            return gzip.decompress(raw)
        except (EOFError, OSError, zlib.error):
            return raw  # unreadable, and told so by whoever reads it
    return raw


def _reply(cmdlet: str, body: bytes) -> Reply:
    if not body.strip():
        return Reply(rows=(), warnings=())
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Retryable(f"Exchange answered {cmdlet} with something unreadable") from error
    if envelope.errors:
        raise failure_in_reply(cmdlet, envelope.errors)
    if envelope.next_link:
        # A part must never pass for the whole.
        raise Misconfigured(f"Exchange has more rows for {cmdlet} than one page holds")
    return Reply(rows=tuple(envelope.value or ()), warnings=tuple(envelope.warnings or ()))


def _short_wait(error: Exception) -> bool | timedelta:
    """Tell stamina whether to wait here, and how long if Exchange has said so."""
    if not isinstance(error, Retryable):
        return False
    if error.after is None:
        return True
    return error.after if error.after <= SHORT_WAIT else False


def list_change(*, add: str = "", remove: str = "") -> dict[str, object]:
    """Return a change to a list property that leaves its other entries alone."""
    change: dict[str, object] = {"@odata.type": HASHTABLE}
    if add:
        change["Add"] = [add]
    if remove:
        change["Remove"] = [remove]
    return change
