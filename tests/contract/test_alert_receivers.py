"""Alerts on the wire: over TLS, to the address that was checked, as receivers document it."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from infra.local.authority import Authority
from infra.local.serve import Server
from infra.local.simulators.receivers import Receivers
from infra.local.world import utc_now
from shared.alerts.call import Call
from shared.alerts.delivery import Delivery
from shared.alerts.sending import ANSWER_LIMIT, Sender
from shared.alerts.settings import ReceiverSettings
from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Retryable
from shared.records.alerts import Alerts
from tests.unit.alert_examples import EXAMPLES
from tests.unit.alert_world import an_alert
from tests.unit.stand_ins import FakeTable

HERE = "127.0.0.1"


@dataclass
class Names:
    """A resolver that gives each of its answers once, and the last for ever."""

    answers: list[list[str]] = field(default_factory=lambda: [[HERE]])
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        """Resolve a name."""
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Place:
    """Receivers on a port, and the transport that trusts them."""

    receivers: Receivers
    address: str  # by name, as the certificate has it
    transport: httpx.BaseTransport
    bundle: Path

    @property
    def port(self) -> int:
        """Return where they listen."""
        return httpx.URL(self.address).port or 0

    def sender(self, names: Names | None = None) -> Sender:
        """Return what sends to them."""
        client = httpx.Client(transport=self.transport, timeout=5.0)
        return Sender(client=client, resolve=names or Names(), clock=utc_now)

    def call(self, path: str = "/hooks/easgate", host: str = "localhost") -> Call:
        """Return a call that is no alert yet."""
        return Call(url=f"https://{host}:{self.port}{path}", body=b"{}")


@pytest.fixture
def place(served: tuple[Server, Authority]) -> Iterator[Place]:
    """Mount receivers of one's own."""
    server, authority = served
    context = ssl.create_default_context(cafile=str(authority.certificate))
    receivers = Receivers(clock=utc_now)
    address = server.mount(receivers, name="receivers").replace(HERE, "localhost")
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.HTTPTransport(verify=context, limits=limits) as transport:
        yield Place(receivers, address, transport, authority.bundle)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Authority]]:
    """Run a server, and say who vouches for it."""
    authority = Authority.create(tmp_path_factory.mktemp("authority"))
    with Server(authority) as server:
        yield server, authority


class Vault:
    """The receivers' secrets; of the webhook's there is an older version too."""

    def __init__(self, place: Place) -> None:
        receivers = place.receivers
        self.values = {
            "portal": (receivers.webhook.new_secret(), receivers.webhook.secret),
            "channel": (f"{place.address}{receivers.teams.address}",),
            "on-call": (receivers.pagerduty.routing_key,),
        }

    def live(self, name: str) -> tuple[LiveSecret, ...]:
        """Return the live versions of a secret."""
        return tuple(LiveSecret(name=name, version="", value=each) for each in self.values[name])


def a_delivery(place: Place) -> Delivery:
    """Return what delivers to them."""
    told: dict[str, dict[str, object]] = {
        "portal": {"kind": "webhook", "url": f"{place.address}/hooks/easgate"},
        "channel": {"kind": "teams"},
        "on-call": {"kind": "pagerduty", "url": place.address},
    }
    settings = {
        name: msgspec.convert(
            {**each, "secret_name": name, "allow_private": True}, ReceiverSettings
        )
        for name, each in told.items()
    }
    return Delivery(
        receivers=settings,
        secrets=Vault(place),
        records=Alerts(FakeTable()),
        post=place.sender().post,
        announce=lambda _: None,
        clock=utc_now,
    )


def test_every_event_reaches_each_kind_as_it_is_documented(place: Place) -> None:
    delivery = a_delivery(place)
    for kind in EXAMPLES:
        for receiver in ("portal", "channel", "on-call"):
            delivery.deliver(an_alert(receiver, kind))

    receivers = place.receivers
    for each in (receivers.webhook, receivers.teams, receivers.pagerduty):
        assert each.door.refusals == []
    assert [each["type"] for each in receivers.webhook.events] == [
        event.type for event in EXAMPLES.values()
    ]
    assert {each.signatures for each in receivers.webhook.deliveries.values()} == {2}
    assert len(receivers.teams.cards) == len(EXAMPLES)
    assert receivers.pagerduty.incidents
    assert receivers.pagerduty.changes


def test_a_receiver_refuses_what_is_not_signed_with_its_secret(place: Place) -> None:
    delivery = a_delivery(place)
    place.receivers.webhook.secret = place.receivers.webhook.new_secret()
    place.receivers.pagerduty.routing_key = "0" * 32
    place.receivers.teams.signature = "another"
    for receiver, status in (("portal", 401), ("channel", 401), ("on-call", 400)):
        with pytest.raises(Retryable, match=f"HTTP {status}"):
            delivery.deliver(an_alert(receiver))


