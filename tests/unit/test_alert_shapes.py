"""What each kind of receiver is sent, against its documented shape and as it stands."""

import base64
import json
from typing import Any

import msgspec
import pytest

from infra.local.places import CHECKOUT
from infra.local.simulators.receivers.pagerduty import Change, Resolve, Trigger
from infra.local.simulators.receivers.teams import LIMIT, Card, FactSet, Message, TextBlock
from shared.alerts import kinds, pagerduty, teams, told, trouble, webhook, wording
from shared.alerts.told import Told
from shared.credentials.expiry import Stage
from shared.credentials.mismatch import Kind
from shared.errors import Misconfigured
from shared.trust.watched import CrlStage
from tests.unit.alert_examples import (
    EXAMPLES,
    ca_expiring,
    crl_stale,
    expiring,
    held,
    mismatch,
    published,
    rotated,
    secret_expiring,
)
from tests.unit.builders import GUID, MAILBOX, NOW, TENANT, a_command
from tests.unit.certificates import a_certificate
from tests.unit.signing import OTHER_SECRET, SECRET, signature

KEY = "e93facc04764012d7bfb002500d5d1a6"
RUNBOOK = "https://wiki.example/RUNBOOK.md"
OPERATION = a_command().command_id
Alert = Trigger | Resolve | Change


def links(event: Told) -> list[wording.Link]:
    """Return where to read on about an event."""
    return wording.links(event, public_url="https://gate.example", runbook_url=RUNBOOK)


def card(event: Told) -> Card:
    """Return the card of an event, held against the reference."""
    sent = teams.call("https://flow.example/?sig=x", event, links(event)).body
    assert len(sent) < LIMIT
    return msgspec.json.decode(sent, type=Message).attachments[0].content


def facts(event: Told) -> dict[str, str]:
    """Return the facts on an event's card."""
    (found,) = (each for each in card(event).body if isinstance(each, FactSet))
    return {each.title: each.value for each in found.facts}


def heading(event: Told) -> TextBlock:
    """Return the first line of an event's card."""
    first = card(event).body[0]
    assert isinstance(first, TextBlock)
    return first


def alerts(event: Told) -> list[Alert]:
    """Return what PagerDuty is sent about an event, held against its reference."""
    found: list[Alert] = []
    for call in pagerduty.calls("", event, links(event), routing_key=KEY):
        path = call.url.removeprefix("https://events.pagerduty.com")
        shapes: Any = {"/v2/enqueue": Trigger | Resolve, "/v2/change/enqueue": Change}
        found.append(msgspec.json.decode(call.body, type=shapes[path]))
    return found


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_example_fits_what_teams_and_pagerduty_document(kind: str) -> None:
    """Also as texts: each event has its title, and nothing in it is missing."""
    event = EXAMPLES[kind]
    assert "?" not in heading(event).text
    assert alerts(event)
    assert TENANT in facts(event).values()


def test_every_alarm_has_its_example_its_title_and_its_place_in_the_runbook() -> None:
    text = (CHECKOUT / "infra" / "azure" / "RUNBOOK.md").read_text("utf-8")
    assert kinds.ALARMING - {"alert.undelivered"} <= EXAMPLES.keys()
    assert wording.TITLES.keys() == kinds.ALL
    for kind in kinds.ALARMING - {"device.wipe_requested"}:
        assert f"\n## {wording.section(kind)}\n" in text


