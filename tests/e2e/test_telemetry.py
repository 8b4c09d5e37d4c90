"""What the app tells Application Insights of a day: all of the story, and nobody's name."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest

from infra.local import contoso
from infra.local.simulators.mdm.portal import standard_webhooks_request
from infra.local.world import World, utc_now
from tests.e2e.asking import a_phone, get, refused
from tests.e2e.canaries import Canaries, leaks
from tests.e2e.keys import run_the_watch
from tests.e2e.looking import done, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
UNSAMPLED = "5bf92f3577b34da6a3ce929d0e0e4736"
LOOKED = re.compile(r"on_certificate_schedule \S+ Executed \(Succeeded\)")
PLANTED = "plantedbythecaller"
Item = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """A world whose secrets are known, and what it was asked for."""

    world: World
    client: httpx.Client
    canaries: Canaries

    def block(self, name: str, **headers: str) -> str:
        """Let the MDM have a phone blocked, see it done, and return the operation's id."""
        phone = a_phone(self.world, name)
        mailbox, device_id = phone.mailbox.address, phone.device_id
        mdm = self.world.mdm(self.client)
        call = standard_webhooks_request(
            mdm.url,
            secrets=mdm.secrets,
            body=mdm.payload("device.noncompliant", mailbox=mailbox, device_id=device_id),
            message_id=f"msg_{uuid.uuid4().hex}",
            sent_at=utc_now(),
        )
        call.headers.update(headers)
        answer = self.client.send(call)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        operation_id = str(answer.json()["operation_id"])
        until(lambda: done(self.world, self.client, operation_id), "the phone is blocked")
        return operation_id

    def items(self, kind: str, trace: str = "") -> list[Item]:
        """Return what was told, of one trace or of all."""
        found = [cast("Item", each) for each in self.world.insights.items(kind)]
        return [each for each in found if trace in {"", each["tags"].get("ai.operation.id")}]

    def named(self, kind: str, trace: str) -> dict[str, Item]:
        """Return what was told in a trace, by its name."""
        return {each["data"]["baseData"]["name"]: each for each in self.items(kind, trace)}

    def given_up(self) -> list[Item]:
        """Return the lines that tell of something given up."""
        lines = self.items("MessageData")
        return [each for each in lines if "is given up" in each["data"]["baseData"]["message"]]

    def metrics(self, name: str) -> list[Item]:
        """Return the attributes of what was measured, each with its value."""
        return [
            {**each["data"]["baseData"]["properties"], "value": point["value"]}
            for each in self.items("MetricData")
            for point in each["data"]["baseData"]["metrics"]
            if point["name"] == name
        ]


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    """Run a world in which phones are blocked, and some cannot be."""
    canaries = Canaries()
    with (
        World(embedded=True, watch=canaries.watch) as world,
        httpx.Client(timeout=30.0) as client,
    ):
        yield Day(world, client, canaries)


@pytest.fixture(scope="module")
def operation_id(day: Day) -> str:
    """Let all of it happen, and see it told."""
    world, client = day.world, day.client
    caller = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "tracestate": f"vendor={PLANTED}"}
    blocked = day.block("unforgettable", **caller, baggage=f"who={PLANTED}")
    day.block("memorable", traceparent=f"00-{UNSAMPLED}-00f067aa0ba902b7-00")
    for nonsense in (PLANTED * 300, f"00-{PLANTED}-00f067aa0ba902b7-01", "00-0-0-0"):
        day.block(f"unmistakable{len(nonsense)}", traceparent=nonsense, tracestate=nonsense)
    ghost = a_phone(world, "unforgettableghost")
    refused(world, client, ghost, "block", device_id="UNFORGETTABLEOTHER")
    get(world, client, f"devices/{ghost.mailbox.address}/UNFORGETTABLEOTHER/explanation")
    client.post(f"{world.url}/api/mdm/unforgettable%40contoso.com%0Aforged", content=b"x")
    run_the_watch(world, client)
    until(lambda: day.metrics("easgate.certificate.days_left"), "the watch has told")
    until(day.given_up, "and its lines, which are sent last")
    return blocked


