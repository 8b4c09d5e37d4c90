"""Application Insights is looked at and made to misbehave over HTTP, in a running world."""

from typing import Any

import httpx
import pytest

from infra.local.simulators.insights import Insights
from infra.local.simulators.insights.control import InsightsControl
from tests.contract.insights_world import component, data, message, send


def ask(insights: Insights, method: str, path: str, body: object = None) -> httpx.Response:
    transport = httpx.MockTransport(InsightsControl(insights))
    with httpx.Client(transport=transport, base_url="http://control") as client:
        return client.request(method, path, json=body)


def test_items_are_listed_by_kind_and_forgotten() -> None:
    insights = component()
    event = message(data=data("EventData", name="started"))
    send(insights, [message(), event, message(name=None)])

    every = ask(insights, "GET", "/items").json()
    assert every["items"] == [message(), event]
    assert every["refused"][0]["statusCode"] == 400
    assert ask(insights, "GET", "/items?kind=EventData").json()["items"] == [event]

    assert ask(insights, "DELETE", "/items").status_code == 200
    assert ask(insights, "GET", "/items").json() == {"items": [], "refused": []}


def test_a_failure_is_ordered_so_many_times() -> None:
    insights = component()
    ask(insights, "POST", "/faults", {"status": 429, "retry_after": "7", "times": 2})

    failed = [send(insights, [message()]) for _ in range(2)]
    assert [(one.status_code, one.headers["Retry-After"]) for one in failed] == [(429, "7")] * 2
    assert send(insights, [message()]).status_code == 200


def test_a_failure_of_single_items_leaves_the_others() -> None:
    insights = component()
    ask(insights, "POST", "/faults", {"status": 500, "message": "No luck.", "items": True})

    answer = send(insights, [message(), message()])
    assert answer.status_code == 206
    assert answer.json()["errors"] == [{"index": 0, "statusCode": 500, "message": "No luck."}]


def test_it_can_be_down_and_slow_until_faults_are_cleared() -> None:
    slept: list[float] = []
    insights = component(sleep=slept.append)
    ask(insights, "POST", "/faults", {"down": True, "latency": 2.5})
    assert send(insights, [message()]).status_code == 503

    ask(insights, "DELETE", "/faults")
    assert send(insights, [message()]).status_code == 200
    assert slept == [2.5]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/faults", {"status": 200}, 400),
        ("POST", "/faults", {"state": 500}, 400),
        ("POST", "/faults", {"status": 500, "times": 0}, 400),
        ("GET", "/else", None, 404),
    ],
)
def test_what_it_does_not_understand_it_refuses(
    method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    assert ask(component(), method, path, body).status_code == status


def test_a_role_that_there_is_not_cannot_be_given() -> None:
    with pytest.raises(LookupError, match="Monitoring Metrics Publisher"):
        component().roles.grant("p-1", "Metrics Publisher")