def test_a_card_as_it_stands() -> None:
    sent = json.loads(teams.call("https://flow.example/", held(), links(held())).body)
    assert sent["type"] == "message"
    (attachment,) = sent["attachments"]
    content = attachment.pop("content")
    assert attachment == {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
    }
    assert content.pop("body") == [
        {
            "type": "TextBlock",
            "text": "An operation waits for a person: block",
            "size": "large",
            "weight": "bolder",
            "color": "warning",
            "wrap": True,
        },
        {
            "type": "TextBlock",
            "text": "warning: operation.held, 2026-05-04 10:00 UTC",
            "isSubtle": True,
            "spacing": "none",
            "wrap": True,
        },
        {
            "type": "FactSet",
            "facts": [
                {"title": "Tenant", "value": TENANT},
                {"title": "Operation", "value": OPERATION},
                {"title": "Asked", "value": "block"},
                {"title": "Asked by", "value": "helpdesk:jo"},
                {"title": "Mailbox", "value": MAILBOX},
                {"title": "Device", "value": a_command().device_id},
                {"title": "Reason", "value": "which device?"},
            ],
        },
    ]
    place = f"https://gate.example/api/portal#/operations/{OPERATION}?tenant_id={TENANT}"
    section = "held-operations-and-too-many-blocks-at-once"
    assert content.pop("actions") == [
        {"type": "Action.OpenUrl", "title": "The operation", "url": place},
        {
            "type": "Action.OpenUrl",
            "title": "Runbook: Held operations, and too many blocks at once",
            "url": f"{RUNBOOK}#{section}",
        },
    ]
    assert content == {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "An operation waits for a person: block",
        "msteams": {"width": "Full"},
    }


def test_an_incident_as_it_stands() -> None:
    (sent,) = pagerduty.calls("https://events.eu.example/", held(), [], routing_key=f" {KEY}\n")
    assert sent.url == "https://events.eu.example/v2/enqueue"
    assert json.loads(sent.body) == {
        "routing_key": KEY,
        "event_action": "trigger",
        "dedup_key": f"easgate|operation|{TENANT}|{OPERATION}",
        "client": "easgate",
        "payload": {
            "summary": "An operation waits for a person: block",
            "source": "urn:easgate:test",
            "timestamp": "2026-05-04T10:00:00Z",
            "severity": "warning",
            "component": f"operations/{OPERATION}",
            "group": TENANT,
            "class": "operation.held",
            "custom_details": {
                "Tenant": TENANT,
                "Operation": OPERATION,
                "Asked": "block",
                "Asked by": "helpdesk:jo",
                "Mailbox": MAILBOX,
                "Device": a_command().device_id,
                "Reason": "which device?",
                "Event": str(held().id),
                "Runbook": "Held operations, and too many blocks at once",
            },
        },
    }


def test_what_others_have_named_is_no_markdown_and_no_flood() -> None:
    nasty = "[pay here](https://evil.example) **now** <at>all</at>" + "x" * 5000
    event = msgspec.structs.replace(held(), data={**held().data, "reason": nasty, "asked": nasty})
    assert r"\[pay here\](https://evil.example) \*\*now\*\* \<at\>" in facts(event)["Reason"]
    assert len(facts(event)["Reason"]) < 450
    (incident,) = alerts(event)
    assert isinstance(incident, Trigger)
    assert len(incident.payload.summary) <= 200


def test_a_mailbox_is_named_only_where_the_event_has_one() -> None:
    assert facts(held())["Mailbox"] == MAILBOX
    assert not any("@" in value for value in facts(expiring(Stage.DAYS_14)).values())