def test_story_is_told_in_the_trace_of_the_mdm_s_call(day: Day, operation_id: str) -> None:
    """From the webhook over the queue to Exchange, each part below the one it came of."""
    calls = day.named("RemoteDependencyData", TRACE)
    webhook = calls["on_webhook"]
    work = day.named("RequestData", TRACE)["device-signals process"]
    assert parent(work) == webhook["data"]["baseData"]["id"]
    assert properties(work)["easgate.operation_id"] == operation_id
    assert properties(work)["easgate.tenant_id"] == contoso.TENANT_ID
    exchange = [each for name, each in calls.items() if name.startswith("Exchange ")]
    assert "Exchange Set-CASMailbox" in calls
    assert {parent(each) for each in exchange} == {work["data"]["baseData"]["id"]}
    assert {properties(each)["easgate.operation_id"] for each in exchange} == {operation_id}
    assert calls["Exchange Set-CASMailbox"]["data"]["baseData"]["success"]
    assert calls["Event Grid publish"]


def parent(item: Item) -> str:
    """Return the id of the span that an item is below."""
    return str(item["tags"]["ai.operation.parentId"])


def properties(item: Item) -> dict[str, str]:
    """Return what an item says besides what all of its kind say."""
    return cast("dict[str, str]", item["data"]["baseData"]["properties"])


def test_caller_does_not_decide_whether_its_call_is_seen(day: Day, operation_id: str) -> None:
    """One whose own trace is not recorded, and ones whose trace is nonsense, are seen as any."""
    assert operation_id
    assert "Exchange Set-CASMailbox" in day.named("RemoteDependencyData", UNSAMPLED)
    processed = [
        each
        for each in day.items("RequestData")
        if each["data"]["baseData"]["name"] == "device-signals process"
    ]
    assert len(processed) == 5
    assert len({each["tags"]["ai.operation.id"] for each in processed}) == 5


def test_measures_and_lines_are_told_too(day: Day, operation_id: str) -> None:
    """Each once; lines with the ids of what they are about."""
    assert operation_id
    days = {each["which"]: each for each in day.metrics("easgate.certificate.days_left")}
    assert len(day.metrics("easgate.certificate.days_left")) == len(days)
    assert days["in_use"]["tenant_id"] == contoso.TENANT_ID
    assert days["in_use"]["value"] > 0
    done = [each for each in day.metrics("easgate.actions") if each["outcome"] == "done"]
    assert sum(each["value"] for each in done if each["action"] == "block") == 5
    assert day.metrics("easgate.queue.age")
    assert day.metrics("easgate.throttle.calls_per_second")
    (given_up,) = day.given_up()
    assert properties(given_up)["easgate.tenant_id"] == contoso.TENANT_ID
    assert properties(given_up)["easgate.operation_id"]
    assert day.world.insights.refused == []


def test_nothing_names_anybody_or_tells_a_secret(day: Day, operation_id: str) -> None:
    """Nor carries what a caller would like to see there."""
    assert operation_id
    told = json.dumps(day.world.insights.items())
    names = (contoso.MAILBOX, contoso.PHONE, "unforgettable", "memorable", "unmistakable", PLANTED)
    assert "answered 404" in told
    assert [name for name in names if name.lower() in told.lower()] == []
    assert leaks(day.canaries.spellings(day.world), {"telemetry": told}) == set()


def test_outage_of_application_insights_changes_nothing(day: Day, operation_id: str) -> None:
    """Neither for a webhook nor for the timer that would like to tell at once."""
    assert operation_id
    day.world.insights.faults.down = True
    host = day.world.start_host().process
    day.block("forgotten")
    run_the_watch(day.world, day.client)
    day.block("forgottentoo")
    until(lambda: len(LOOKED.findall(day.world.log_text())) == 2, "the watch has looked again")
    assert day.world.start_host().process is host
    assert host.poll() is None
    day.world.insights.faults.clear()
