"""ALERT_RECEIVERS: what is wrong with a receiver is said at once, and who is told of what."""

import json
import re
from typing import Any

import msgspec
import pytest

from infra.local.places import CHECKOUT
from shared.alerts import kinds
from shared.alerts.settings import ReceiverSettings
from shared.config import Settings
from tests.unit.builders import TENANT
from tests.unit.test_config import complaint, settings

OTHER = "11111111-2222-4333-8444-555555555555"
PORTAL = {"kind": "webhook", "secret_name": "alerts-portal", "url": "https://portal.example/hook"}
CHANNEL = {"kind": "teams", "secret_name": "alerts-channel"}
ON_CALL = {"kind": "pagerduty", "secret_name": "alerts-on-call"}


def configured(**receiver: object) -> Settings:
    """Return settings with one receiver."""
    return settings(ALERT_RECEIVERS=json.dumps({"ops": receiver}))


def a_receiver(**changes: object) -> ReceiverSettings:
    """Return a receiver as settings make it."""
    return msgspec.convert({**ON_CALL, **changes}, ReceiverSettings, strict=False)


@pytest.mark.parametrize("receiver", [PORTAL, CHANNEL, ON_CALL], ids=lambda each: each["kind"])
def test_a_receiver_of_each_kind_can_be_served(receiver: dict[str, object]) -> None:
    found = configured(**receiver).receivers["ops"]
    assert found.kind == receiver["kind"]
    assert found.chosen == kinds.ALARMING


def test_nobody_is_told_where_nobody_is_named() -> None:
    assert settings().receivers == {}


WRONG: list[tuple[dict[str, object], str]] = [
    ({**PORTAL, "url": ""}, "url is not an https address"),
    ({**PORTAL, "url": "http://portal.example/hook"}, "url is not an https address"),
    ({**PORTAL, "url": "https://me:pw@portal.example/hook"}, "url holds a user or a fragment"),
    ({**PORTAL, "url": "https://portal.example:port/"}, "url is no address"),
    ({**PORTAL, "url": "https://[portal.example/"}, "url is no address"),
    ({**CHANNEL, "url": "https://flow.example/?sig=SECRET"}, "the workflow's address is a secret"),
    ({**ON_CALL, "url": "https://events.eu.pagerduty.com/v2/enqueue"}, "url is more than a host"),
    ({**ON_CALL, "types": ["device.exploded"]}, "there is no event device.exploded"),
    ({**ON_CALL, "types": ["devic*"]}, "there is no event devic*"),
    ({**ON_CALL, "tenant_ids": [OTHER]}, f"tenant {OTHER} is not in TENANTS"),
    ({**ON_CALL, "runbook_url": "wiki/runbook"}, "runbook_url is not an https address"),
    ({"kind": "teams"}, "secret_name"),
    ({**CHANNEL, "secret_name": "not a name"}, "secret_name"),
    ({**CHANNEL, "kind": "pigeon"}, "pigeon"),
    ({**CHANNEL, "speed": 9}, "speed"),
]


@pytest.mark.parametrize(("receiver", "said"), WRONG)
def test_what_is_wrong_is_said_and_no_secret_is_repeated(
    receiver: dict[str, object], said: str
) -> None:
    told = complaint(ALERT_RECEIVERS=json.dumps({"ops": receiver}))
    assert "ALERT_RECEIVERS" in told
    assert said in told
    assert "SECRET" not in told
    assert "pw@" not in told


@pytest.mark.parametrize(
    ("types", "chosen"),
    [
        (["*"], kinds.ALL),
        (["device.gone"], {"device.gone"}),
        (["webhook_secret.*", "device.gone"], {"device.gone"} | {
            "webhook_secret.expiring", "webhook_secret.expired"
        }),
    ],
)  # fmt: skip
def test_types_are_named_one_by_one_or_as_a_group(types: list[str], chosen: set[str]) -> None:
    assert a_receiver(types=types).chosen == chosen


@pytest.mark.parametrize(
    ("receiver", "kind", "is_told"),
    [
        ({}, "operation.held", True),
        ({}, "device.access_changed", False),
        ({}, "certificate.rotated", True),  # it ends an incident
        ({}, "operation.settled", True),
        ({"types": ["throttle.sustained"]}, "certificate.rotated", False),
        (CHANNEL, "certificate.rotated", False),
        ({**CHANNEL, "types": ["certificate.*"]}, "certificate.rotated", True),
        ({"tenant_ids": [OTHER]}, "operation.held", False),
        ({"tenant_ids": [TENANT]}, "operation.held", True),
    ],
)
def test_a_receiver_is_told_what_it_wants_and_how_that_ends(
    receiver: dict[str, Any], kind: str, *, is_told: bool
) -> None:
    assert a_receiver(**receiver).wants(kind, TENANT) == is_told


def test_every_event_of_ours_can_be_chosen_and_no_other() -> None:
    """The list stands apart from the events, which are told from above it."""
    folder = CHECKOUT / "shared" / "events"
    code = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    assert set(re.findall(r'"easgate\.([\w.]+)\.v1"', code)) == kinds.ALL