def test_the_receiver_sees_its_own_name_though_an_address_is_connected_to(place: Place) -> None:
    seen: list[str] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Host"])
        return httpx.Response(200)

    place.receivers.webhook.door = look  # type: ignore[assignment]  # it answers just as well
    names = Names()
    answer = place.sender(names).post(place.call(), allow_private=True)
    assert answer.is_success
    assert seen == [f"localhost:{place.port}"]
    assert names.asked == [("localhost", place.port)]


def test_a_certificate_for_another_name_ends_the_call(place: Place) -> None:
    with pytest.raises(Retryable, match="ConnectError"):
        place.sender().post(place.call(host="portal.example"), allow_private=True)
    assert place.receivers.webhook.door.calls == 0


def test_it_is_the_checked_address_that_is_connected_to(place: Place) -> None:
    """A rebinding name is public when it is checked, and this machine a moment later."""
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    client = httpx.Client(transport=httpx.MockTransport(take))
    names = Names([["93.184.216.34", "2606:2800:220::1"], [HERE]])
    sender = Sender(client=client, resolve=names, clock=utc_now)
    assert sender.post(place.call(host="rebinding.example"), allow_private=False).is_success
    (request,) = seen
    assert request.url.host == "93.184.216.34"
    assert request.headers["Host"] == f"rebinding.example:{place.port}"
    assert request.extensions["sni_hostname"] == "rebinding.example"

    with pytest.raises(Misconfigured, match="not public"):
        sender.post(place.call(host="rebinding.example"), allow_private=False)
    assert len(names.asked) == 2
    assert len(seen) == 1


def test_one_private_address_among_public_ones_is_enough_to_refuse(place: Place) -> None:
    names = Names([["93.184.216.34", HERE]])
    with pytest.raises(Misconfigured, match="not public"):
        place.sender(names).post(place.call(), allow_private=False)


@pytest.mark.parametrize("host", ["localhost", HERE, "2130706433", "0x7f.1"])
def test_this_machine_is_not_called_unless_that_is_meant(place: Place, host: str) -> None:
    with pytest.raises(Misconfigured):
        place.sender().post(place.call(host=host), allow_private=False)
    assert place.receivers.webhook.door.calls == 0


def test_a_redirect_is_not_followed(place: Place) -> None:
    place.receivers.webhook.door.fail_next(307, {"Location": f"{place.address}/v2/enqueue"})
    answer = place.sender().post(place.call(), allow_private=True)
    assert (answer.status, answer.is_success) == (307, False)
    assert place.receivers.pagerduty.door.calls == 0


def test_an_answer_without_end_is_left_after_its_first_part(place: Place) -> None:
    assert ANSWER_LIMIT == 64 * 1024
    place.receivers.webhook.door.talk_without_end()
    began = time.monotonic()
    assert place.sender().post(place.call(), allow_private=True).status == 500
    assert time.monotonic() - began < 5


def test_no_proxy_stands_between_us_and_a_checked_address(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would resolve the name itself; and the trust of this machine is used."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{HERE}:9")
    monkeypatch.setenv("SSL_CERT_FILE", str(place.bundle))
    sender = Sender.over_network(utc_now)
    with sender.client:
        place.receivers.webhook.door.fail_next(307, {"Location": place.address})
        assert sender.post(place.call(), allow_private=True).status == 307


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 120, 120),
        ("soon", None, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 86400, 86400),
    ],
)
def test_a_receiver_says_when_to_come_again_in_seconds_or_by_date(
    place: Place, header: str, least: float | None, most: float | None
) -> None:
    place.receivers.webhook.door.fail_next(503, {"Retry-After": header})
    asked = place.sender().post(place.call(), allow_private=True).retry_after
    if least is None or most is None:
        assert asked is None
    else:
        assert asked is not None
        assert timedelta(seconds=least) <= asked <= timedelta(seconds=most)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/enqueue", b'{"routing_key": "' + b"0" * 32 + b'", "event_action": "shout"}'),
        ("/v2/change/enqueue", b'{"routing_key": "short", "payload": {"summary": "x"}}'),
        ("/hooks/easgate", b"{}"),
        ("/workflows/unknown", b"{}"),
    ],
)
def test_the_simulators_refuse_what_is_not_documented(place: Place, path: str, body: bytes) -> None:
    call = Call(url=f"{place.address}{path}", body=body)
    assert not place.sender().post(call, allow_private=True).is_success
