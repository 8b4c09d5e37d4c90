"""Every kind of sender that calls in: what it sends, composed apart from our own code."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from functions import webhooks
from infra.local.simulators.mdm import apple_business, kolide, soti, standard_ed25519
from infra.local.simulators.mdm.phones import ADELES
from infra.local.simulators.mdm.sender import Keys, new_shared_secret
from infra.local.simulators.mdm.vendors import SENDERS
from shared.mdm import graph
from shared.mdm.senders import Sender
from tests.unit import signing
from tests.unit.app_world import Answer, Deployment, Request, call, request
from tests.unit.builders import NOW, TENANT
from tests.unit.graph_notifications import an_item
from tests.unit.sender_world import FakeSecrets
from tests.unit.signing import a_secret, a_sender

SAMPLES = Path(__file__).parents[1] / "samples"
URL = "https://gate.example/api/mdm/portal"
JSON = {"content-type": "application/json"}
Signs = Callable[[bytes, str], Mapping[str, str]]


class Holds(Protocol):
    """A body that holds its sender's secret."""

    def __call__(self, body: Any, secret: str) -> dict[str, object]:  # noqa: ANN401 - as JSON is
        """Return the body with the secret in it."""
        ...


@dataclass(frozen=True, kw_only=True)
class Example:
    """One kind of sender: an event that says what a device is, and how the sender is proved."""

    event: str
    settings: Mapping[str, object] = field(default_factory=dict)
    signs: Signs | None = None  # headers for a body; None: the body is not signed
    holds: Holds | None = None  # the body holds the secret


def _of_apple(body: bytes, secret: str) -> Mapping[str, str]:
    timestamp = str(int(NOW.timestamp() * 1000))
    signature = apple_business.signature(body, timestamp, secret=secret)
    return {"business-signature": signature, "business-timestamp": timestamp}


def _of_nanomdm(body: bytes, secret: str) -> Mapping[str, str]:
    digest = hmac.digest(secret.encode(), body, "sha256")
    return {"x-hmac-signature": base64.b64encode(digest).decode()}


def _of_soti(body: bytes, secret: str) -> Mapping[str, str]:
    return {"x-signature": soti.signature(body, secret)}


def _of_portal(body: bytes, secret: str) -> Mapping[str, str]:
    return signing.signed(body, secret=secret)


def _of_portal_with_a_key_pair(body: bytes, secret: str) -> Mapping[str, str]:
    return standard_ed25519.signed_request(
        URL, private_key=secret, body=body, message_id=signing.DELIVERY_ID, sent_at=NOW
    ).headers


def _of_kolide(body: bytes, secret: str) -> Mapping[str, str]:
    return {"authorization": kolide.signature(body, secret)}


def _merakis(body: Any, secret: str) -> dict[str, object]:  # noqa: ANN401 - as JSON is
    return {**body, "sharedSecret": secret}


def _graphs(body: Any, secret: str) -> dict[str, object]:  # noqa: ANN401 - as JSON is
    items = body.get("value", [{}])
    return {"value": [{**item, "clientState": secret, "tenantId": TENANT} for item in items]}


NONCOMPLIANT = "com.example.mdm.device.noncompliant"
VIOLATED = "sm_security_policy_violated"
GENERIC = {
    "fields": {"kind": ["event"], "serial": ["serial"]},
    "signature": {"header": "X-Signature", "prefix": "sha256="},
    "events": {"wiped": "retired"},
}
EXAMPLES: Mapping[str, Example] = {
    "standard": Example(event="device.noncompliant", signs=_of_portal),
    "standard_ed25519": Example(
        event="device.noncompliant",
        settings={"vendor": "standard"},
        signs=_of_portal_with_a_key_pair,
    ),
    "generic": Example(event="wiped", settings=GENERIC, signs=_of_soti),
    "cloudevents": Example(event=NONCOMPLIANT, settings={"events": {NONCOMPLIANT: "lost"}}),
    "soti": Example(event="DeviceNotCompliant", signs=_of_soti),
    "workspace_one": Example(event="ComplianceStatusChanged"),
    "jamf": Example(
        event="MobileDeviceUnEnrolled", settings={"scheme": "header", "header": "X-EASGate-Secret"}
    ),
    "fleet": Example(event="mdm_unenrolled", settings={"trust": "tighten"}),
    "nanomdm": Example(event="mdm.CheckOut", signs=_of_nanomdm),
    "simplemdm": Example(event="device.unenrolled", settings={"trust": "tighten"}),
    "meraki": Example(
        event=VIOLATED, settings={"events": {VIOLATED: "noncompliant"}}, holds=_merakis
    ),
    "kolide": Example(event="device_trust.status_changed", signs=_of_kolide),
    "apple_business": Example(event="ORG_DEVICE_ATTRIBUTE_CHANGED", signs=_of_apple),
    "graph": Example(event="users.updated", holds=_graphs),
}


def new_keys(vendor: str) -> Keys:
    """Return a fresh secret, as each end holds it."""
    return SENDERS[vendor].new_secret() if vendor in SENDERS else new_shared_secret()


def served(vendor: str, **settings: object) -> Sender:
    """Return the sender as it is configured unless a test says otherwise."""
    chosen = {"vendor": vendor, **EXAMPLES[vendor].settings, **settings}
    return a_sender(**chosen)


def genuine(vendor: str, secret: str) -> Request:
    """Return the request that brings the event."""
    if vendor in SENDERS:
        compose = SENDERS[vendor].compose
        return on_wire(compose(EXAMPLES[vendor].event, ADELES, url=URL, secret=secret, at=NOW))
    if vendor == graph.NAME:
        return bringing(vendor, json.dumps({"value": [an_item()]}).encode(), secret)
    return bringing(vendor, b'{"event": "wiped", "serial": "F2LX40ADELE7"}', secret)


def bringing(vendor: str, body: bytes, secret: str) -> Request:
    """Return a request that proves its sender and brings another body."""
    example = EXAMPLES[vendor]
    if example.holds:
        body = json.dumps(example.holds(json.loads(body), secret)).encode()
        return request("POST", body, route={"sender": "portal"}, headers=JSON)
    if vendor not in SENDERS:
        assert example.signs
        headers = {**JSON, **example.signs(body, secret)}
        return request("POST", body, route={"sender": "portal"}, headers=headers)
    like = genuine(vendor, secret)
    headers = {**like.headers, **(example.signs(body, secret) if example.signs else {})}
    return request("POST", body, route={"sender": "portal"}, params=like.params, headers=headers)


def unheard_of(vendor: str, secret: str) -> Request:
    """Return a request with an event of a kind that nobody knows."""
    if vendor == "generic":
        return bringing(vendor, b'{"event": "polished"}', secret)
    sample = SAMPLES / served(vendor).vendor.name / "unknown.json"
    return bringing(vendor, sample.read_bytes(), secret)


def on_wire(sent: httpx.Request) -> Request:
    """Return a request as the host hands it over."""
    return request(
        sent.method,
        sent.content,
        route={"sender": "portal"},
        params=dict(sent.url.params),
        headers=dict(sent.headers),
    )


def deployment(vendor: str, *checks: str, **settings: object) -> Deployment:
    """Return the app with one sender, whose secrets are in the vault, the newest first."""
    live = tuple(a_secret(text, str(len(checks) - at)) for at, text in enumerate(checks))
    return Deployment(
        senders={"portal": served(vendor, **settings)},
        secrets=FakeSecrets(current=live, remembered=live),
    )


def answered(app: Deployment, sent: Request) -> Answer:
    """Let the app answer."""
    return call(app, webhooks.on_webhook, sent)
