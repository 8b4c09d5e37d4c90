"""HTTP functions on the embedded host behave as on the platform."""

from collections.abc import Iterator
from http.client import HTTPConnection

import httpx
import pytest

from infra.local.host.launch import FunctionHost
from tests.contract.host_world import World

KEYS = {"function_key": "a-function-key", "master_key": "the-master-key"}


@pytest.fixture(scope="module")
def open_host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionHost]:
    world = World(storage, tmp_path_factory.mktemp("open"))
    world.settings["AzureFunctionsJobHost__functionTimeout"] = "00:00:01"
    with world.host() as host:
        yield host


@pytest.fixture(scope="module")
def locked_host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionHost]:
    with World(storage, tmp_path_factory.mktemp("locked")).host(
        function_key=KEYS["function_key"], master_key=KEYS["master_key"]
    ) as host:
        yield host


@pytest.fixture
def client(open_host: FunctionHost) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=open_host.url) as client:
        yield client


@pytest.fixture
def locked(locked_host: FunctionHost) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=locked_host.url) as client:
        yield client


def test_a_function_sees_the_request_as_the_worker_shows_it(client: httpx.Client) -> None:
    headers = [("X-Multi", "one"), ("X-Multi", "two"), ("X-Case", "Kept")]
    seen = client.post(
        "/API/Echo/-7/a%20b%2Fc?tag=1&tag=2&empty=", content=b"body", headers=headers
    ).json()

    assert seen["method"] == "POST"
    assert seen["route"] == {"number": "-7", "rest": "a b%2Fc"}
    assert seen["query"] == {"tag": "1,2"}
    assert seen["headers"]["x-multi"] == "one,two"
    assert seen["headers"]["x-case"] == "Kept"
    assert seen["body"] == "body"
    assert seen["url"] == f"{client.base_url}/API/Echo/-7/a%20b%2Fc?tag=1&tag=2&empty="
    assert seen["function"] == "echo"


def test_an_absent_optional_part_is_no_parameter(client: httpx.Client) -> None:
    assert client.get("/api/echo/7").json()["route"] == {"number": "7"}


def test_each_call_has_an_invocation_and_a_trace_of_its_own(client: httpx.Client) -> None:
    first, second = (client.get("/api/echo/1").json() for _ in range(2))

    assert first["invocation"] != second["invocation"]
    assert first["trace"] != second["trace"]


def test_a_literal_segment_wins_over_a_parameter(client: httpx.Client) -> None:
    answer = client.get("/api/echo/0/special")

    assert answer.text == "special 0"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/echo/not-a-number"),
        ("DELETE", "/api/echo/1"),
        ("GET", "/echo/1"),
        ("GET", "/api/nowhere"),
    ],
)
def test_what_no_route_takes_is_not_found(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_a_chunked_body_does_not_arrive_and_the_log_says_so(
    client: httpx.Client, open_host: FunctionHost
) -> None:
    seen = client.post("/api/echo/1", content=iter([b"in ", b"pieces"])).json()

    assert seen["body"] == ""
    assert "chunked body does not reach" in open_host.log_text()


def test_a_body_over_the_limit_is_refused_before_it_is_sent(client: httpx.Client) -> None:
    address = HTTPConnection(client.base_url.host, client.base_url.port or 0, timeout=10)
    address.putrequest("POST", "/api/echo/1")
    address.putheader("content-length", str(104_857_601))
    address.endheaders()

    assert address.getresponse().status == 413
    address.close()


def test_several_cookies_are_several_headers(client: httpx.Client) -> None:
    answer = client.get("/api/cookies")

    assert answer.status_code == 201
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; HttpOnly"]


@pytest.mark.parametrize("how", ["raise", "nothing", "cancel", "exit", "hang"])
def test_a_failure_shows_nothing_outside_and_everything_in_the_log(
    client: httpx.Client, open_host: FunctionHost, how: str
) -> None:
    reasons = {
        "raise": "the secret reason",
        "nothing": "a NoneType cannot go to a http output",
        "cancel": "the call would hang",
        "hang": "every other invocation in it would die too",
        "exit": "the real worker process would be gone",
    }
    answer = client.get(f"/api/broken/{how}")

    assert (answer.status_code, answer.content) == (500, b"")
    assert reasons[how] in open_host.log_text()


def test_each_log_line_names_function_and_invocation(
    client: httpx.Client, open_host: FunctionHost
) -> None:
    invocation = client.get("/api/echo/1").json()["invocation"]

    assert f"INFO echo {invocation} echoing\n" in open_host.log_text()


def test_a_log_line_from_a_thread_of_the_apps_own_names_neither(
    client: httpx.Client, open_host: FunctionHost
) -> None:
    client.get("/api/echo/0/special")

    assert "INFO - - from elsewhere\n" in open_host.log_text()


def test_the_host_says_that_it_runs_and_what(client: httpx.Client) -> None:
    names = [function["name"] for function in client.get("/admin/functions").json()]

    assert client.get("/admin/host/status").json() == {"state": "Running"}
    assert {"echo", "work", "new_year", "on_event"} <= set(names)


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("GET", "/api/echo/1", None, 401),
        ("GET", "/api/echo/1", "wrong", 401),
        ("GET", "/api/echo/1", KEYS["function_key"], 200),
        ("GET", "/api/echo/1", KEYS["master_key"], 200),
        ("GET", "/api/echo/0/special", None, 200),
        ("DELETE", "/api/orders", KEYS["function_key"], 401),
        ("DELETE", "/api/orders", KEYS["master_key"], 200),
        ("GET", "/admin/host/status", KEYS["function_key"], 401),
        ("GET", "/admin/host/status", KEYS["master_key"], 200),
    ],
)
def test_keys_open_what_their_level_allows(
    locked: httpx.Client, method: str, path: str, key: str | None, status: int
) -> None:
    by_header = locked.request(method, path, headers={"x-functions-key": key} if key else {})
    by_query = locked.request(method, path, params={"code": key} if key else {})

    assert (by_header.status_code, by_query.status_code) == (status, status)
    assert status == 200 or by_header.content == b""


def test_a_disabled_function_is_not_found(world: World) -> None:
    world.settings["AzureWebJobs.echo.Disabled"] = "true"
    with world.host() as host:
        assert httpx.get(f"{host.url}/api/echo/1").status_code == 404
        assert httpx.get(f"{host.url}/api/cookies").status_code == 201