@pytest.mark.parametrize(
    ("stage", "severity", "colour"),
    [
        (Stage.DAYS_90, "info", "good"),
        (Stage.DAYS_60, "info", "good"),
        (Stage.DAYS_30, "warning", "warning"),
        (Stage.DAYS_14, "warning", "warning"),
        (Stage.DAYS_7, "error", "attention"),
        (Stage.DAYS_3, "error", "attention"),
        (Stage.DAYS_1, "critical", "attention"),
        (Stage.DAYS_0, "critical", "attention"),
        (Stage.EXPIRED, "critical", "attention"),
    ],
)
def test_what_nears_its_end_gets_worse_and_stays_one_incident(
    stage: Stage, severity: str, colour: str
) -> None:
    event = expiring(stage)
    (incident,) = alerts(event)
    assert isinstance(incident, Trigger)
    assert incident.payload.severity == severity
    assert heading(event).color == colour
    assert incident.dedup_key == f"easgate|certificate|{TENANT}|{a_certificate().thumbprint}"


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        (mismatch(Kind.ACTIVE_NOT_REGISTERED), "error"),
        (mismatch(Kind.NEWER_NOT_REGISTERED), "warning"),
        (mismatch(Kind.KEY_OF_NO_VERSION), "info"),
        (secret_expiring(Stage.EXPIRED), "error"),
        (EXAMPLES["certificate.validation_failed"], "critical"),
        (EXAMPLES["operation.abandoned"], "error"),
        (ca_expiring(Stage.DAYS_30), "warning"),
        (ca_expiring(Stage.EXPIRED), "critical"),
        (crl_stale(CrlStage.DUE), "warning"),
        (crl_stale(CrlStage.STALE), "critical"),
        (EXAMPLES["trust.crl_unreachable"], "error"),
    ],
)
def test_how_bad_the_others_are(event: Told, severity: str) -> None:
    assert trouble.severity(event) == severity


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("certificate.expired", "certificate.rotated"),
        ("certificate.rotation_failed", "certificate.rotated"),
        ("certificate.validation_failed", "certificate.validation_passed"),
        ("device.wipe_requested", "device.wipe_acknowledged"),
        ("device.wipe_requested", "device.wipe_cancelled"),
        ("operation.held", "operation.settled"),
        ("operation.abandoned", "operation.settled"),
        ("trust.ca_expiring", "trust.ca_removed"),
        ("trust.ca_expired", "trust.ca_removed"),
        ("trust.crl_stale", "trust.crl_fresh"),
        ("trust.crl_unreachable", "trust.crl_fresh"),
    ],
)
def test_what_ends_a_trouble_resolves_its_incident(begins: str, ends: str) -> None:
    (incident,) = alerts(EXAMPLES[begins])
    resolved = {each.dedup_key for each in alerts(EXAMPLES[ends]) if isinstance(each, Resolve)}
    assert isinstance(incident, Trigger)
    assert incident.dedup_key in resolved
    assert begins in kinds.ENDINGS[ends]


def test_a_rotation_ends_incidents_and_is_then_a_change() -> None:
    *ends, change = alerts(rotated())
    assert len(ends) == 2
    assert isinstance(change, Change)
    assert change.payload.summary == "The certificate easgate was rotated"


def test_what_is_no_trouble_wakes_nobody() -> None:
    (change,) = alerts(EXAMPLES["device.access_changed"])
    assert isinstance(change, Change)


def test_a_wipe_is_one_incident_by_its_device() -> None:
    (incident,) = alerts(EXAMPLES["device.wipe_requested"])
    assert isinstance(incident, Trigger)
    assert incident.dedup_key == f"easgate|wipe|{TENANT}|devices/{GUID}"


def test_a_key_that_is_too_long_is_still_one_of_its_own() -> None:
    long = [
        msgspec.structs.replace(held(), data={**held().data, "operation_id": "x" * 400 + end})
        for end in "ab"
    ]
    keys = {trouble.begun(event) for event in long}
    assert len(keys) == 2
    assert all(key is not None and len(key) <= 255 for key in keys)


def test_a_webhook_is_signed_by_every_version_of_its_secret() -> None:
    event = published("operation.held")
    event_id = str(told.read(event).id)
    call = webhook.call(
        "https://portal.example/", event, event_id, secrets=[SECRET, OTHER_SECRET], now=NOW
    )
    timestamp = str(int(NOW.timestamp()))
    assert call.body == event
    assert call.headers == {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            signature(event_id, timestamp, event, secret=each) for each in (SECRET, OTHER_SECRET)
        ),
    }


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_***", "whsk_" + KEY]
    + ["whsec_" + base64.b64encode(b"x" * size).decode() for size in (23, 65)],
)
def test_what_is_no_signing_secret_is_not_signed_with(secret: str) -> None:
    with pytest.raises(Misconfigured, match="whsec_") as refused:
        webhook.call("https://portal.example/", b"{}", "1", secrets=[secret], now=NOW)
    assert not secret or secret.removeprefix("whsec_") == "" or secret not in str(refused.value)


@pytest.mark.parametrize("key", ["", "short", "x" * 33, "e93facc0-764012d7bfb002500d5d1a6"])
def test_what_is_no_routing_key_is_not_sent(key: str) -> None:
    with pytest.raises(Misconfigured, match="routing key"):
        pagerduty.calls("", held(), [], routing_key=key)
