"""One authorised request, as the handlers of an operation see it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.local.simulators.entra.directory import Tenant
from infra.local.simulators.graph import paging, query
from infra.local.simulators.graph.bearer import Caller
from infra.local.simulators.graph.query import Shape
from infra.local.simulators.graph.refusals import bad_request
from infra.local.simulators.graph.replication import Replication

_CONTENT_TYPE = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, with what its path said and who sent it."""

    request: httpx.Request
    caller: Caller
    tenant: Tenant
    said: Mapping[str, str]  # the variable parts of the path
    replication: Replication
    now: datetime

    @property
    def base(self) -> str:
        """Return the URL of this version of Graph, as this caller reaches it."""
        return f"{self.request.url.scheme}://{self.request.url.netloc.decode('ascii')}/v1.0"

    def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent, without its annotations."""
        sent = self.annotated()
        return {name: value for name, value in sent.items() if "@odata" not in name}

    def annotated(self) -> dict[str, Any]:
        """Return the JSON object that was sent, as it is."""
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            body = json.loads(self.request.content) if kind == "application/json" else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad_request(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and "
                "payload is of valid JSON format.",
                code="BadRequest",
            )
        return body

    def one(
        self,
        path: str,
        shape: Shape,
        *,
        kind: str,
        status: int = 200,
        usual: Collection[str] = (),
    ) -> httpx.Response:
        """Answer with one thing of the collection at *path*; *usual* is what is seen unasked."""
        asked = query.read(self.request.url.params, kind=kind, names=shape, usual=usual)
        context = {"@odata.context": f"{self.base}/$metadata#{path}{asked.suffix}/$entity"}
        return answer(context | asked.project(shape), status)

    def many(
        self,
        path: str,
        shapes: Iterable[Shape],
        *,
        kind: str,
        names: Collection[str],
        filters: Collection[str] = (),
        usual: Collection[str] = (),
    ) -> httpx.Response:
        """Answer with those things of a collection that were asked for, in pages."""
        asked = query.read(
            self.request.url.params, kind=kind, names=names, filters=filters, usual=usual
        )
        found = [
            asked.project(shape)
            for shape in shapes
            if asked.matches(shape) and self.replication.shows(str(shape["id"]))
        ]
        body: dict[str, Any] = {"@odata.context": f"{self.base}/$metadata#{path}{asked.suffix}"}
        return answer(body | paging.page(self.request.url, found, asked.top), 200)


def answer(body: Mapping[str, Any], status: int) -> httpx.Response:
    """Return an answer as Graph labels it."""
    return httpx.Response(
        status, json=body, headers={"Content-Type": _CONTENT_TYPE, "OData-Version": "4.0"}
    )


def nothing() -> httpx.Response:
    """Return the answer to a change that has nothing to show."""
    return httpx.Response(204)
