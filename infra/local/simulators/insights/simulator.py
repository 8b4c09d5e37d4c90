"""The ingestion endpoint of one Application Insights component, with local auth disabled."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from threading import RLock

import httpx

from infra.local.simulators.exchange.bearer import KeysOf
from infra.local.simulators.insights import batch, envelope
from infra.local.simulators.insights.access import Assignments, Gate
from infra.local.simulators.insights.faults import Faults
from infra.local.simulators.insights.refusals import ItemError, RefusedError

PATH = "/v2.1/track"
WITHOUT_TOKENS = "/v2/track"  # the version before, for those who still have keys


class Insights:
    """
    One component. Accepted items are kept in the order of arrival, repeated ones too.

    *tenant_id* is that of its subscription; an *instrumentation_key* is made up if none is given.
    """

    def __init__(
        self,
        *,
        jwks: KeysOf,
        clock: Callable[[], datetime],
        tenant_id: str,
        instrumentation_key: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.instrumentation_key = instrumentation_key or str(uuid.uuid4())
        self.application_id = str(uuid.uuid4())
        self.faults = Faults()
        self.refused: list[dict[str, object]] = []  # the errors told, each with its item
        self._gate = Gate(jwks=jwks, clock=clock, tenant_id=tenant_id)
        self._clock, self._sleep = clock, sleep
        self._items: list[tuple[str, dict[str, object]]] = []
        self._lock = RLock()

    @property
    def roles(self) -> Assignments:
        """The role assignments on the component."""
        return self._gate.roles

    def connection_string(self, address: str) -> str:
        """Return how an app reaches this component, which is served at *address*."""
        return (
            f"InstrumentationKey={self.instrumentation_key};IngestionEndpoint={address}/;"
            f"LiveEndpoint={address}/;ApplicationId={self.application_id}"
        )

    def items(self, kind: str | None = None) -> list[dict[str, object]]:
        """Return the accepted items as they were sent; *kind* is their `data.baseType`."""
        with self._lock:
            return [item for of, item in self._items if kind in (None, of)]

    def reset(self) -> None:
        """Forget every item, refusal and fault; roles stay."""
        with self._lock:
            self._items.clear()
            self.refused.clear()
            self.faults.clear()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        request.read()
        if self.faults.latency:
            self._sleep(self.faults.latency)
        try:
            with self._lock:
                self.faults.meet_request()
            _check_target(request)
            self._gate.admit(request)
            return self._take(batch.read(request))
        except RefusedError as refused:
            return refused.response

    def _take(self, items: list[object]) -> httpx.Response:
        errors: list[dict[str, object]] = []
        with self._lock:
            for index, item in enumerate(items):
                try:
                    self._keep(item)
                except ItemError as error:
                    told = {"statusCode": error.status, "message": str(error)}
                    errors.append({"index": index, **told})
                    self.refused.append({**told, "item": item})
        return self._answer(len(items), errors)

    def _keep(self, item: object) -> None:
        batch.check_size(item)
        kind = envelope.check(item, key=self.instrumentation_key, now=self._clock())
        self.faults.meet_item()
        if isinstance(item, dict):
            self._items.append((kind, item))

    def _answer(self, received: int, errors: list[dict[str, object]]) -> httpx.Response:
        accepted = received - len(errors)
        said = {
            "itemsReceived": received,
            "itemsAccepted": accepted,
            "appId": self.application_id,
            "errors": errors,
        }
        if not errors:
            return httpx.Response(200, json=said)
        # With nothing accepted, the request ends as its first item did.
        status = 206 if accepted else int(str(errors[0]["statusCode"]))
        return httpx.Response(status, json=said)


def _check_target(request: httpx.Request) -> None:
    # The endpoint in a connection string ends in a slash, and clients put another behind it.
    path = f"/{request.url.path.strip('/')}"
    if path == WITHOUT_TOKENS:
        raise RefusedError(400, "Incorrect API was used - v2 API does not support authentication")
    if path != PATH:
        raise RefusedError(404, "There is no such resource.")
    if request.method != "POST":
        raise RefusedError(405, "Telemetry is posted.", {"Allow": "POST"})
