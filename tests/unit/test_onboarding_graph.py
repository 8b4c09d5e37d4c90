"""Microsoft Graph is read to the end, and nobody else is handed the person's token."""

from collections.abc import Callable

import httpx
import msgspec
import pytest

from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.patience import Patience
from shared.errors import Misconfigured, Retryable

GRAPH = "https://graph.microsoft.com"


class Thing(msgspec.Struct):
    """Something listed."""

    id: str


def a_graph(answer: Callable[[httpx.Request], httpx.Response], naps: list[float]) -> Graph:
    http = httpx.Client(transport=httpx.MockTransport(answer))
    patience = Patience(sleep=naps.append, tell=lambda _: None)
    return Graph(http, GRAPH, lambda: "token", patience)


def test_a_list_is_read_over_all_its_pages() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "skip" in str(request.url):
            return httpx.Response(200, json={"value": [{"id": "2"}]})
        link = f"{GRAPH}/v1.0/things?$skiptoken=skip"
        return httpx.Response(200, json={"value": [{"id": "1"}], "@odata.nextLink": link})

    found = a_graph(answer, []).rows("things", Thing, needs="nothing")

    assert [each.id for each in found] == ["1", "2"]


@pytest.mark.parametrize(
    "link", ["https://evil.example/v1.0/things", f"{GRAPH}.evil.example/v1.0/", "things"]
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={"value": [], "@odata.nextLink": link})

    with pytest.raises(Misconfigured, match="leads elsewhere"):
        a_graph(answer, []).rows("things", Thing, needs="nothing")

    assert [url.host for url in asked] == ["graph.microsoft.com"]


@pytest.mark.parametrize(("headers", "naps"), [({}, [1, 2, 4]), ({"Retry-After": "7"}, [7, 7, 7])])
def test_a_service_that_stays_busy_is_asked_four_times(
    headers: dict[str, str], naps: list[float]
) -> None:
    slept: list[float] = []

    with pytest.raises(Retryable):
        a_graph(lambda _: httpx.Response(429, headers=headers), slept).read(
            "things", Thing, needs="nothing"
        )

    assert slept == naps


def test_a_write_is_sent_once() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        return httpx.Response(503)

    with pytest.raises(Retryable):
        a_graph(answer, []).create("things", {}, Thing, needs="nothing")

    assert sent == ["POST"]
