"""MaaS360 on a bad day, or changing while it is read; and the journal of every call."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.maas360 import faults
from tests.contract.maas360_world import SEARCH, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def address(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Server(Authority.create(tmp_path_factory.mktemp("authority"))) as server:
        yield server.mount(world.maas, name="maas360")


def test_a_device_that_reports_between_two_pages_is_on_neither(world: World) -> None:
    start = world.clock()
    devices = [
        world.maas.add_device(lastReported=start - timedelta(minutes=minute))
        for minute in range(30)
    ]
    moved, pushed = devices[29], devices[24]
    world.clock.now += timedelta(minutes=1)
    report = faults.meanwhile(lambda: world.maas.change(moved, lastReported=world.clock()))
    world.maas.inject(report, on="searchDevices", after=1)

    seen = [world.ids(pageSize="25", pageNumber=page) for page in ("1", "2")]

    assert moved not in {*seen[0], *seen[1]}
    assert pushed in seen[0]
    assert pushed in seen[1]


def test_tokens_can_be_revoked_in_the_middle_of_a_run(world: World) -> None:
    token = world.token()
    revoke = faults.meanwhile(world.maas.revoke_tokens)
    world.maas.inject(revoke, on="searchDevices", after=1)

    statuses = [world.get(SEARCH, token).status_code for _ in range(2)]

    assert statuses == [200, 401]
    assert world.get(SEARCH, world.token()).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        (faults.throttled("30"), 429, {"Retry-After": "30"}),
        (faults.throttled(), 429, {}),
        (
            faults.throttled(reset_window=60),
            429,
            {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-ResetWindow": "60"},
        ),
        (faults.unavailable("5"), 503, {"Retry-After": "5"}),
        (faults.unavailable(), 503, {}),
        (faults.failing(500), 500, {}),
        (faults.web_page(), 200, {}),
    ],
)
def test_a_call_fails_as_often_as_was_ordered(
    world: World, fault: faults.Fault, status: int, headers: dict[str, str]
) -> None:
    token = world.token()
    world.maas.inject(fault, on="searchDevices", times=2)

    failures = [world.get(SEARCH, token) for _ in range(2)]

    named = ("Retry-After", "X-Rate-Limit-Remaining", "X-Rate-Limit-ResetWindow")
    for failure in failures:
        assert failure.status_code == status
        assert failure.headers["Content-Type"].startswith("text/html")
        assert {name: failure.headers[name] for name in named if name in failure.headers} == headers
    assert world.get(SEARCH, token).json()["devices"]["count"] == 0


def test_calls_take_as_long_as_is_said(world: World) -> None:
    world.maas.faults.latency["searchDevices"] = 31.5

    world.devices()

    assert world.slept == [0.0, 31.5]


def test_every_call_is_noted_with_what_came_of_it(world: World) -> None:
    world.devices(pageSize="25")
    world.maas.inject(faults.dropped())

    with pytest.raises(httpx.RemoteProtocolError):
        world.sign_in()

    noted = [(call.name, call.method, dict(call.query), call.status) for call in world.maas.calls]
    assert noted == [
        ("authenticate", "POST", {}, 200),
        ("searchDevices", "GET", {"pageSize": "25"}, 200),
        ("authenticate", "POST", {}, 0),
    ]
    assert world.maas.count("authenticate") == 2


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "https://services.m3.maas360.com/device-apis/devices/9.0/search/30012345", 404),
        ("POST", f"https://services.m3.maas360.com{SEARCH}", 405),
        ("GET", f"http://services.m3.maas360.com{SEARCH}", 403),
    ],
)
def test_other_addresses_and_methods_get_a_web_page(
    world: World, method: str, url: str, status: int
) -> None:
    answer = world.client.request(method, url)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_it_serves_on_a_port_as_it_does_in_memory(world: World, address: str) -> None:
    world.maas.add_device()
    headers = {"Authorization": f'MaaS token="{world.token()}"', "Accept": "application/json"}

    with httpx.Client(verify=False) as client:  # noqa: S501 -- TLS is not what this is about
        answer = client.get(f"{address}{SEARCH}", headers=headers)

    assert answer.json() == world.get(SEARCH, world.token()).json()
