"""
PagerDuty's Events API v2: alerts that are opened and resolved by their key, and changes.

Written from its reference: a resolved alert is not opened again but a new one is, and a
resolve for nothing that is open is accepted and dropped.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

import httpx
import msgspec

from infra.local.simulators.receivers.door import Door, RefusedError

ALERTS, CHANGES = "/v2/enqueue", "/v2/change/enqueue"
LIMIT = 512 * 1024
RoutingKey = Annotated[str, msgspec.Meta(min_length=32, max_length=32)]
DedupKey = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Summary = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An object with nothing in it that is not documented."""


class Link(_Strict):
    """Where to read on."""

    href: Text
    text: Text = "-"


class Payload(_Strict):
    """What is wrong."""

    summary: Summary
    source: Text
    severity: Literal["critical", "error", "warning", "info"]
    timestamp: Moment | None = None
    component: Text = "-"
    group: Text = "-"
    class_: Text = msgspec.field(name="class", default="-")
    custom_details: dict[str, object] = {}


class Trigger(_Strict, tag="trigger", tag_field="event_action"):
    """Something is wrong."""

    routing_key: RoutingKey
    payload: Payload
    dedup_key: DedupKey | None = None
    client: Text = "-"
    client_url: Text = "-"
    links: list[Link] = []


class Resolve(_Strict, tag="resolve", tag_field="event_action"):
    """It is no more."""

    routing_key: RoutingKey
    dedup_key: DedupKey


class ChangePayload(_Strict):
    """What was changed."""

    summary: Summary
    source: Text = "-"
    timestamp: Moment | None = None
    custom_details: dict[str, object] = {}


class Change(_Strict):
    """A change that is no problem."""

    routing_key: RoutingKey
    payload: ChangePayload
    links: list[Link] = []


@dataclass(slots=True)
class Incident:
    """What one key has come to."""

    key: str
    is_open: bool = True
    triggers: list[Trigger] = field(default_factory=list)


class PagerDuty:
    """One service with one integration key."""

    def __init__(self) -> None:
        self.routing_key = secrets.token_hex(16)
        self.incidents: list[Incident] = []
        self.changes: list[Change] = []
        self.door = Door(self._take)

    def opened(self, key: str) -> Incident | None:
        """Return the incident of a key that is open, if there is one."""
        found = (each for each in tuple(self.incidents) if each.key == key and each.is_open)
        return next(found, None)

    def is_meant(self, request: httpx.Request) -> bool:
        """Whether the address is its own."""
        return request.url.path in {ALERTS, CHANGES}

    def _take(self, request: httpx.Request) -> httpx.Response:
        if len(request.content) > LIMIT:
            raise RefusedError(413, "more than 512 KB")
        key = self._changed(request) if request.url.path == CHANGES else self._alerted(request)
        told = {"status": "success", "message": "Event processed"}
        return httpx.Response(202, json=told | ({"dedup_key": key} if key else {}))

    def _changed(self, request: httpx.Request) -> str:
        change: Change = _read(request.content, Change)
        self._require(change.routing_key)
        self.changes.append(change)
        return ""

    def _alerted(self, request: httpx.Request) -> str:
        alert: Trigger | Resolve = _read(request.content, Trigger | Resolve)
        self._require(alert.routing_key)
        key = alert.dedup_key or secrets.token_hex(16)
        incident = self.opened(key)
        if isinstance(alert, Resolve):
            if incident is not None:
                incident.is_open = False
            return key
        if incident is None:
            incident = Incident(key)
            self.incidents.append(incident)
        incident.triggers.append(alert)
        return key

    def _require(self, routing_key: str) -> None:
        if not secrets.compare_digest(routing_key, self.routing_key):
            raise _invalid("Invalid routing key")


def _read(content: bytes, shape: Any) -> Any:  # noqa: ANN401 - a union of shapes
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.MsgspecError as error:
        raise _invalid(str(error)) from error


def _invalid(why: str) -> RefusedError:
    told = {"status": "invalid event", "message": "Event object is invalid", "errors": [why]}
    return RefusedError(400, told)
