"""What the simulated Application Insights takes and refuses, request by request."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.exchange_world import START
from tests.contract.insights_world import TRACK, component, data, message, send

REQUEST = {"id": "r", "duration": "00:00:01", "responseCode": "200", "success": True}
CALL = {"name": "GET", "duration": "0.00:00:00.012"}
POINT = {"name": "age", "value": 1.5}
THROWN = {"typeName": "ValueError", "message": "broken"}


def refusal(item: dict[str, Any]) -> str:
    """Return the message that a lone item is refused with, or nothing if it is accepted."""
    answer = send(component(), [item])
    said = answer.json()
    assert said["itemsReceived"] == 1
    assert (answer.status_code, said["itemsAccepted"]) in {(200, 1), (400, 0)}
    return str(said["errors"][0]["message"]) if said["errors"] else ""


def test_an_array_one_object_and_lines_are_read_packed_or_not() -> None:
    insights = component()
    lines = "\n".join(json.dumps(message()) for _ in range(2)).encode()
    stream = {"Content-Type": "application/x-json-stream"}
    packed = {"Content-Encoding": "gzip"}

    assert send(insights, [message(), message()]).json()["itemsAccepted"] == 2
    assert send(insights, message()).json()["itemsAccepted"] == 1
    assert send(insights, lines, headers=stream).json()["itemsAccepted"] == 2
    assert send(insights, gzip.compress(lines), headers=stream | packed).status_code == 200
    assert len(insights.items("MessageData")) == 7


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"\xff", {}, 400),
        (b'{"value": NaN}', {}, 400),
        (b"plain", {"Content-Encoding": "gzip"}, 400),
        (b"[]", {"Content-Encoding": "br"}, 415),
        (b"[]", {"Content-Type": "text/plain"}, 415),
        (b" " * 30_000_001, {}, 413),
        (b"[" + b"0," * 64_000 + b"0]", {}, 413),
    ],
)
def test_a_body_that_holds_no_batch_is_refused(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = send(component(), body, headers=headers)

    assert answer.status_code == answer.json()["errors"][0]["statusCode"] == status


def test_another_path_or_method_is_refused() -> None:
    insights = component()
    old = send(insights, [message()], url=TRACK.replace("v2.1", "v2"))

    assert (old.status_code, "v2 API" in old.text) == (400, True)
    assert send(insights, [message()], url=TRACK + "/x").status_code == 404
    assert send(insights, b"", method="GET").status_code == 405


def test_the_wrong_principal_is_forbidden_and_the_wrong_token_unauthorized() -> None:
    insights = component()
    assert send(insights, [message()], headers={"Authorization": "Bearer x"}).status_code == 401
    insights.roles.revoke("c8b7c1de-52b0-4a0e-8a55-1b1f6f0d7a02")

    answer = send(insights, [message()])
    assert (answer.status_code, answer.json()["itemsAccepted"]) == (403, 0)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("RequestData", {**REQUEST, "name": "x" * 1024, "url": "u" * 2048, "source": None}),
        ("RemoteDependencyData", {**CALL, "data": "d" * 8192, "unknown": {"fields": "are let be"}}),
        ("MessageData", {"message": "m" * 32768, "severityLevel": "Warning"}),
        ("MetricData", {"metrics": [{**POINT, "kind": 1, "count": 3, "ns": "easgate"}]}),
        ("ExceptionData", {"exceptions": [{**THROWN, "parsedStack": []}], "severityLevel": 3}),
        ("EventData", {"name": "n" * 512, "measurements": {"size": 2.5}}),
    ],
)
def test_what_keeps_to_its_contract_is_accepted(kind: str, content: dict[str, Any]) -> None:
    assert refusal(message(data=data(kind, **content))) == ""


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("RequestData", {**REQUEST, "id": ""}, "109: Field 'id' on type 'RequestData'"),
        ("RequestData", {**REQUEST, "responseCode": 200}, "106: Field 'responseCode'"),
        ("RequestData", {**REQUEST, "success": "true"}, "106: Field 'success'"),
        ("RequestData", {**REQUEST, "success": None}, "109: Field 'success'"),
        ("RequestData", {**REQUEST, "duration": "1 s"}, "102: Field 'duration'"),
        ("RequestData", {**REQUEST, "duration": "1000.00:00:00"}, "102: Field 'duration'"),
        ("RequestData", {**REQUEST, "id": "x" * 129}, "Expected: 128 characters, Actual: 129"),
        ("RemoteDependencyData", {**CALL, "name": None}, "109: Field 'name'"),
        ("RemoteDependencyData", {**CALL, "data": "d" * 8193}, "100: Field 'data'"),
        ("MessageData", {"message": ""}, "109: Field 'message' on type 'MessageData'"),
        ("MessageData", {"message": "m" * 32769}, "100: Field 'message'"),
        ("MessageData", {"message": "m", "severityLevel": 5}, "106: Field 'severityLevel'"),
        ("MessageData", {"message": "m", "properties": {"n": 1}}, "106: Field 'properties.n'"),
        ("MessageData", {"message": "m", "properties": {"n": "v" * 8193}}, "100: Field"),
        ("MessageData", {"message": "m", "properties": {"n" * 151: "v"}}, "100: Field"),
        ("MessageData", {"message": "m", "properties": ["n"]}, "106: Field 'properties'"),
        ("MetricData", {"metrics": []}, "109: Field 'metrics'"),
        ("MetricData", {"metrics": POINT}, "106: Field 'metrics'"),
        (
            "MetricData",
            {"metrics": [{**POINT, "name": 7}]},
            "106: Field 'name' on type 'DataPoint'",
        ),
        ("MetricData", {"metrics": [{**POINT, "value": "1"}]}, "106: Field 'value'"),
        ("MetricData", {"metrics": [{**POINT, "count": 1.5}]}, "106: Field 'count'"),
        ("ExceptionData", {"exceptions": []}, "109: Field 'exceptions'"),
        ("ExceptionData", {"exceptions": [{**THROWN, "message": ""}]}, "'ExceptionDetails'"),
        (
            "ExceptionData",
            {"exceptions": [{**THROWN, "parsedStack": [{"level": 0}]}]},
            "109: Field 'method' on type 'StackFrame'",
        ),
        ("SpanData", {}, "Unknown telemetry type 'SpanData'"),
    ],
)
def test_what_breaks_its_contract_is_refused(
    kind: str, content: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(message(data=data(kind, **content)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iKey": None}, "Invalid instrumentation key"),
        ({"iKey": "11111111-2222-3333-4444-555555555556"}, "Invalid instrumentation key"),
        ({"name": None}, "109: Field 'name' on type 'Envelope'"),
        ({"time": None}, "109: Field 'time' on type 'Envelope'"),
        ({"time": "fake"}, "102: Field 'time' on type 'Envelope'"),
        ({"time": "2026-03-02T08:00:00"}, "102: Field 'time'"),
        ({"time": "2026-02-30T08:00:00Z"}, "102: Field 'time'"),
        ({"sampleRate": 0}, "106: Field 'sampleRate'"),
        ({"tags": ["x"]}, "106: Field 'tags'"),
        ({"tags": {"ai.operation.id": "x" * 129}}, "100: Field 'ai.operation.id'"),
        ({"tags": {"my.own": 1}}, "106: Field 'my.own' on type 'ContextTagKeys'"),
        ({"data": None}, "109: Field 'data'"),
        ({"data": "x"}, "106: Field 'data'"),
        ({"data": {"baseType": "MessageData"}}, "109: Field 'baseData'"),
        ({"data": {"baseType": "MessageData", "baseData": []}}, "106: Field 'baseData'"),
        ({"data": {"baseData": {"message": "m"}}}, "109: Field 'baseType'"),
        ({"data": {"baseType": ["MessageData"], "baseData": {}}}, "Unknown telemetry type"),
        ({"seq": "s" * 65}, "100: Field 'seq'"),
        ({"extra": "x" * 65_536}, "too large"),
    ],
)
def test_an_envelope_that_is_not_right_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(message(**changes))


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (timedelta(hours=48), ""),
        (timedelta(hours=48, seconds=1), "103: Field 'time' on type 'Envelope' is older"),
        (timedelta(hours=-2), ""),
        (timedelta(hours=-2, seconds=-1), "104: Field 'time' on type 'Envelope' is newer"),
    ],
)
def test_an_item_may_be_two_days_old_and_two_hours_early(age: timedelta, reason: str) -> None:
    moment = (START - age).isoformat().replace("+00:00", "Z")
    told = refusal(message(time=moment))

    assert told.startswith(reason)
    assert bool(told) is bool(reason)


def test_the_good_items_of_a_batch_are_kept() -> None:
    insights = component()
    bad = message(name=None)
    answer = send(insights, [bad, message(), "text"])

    assert answer.status_code == 206
    said = answer.json()
    assert (said["itemsReceived"], said["itemsAccepted"]) == (3, 1)
    assert [(told["index"], told["statusCode"]) for told in said["errors"]] == [(0, 400), (2, 400)]
    assert insights.items() == [message()]
    assert [told["item"] for told in insights.refused] == [bad, "text"]


def test_where_nothing_is_accepted_the_first_item_gives_the_status() -> None:
    insights = component()
    insights.faults.order_items(429, "Too many items.")

    assert send(insights, [message(), message(name=None)]).status_code == 429
