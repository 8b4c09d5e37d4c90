"""The Event Grid topic: what it accepts, keeps and refuses."""

from typing import Any

import httpx
import pytest

from infra.local.simulators.event_grid import EventGridTopic
from tests.contract.exchange_world import Clock, a_token, jwks

AUDIENCE = "https://eventgrid.azure.net"
BATCH = "application/cloudevents-batch+json; charset=utf-8"
SINGLE = "application/cloudevents+json"
EVENT: dict[str, object] = {
    "id": "1",
    "source": "/deployments/one",
    "specversion": "1.0",
    "type": "easgate.device.access_changed.v1",
    "subject": "devices/A1",
    "time": "2026-03-02T08:00:00.5Z",
    "datacontenttype": "application/json",
    "correlationid": "c-1",
    "data": {"state": "Blocked"},
}


class Setup:
    def __init__(self) -> None:
        self.clock = Clock()
        self.topic = EventGridTopic(jwks=jwks, clock=self.clock)
        self.client = httpx.Client(transport=httpx.MockTransport(self.topic))

    def post(
        self,
        body: object,
        *,
        kind: str = BATCH,
        query: str = "?api-version=2018-01-01",
        **claims: object,
    ) -> httpx.Response:
        """Publish to the topic."""
        token = a_token(self.clock(), {"aud": AUDIENCE, **claims})
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        url = f"https://topic.westeurope-1.eventgrid.azure.net/api/events{query}"
        return self.client.post(url, json=body, headers=headers)


def test_single_events_and_batches_are_kept_in_order() -> None:
    setup = Setup()

    assert setup.post([EVENT, EVENT | {"id": "2"}]).status_code == 200
    assert setup.post(EVENT | {"id": "3"}, kind=SINGLE, query="").status_code == 200
    assert setup.post([EVENT]).status_code == 200

    assert [event["id"] for event in setup.topic.events] == ["1", "2", "3", "1"]
    assert setup.topic.events[0] == EVENT
    assert list(setup.topic.by_id()) == ["1", "2", "3"]


@pytest.mark.parametrize("claims", [{"aud": "https://management.azure.com"}, {"exp": 1}])
def test_a_token_that_is_not_right_is_401(claims: dict[str, Any]) -> None:
    setup = Setup()

    assert setup.post([EVENT], **claims).status_code == 401
    assert setup.topic.events == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_another_content_type_is_415(kind: str) -> None:
    assert Setup().post([EVENT], kind=kind).status_code == 415


@pytest.mark.parametrize(
    ("body", "kind"),
    [(EVENT, BATCH), ([EVENT], SINGLE), ([], BATCH), (["x"], BATCH), ("x", SINGLE)],
)
def test_the_shape_must_fit_the_content_type(body: object, kind: str) -> None:
    assert Setup().post(body, kind=kind).status_code == 400


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type"])
def test_required_attributes_are_required(name: str) -> None:
    without = {key: value for key, value in EVENT.items() if key != name}

    assert Setup().post([without]).status_code == 400
    assert Setup().post([EVENT | {name: ""}]).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"id": 7},
        {"source": "not a reference"},
        {"source": "http://[broken"},
        {"time": "2026-03-02 08:00"},
        {"time": "2026-03-02T08:00:00"},
        {"time": "2026-02-30T08:00:00Z"},
        {"time": None},
        {"subject": ""},
        {"datacontenttype": "json"},
        {"dataschema": "relative/schema"},
        {"tenantId": "x"},
        {"tenant_id": "x"},
        {"averyveryverylongname": "x"},
        {"tenant": {"id": "x"}},
        {"tenant": 1.5},
        {"tenant": None},
        {"data_base64": "AAAA"},
    ],
)
def test_an_attribute_that_breaks_a_rule_refuses_the_whole_batch(wrong: dict[str, object]) -> None:
    setup = Setup()

    assert setup.post([EVENT, EVENT | wrong]).status_code == 400
    assert setup.topic.events == []


def test_binary_data_must_be_base64() -> None:
    binary = {key: value for key, value in EVENT.items() if key != "data"}

    assert Setup().post([binary | {"data_base64": "AAAA"}]).status_code == 200
    assert Setup().post([binary | {"data_base64": "A*"}]).status_code == 400


def test_more_than_a_megabyte_is_413() -> None:
    assert Setup().post([EVENT | {"data": "x" * 1_000_000}]).status_code == 413


def test_an_unknown_version_path_or_method_is_refused() -> None:
    setup = Setup()

    assert setup.post([EVENT], query="?api-version=2020-01-01").status_code == 400
    assert setup.client.get("https://topic/api/events").status_code == 405
    assert setup.client.post("https://topic/events").status_code == 404


def test_failures_are_planned() -> None:
    setup = Setup()
    setup.topic.fail_next(429, "3", times=2)

    failed = [setup.post([EVENT]) for _ in range(2)]
    assert [(one.status_code, one.headers["Retry-After"]) for one in failed] == [(429, "3")] * 2
    assert setup.post([EVENT]).status_code == 200

    setup.topic.down = True
    assert setup.post([EVENT]).status_code == 503
    assert len(setup.topic.events) == 1
