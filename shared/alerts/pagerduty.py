"""
PagerDuty, Events API v2: incidents that begin, grow worse, and end.

All that is told of one trouble carries one dedup_key. What is no trouble is a change event:
it wakes nobody, and stands beside the incidents.
"""

from collections.abc import Sequence

import msgspec

from shared.alerts import trouble, wording
from shared.alerts.call import Call
from shared.alerts.settings import PAGERDUTY
from shared.alerts.told import Told
from shared.alerts.trouble import severity
from shared.alerts.wording import Link
from shared.errors import Misconfigured

ALERTS, CHANGES = "/v2/enqueue", "/v2/change/enqueue"
KEY_LENGTH = 32


def calls(url: str, told: Told, links: Sequence[Link], *, routing_key: str) -> tuple[Call, ...]:
    """Return what to send, in this order; all of it may be sent again."""
    host, key = (url or PAGERDUTY).rstrip("/"), _checked(routing_key)
    if (begun := trouble.begun(told)) is not None:
        return (_post(host + ALERTS, _trigger(told, links, begun, key)),)
    ends = [
        _post(host + ALERTS, {"routing_key": key, "event_action": "resolve", "dedup_key": each})
        for each in trouble.ended(told)
    ]
    if ends and not told.kind.endswith(".rotated"):
        return tuple(ends)
    return (*ends, _post(host + CHANGES, _change(told, links, key)))


def _trigger(told: Told, links: Sequence[Link], begun: str, key: str) -> dict[str, object]:
    payload = {
        **_payload(told),
        "severity": severity(told).value,
        "component": told.subject,
        "group": told.tenant_id or "easgate",
        "class": told.kind,
    }
    return {
        "routing_key": key,
        "event_action": "trigger",
        "dedup_key": begun,
        "client": "easgate",
        "payload": payload,
        **_links(links),
    }


def _change(told: Told, links: Sequence[Link], key: str) -> dict[str, object]:
    return {"routing_key": key, "payload": _payload(told), **_links(links)}


def _payload(told: Told) -> dict[str, object]:
    heading = wording.section(told.kind)
    where = {"Runbook": heading} if heading else {}
    return {
        "summary": wording.title(told),
        "source": told.source,
        "timestamp": told.time,
        "custom_details": {**wording.facts(told), "Event": str(told.id), **where},
    }


def _links(links: Sequence[Link]) -> dict[str, object]:
    shown = [{"href": each.url, "text": each.title} for each in links]
    return {"links": shown} if shown else {}


def _checked(routing_key: str) -> str:
    key = routing_key.strip()
    if not (len(key) == KEY_LENGTH and key.isascii() and key.isalnum()):
        raise Misconfigured("the vault holds no routing key of PagerDuty: it has 32 characters")
    return key


def _post(url: str, body: dict[str, object]) -> Call:
    headers = {"Content-Type": "application/json"}
    return Call(url=url, headers=headers, body=msgspec.json.encode(body))
