"""An Event Grid custom topic with the CloudEvents schema: checks what arrives, and keeps it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

import httpx

from infra.local.simulators.cloud_events import CloudEventError, check
from infra.local.simulators.exchange.bearer import KeysOf, TokenError, read_token

AUDIENCES = ("https://eventgrid.azure.net", "https://eventgrid.azure.net/")
API_VERSION = "2018-01-01"
SIZE_LIMIT = 1_000_000  # the documents say 1 MB, of a request and of each event
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


@dataclass(slots=True)
class _Failure:
    status: int
    retry_after: str | None
    times: int


class EventGridTopic:
    """One topic. Every accepted delivery is kept, repeated ones too, in the order of arrival."""

    def __init__(self, *, jwks: KeysOf, clock: Callable[[], datetime]) -> None:
        self.events: list[dict[str, object]] = []
        self.down = False
        self._jwks, self._clock = jwks, clock
        self._failures: list[_Failure] = []
        self._lock = RLock()

    def by_id(self) -> dict[str, dict[str, object]]:
        """Return the events as a consumer sees them that drops repeated ids; the first stays."""
        first: dict[str, dict[str, object]] = {}
        with self._lock:
            for event in self.events:
                first.setdefault(str(event["id"]), event)
        return first

    def fail_next(self, status: int, retry_after: str | None = None, times: int = 1) -> None:
        """Answer the next *times* deliveries with this status, and keep nothing of them."""
        with self._lock:
            self._failures.append(_Failure(status, retry_after, times))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one delivery."""
        request.read()
        with self._lock:
            try:
                self._misbehave()
                self._authorize(request)
                self.events += _read(request)
            except _RefusedError as refused:
                return refused.response
            except CloudEventError as error:
                return _RefusedError(400, "BadRequest", str(error)).response
        return httpx.Response(200)

    def _misbehave(self) -> None:
        if self.down:
            raise _RefusedError(503, "ServiceUnavailable", "The service is unavailable.")
        for failure in self._failures:
            if failure.times > 0:
                failure.times -= 1
                given = failure.retry_after
                headers = {} if given is None else {"Retry-After": given}
                raise _RefusedError(failure.status, "Planned", "A planned failure.", headers)

    def _authorize(self, request: httpx.Request) -> None:
        if request.url.path != "/api/events":
            raise _RefusedError(404, "NotFound", "There is no such resource.")
        if request.method != "POST":
            raise _RefusedError(405, "MethodNotAllowed", "Events are posted.", {"Allow": "POST"})
        try:
            read_token(request, jwks=self._jwks, now=self._clock(), audiences=AUDIENCES)
        except TokenError as error:
            challenge = {"WWW-Authenticate": "Bearer"}
            raise _RefusedError(401, "Unauthorized", str(error), challenge) from error


def _read(request: httpx.Request) -> list[dict[str, object]]:
    """Return the events, all of them valid: one bad event refuses the whole batch."""
    if request.url.params.get("api-version", API_VERSION) != API_VERSION:
        raise _RefusedError(400, "BadRequest", "The api-version is not supported.")
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in {SINGLE, BATCH}:
        raise _RefusedError(415, "UnsupportedMediaType", f"The content type {kind!r} is invalid.")
    if len(request.content) > SIZE_LIMIT:
        raise _RefusedError(413, "PayloadTooLarge", "The events exceed the limit of 1 MB.")
    try:
        sent = json.loads(request.content.decode("utf-8"))
    except ValueError as error:
        raise CloudEventError("The body is not JSON in UTF-8.") from error
    events = sent if kind == BATCH else [sent]
    if not isinstance(events, list) or not events:
        raise CloudEventError("A batch is a JSON array with at least one event.")
    return [check(event) for event in events]


class _RefusedError(Exception):
    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        said = {"error": {"code": code, "message": message, "details": []}}
        self.response = httpx.Response(status, headers=dict(headers or {}), json=said)
