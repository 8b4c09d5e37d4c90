"""
Webhooks a second through the function host, beside a function that does nothing.

A third one only stores what it gets: as a webhook must be stored before it is answered, that
is most of its price. All are of one app in one host, and are called in turns with the same
kind of requests. Nothing takes the messages off the queue meanwhile.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import httpx

from infra.local import contoso, senders
from infra.local.host.launch import FunctionHost
from infra.local.places import CHECKOUT
from infra.local.simulators.mdm.phones import ADELES
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import World, utc_now
from shared.credentials.webhook_secret import LiveSecret
from shared.mdm.call import Call
from shared.mdm.schemes.standard_webhooks import StandardWebhooks
from shared.mdm.verification import verify

APP = Path(__file__).parent / "intake_app.py"
PRODUCT = ("functions", "shared", "host.json")
TURNS = 9
CALLS = 200  # in each turn
VERIFIED = 2_000
AIM = 0.5
IN_FLIGHT, NOTIFICATIONS = 8, 1_000
GRAPH_SECRET = secrets.token_urlsafe(32)

Send = Callable[[list[httpx.Request]], Iterable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Requests:
    """Distinct deliveries, each to be sent to either function."""

    url: str
    secret: str

    def make(self, count: int) -> list[httpx.Request]:
        """Return fresh ones: a delivery that came before would be no measure."""
        compose = SENDERS["standard"].compose
        return [
            compose("device.noncompliant", ADELES, url=self.url, secret=self.secret, at=utc_now())
            for _ in range(count)
        ]


def main(argv: list[str]) -> int:
    """Measure and print; takes no options."""
    del argv
    with _host() as (url, secret):
        requests = Requests(f"{url}/api/mdm/{contoso.SENDER}", secret)
        verifying = _verification(requests.make(1)[0], secret)
        print(f"verifying a call takes {verifying * 1e6:.0f} us")
        for in_flight in (1, 8, 32):
            _compare(requests, url, in_flight, verifying)
        _promptness(f"{url}/api/mdm/graph")
    return 0


@contextmanager
def _host() -> Iterator[tuple[str, str]]:
    """Run a world whose app is the bench's own."""
    with World(embedded=True) as world, TemporaryDirectory() as folder:
        world.stop_host()
        world.vault.set_secret(senders.secret_name("graph"), GRAPH_SECRET)
        app = Path(folder)
        for name in PRODUCT:
            (app / name).symlink_to(CHECKOUT / name)
        (app / "function_app.py").symlink_to(APP)
        log = app / "host.log"
        with FunctionHost.start(app, world.settings, log=log, embedded=True) as host:
            yield host.url, world.webhook_secret


def _compare(requests: Requests, url: str, in_flight: int, verifying: float) -> None:
    """Call the three functions in turns, so that all see one machine."""
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    with httpx.Client(limits=limits, timeout=30.0) as client, ThreadPoolExecutor(in_flight) as pool:

        def turn() -> tuple[float, ...]:
            return tuple(
                _rate(
                    _sent_to(address, requests.make(CALLS)),
                    lambda calls: pool.map(client.send, calls),
                )
                for address in (requests.url, f"{url}/api/stored", f"{url}/api/empty")
            )

        turn()  # connections, imports, secrets
        turns = [turn() for _ in range(TURNS)]
    intake, stored, empty = (median(column) for column in zip(*turns, strict=True))
    of_empty = median(mine / base for mine, _, base in turns)
    of_stored = median(mine / base for mine, base, _ in turns)
    print(
        f"{in_flight:2} in flight: {intake:5.0f} webhooks/s = {of_empty:.2f} of an empty function "
        f"({empty:.0f}/s; aim {AIM}), {of_stored:.2f} of one that only stores its body "
        f"({stored:.0f}/s); verifying takes {verifying * intake:.1%} of the time"
    )


def _rate(calls: list[httpx.Request], send: Send) -> float:
    started = time.perf_counter()
    answers = list(send(calls))
    took = time.perf_counter() - started
    refused = [answer for answer in answers if answer.status_code != httpx.codes.ACCEPTED]
    if refused:
        raise RuntimeError(f"a call was refused, no measure: {refused[0].text}")
    return len(calls) / took


def _promptness(url: str) -> None:
    """Tell how soon Microsoft Graph is answered: it slows down for who takes three seconds."""
    with httpx.Client(timeout=30.0) as client, ThreadPoolExecutor(IN_FLIGHT) as pool:

        def answered(number: int) -> float:
            started = time.perf_counter()
            answer = client.post(url, json=_notification(number))
            took = time.perf_counter() - started
            if answer.status_code != httpx.codes.ACCEPTED:
                raise RuntimeError(f"a notification was refused, no measure: {answer.text}")
            return took

        took = sorted(pool.map(answered, range(NOTIFICATIONS)))
    print(
        f"Graph, {IN_FLIGHT} in flight: half answered in {median(took) * 1e3:.0f} ms, 99 of 100 "
        f"in {took[len(took) * 99 // 100] * 1e3:.0f} ms (aim 1000), all in {took[-1] * 1e3:.0f} ms"
    )


def _notification(number: int) -> dict[str, object]:
    user = f"00000000-0000-4000-8000-{number:012d}"
    return {
        "value": [
            {
                "subscriptionId": "6b7c1a52-3f0e-4f55-9d7a-0f6f0f3a9c11",
                "clientState": GRAPH_SECRET,
                "changeType": "updated",
                "tenantId": contoso.TENANT_ID,
                "resource": f"Users/{user}",
                "resourceData": {"@odata.type": "#Microsoft.Graph.User", "id": user},
            }
        ]
    }


def _sent_to(url: str, requests: list[httpx.Request]) -> list[httpx.Request]:
    """Return the same requests for another address on the same host."""
    path = urlsplit(url).path
    for request in requests:
        parts = urlsplit(str(request.url))
        request.url = httpx.URL(urlunsplit(parts._replace(path=path)))
    return requests


def _verification(request: httpx.Request, secret: str) -> float:
    """Return the seconds it takes to verify one call."""
    call = Call(method="POST", headers=dict(request.headers), query={}, body=request.content)
    secrets = (LiveSecret(name="bench", version="1", value=secret),)
    scheme, now = StandardWebhooks(), utc_now()
    started = time.perf_counter()
    for _ in range(VERIFIED):
        verify(scheme.claim(call, now), call, secrets)
    return (time.perf_counter() - started) / VERIFIED
