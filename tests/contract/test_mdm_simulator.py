"""The MDM: its signatures, its payloads, and the deliveries it makes."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest

from infra.local.simulators.mdm import Mdm, Posture, standard_webhooks_request
from tests.contract.exchange_world import START, Clock

URL = "https://gate.example/api/mdm/acme"


def verified(request: httpx.Request, secret: str) -> bool:
    """Check a request as its receiver would, without the simulator's own code."""
    seconds = request.headers["webhook-timestamp"]
    content = f"{request.headers['webhook-id']}.{seconds}.".encode() + request.content
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in request.headers["webhook-signature"].split(" ")


class Setup:
    def __init__(self) -> None:
        self.arrived: list[httpx.Request] = []
        self.secret = Mdm.new_secret()
        client = httpx.Client(transport=httpx.MockTransport(self.receive))
        self.mdm = Mdm(URL, secrets=[self.secret], client=client, clock=Clock())
        self.body = self.mdm.payload("device.lost", mailbox="adele@contoso.com", device_id="A1")

    def receive(self, request: httpx.Request) -> httpx.Response:
        """Take a delivery."""
        self.arrived.append(request)
        return httpx.Response(202)


@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_the_published_vector_is_reproduced(prefix: str) -> None:
    request = standard_webhooks_request(
        URL,
        secrets=[prefix + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        body=b'{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        sent_at=datetime.fromtimestamp(1614265330, tz=UTC),
    )

    assert request.headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert request.headers["webhook-timestamp"] == "1614265330"
    assert request.headers["webhook-signature"] == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_each_secret_signs() -> None:
    old, new = Mdm.new_secret(), Mdm.new_secret()

    request = standard_webhooks_request(
        URL, secrets=[new, old], body=b"{}", message_id="msg_1", sent_at=START
    )

    assert len(request.headers["webhook-signature"].split(" ")) == 2
    assert verified(request, old)
    assert verified(request, new)
    assert not verified(request, Mdm.new_secret())


def test_a_secret_is_new_long_and_prefixed() -> None:
    secrets = {Mdm.new_secret() for _ in range(3)}

    assert len(secrets) == 3
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in secrets} == {32}
    assert all(one.startswith("whsec_") for one in secrets)


@pytest.mark.parametrize("posture", list(Posture))
def test_a_payload_says_what_when_and_which_device(posture: Posture) -> None:
    body = Setup().mdm.payload(posture, mailbox="adele@contoso.com", device_id="A1")

    assert json.loads(body) == {
        "type": posture.value,
        "timestamp": "2026-03-02T08:00:00.000Z",
        "data": {"mailbox": "adele@contoso.com", "device_id": "A1"},
    }


def test_an_unknown_posture_is_not_sent() -> None:
    with pytest.raises(ValueError, match=r"device\.happy"):
        Setup().mdm.payload("device.happy", mailbox="a", device_id="b")


def test_a_valid_delivery_verifies_and_a_replay_is_the_same() -> None:
    setup = Setup()

    assert setup.mdm.send(setup.body, message_id="msg_1").status_code == 202
    setup.mdm.replay()

    first, second = setup.arrived
    assert verified(first, setup.secret)
    assert first.headers == second.headers
    assert first.content == second.content == setup.body
    assert first.headers["webhook-id"] == "msg_1"


def test_a_stale_delivery_is_genuine_and_too_old() -> None:
    setup = Setup()

    setup.mdm.send_stale(setup.body)

    [request] = setup.arrived
    assert verified(request, setup.secret)
    assert START.timestamp() - int(request.headers["webhook-timestamp"]) > 300


def test_forged_and_altered_deliveries_do_not_verify() -> None:
    setup = Setup()

    setup.mdm.send_forged(setup.body)
    setup.mdm.send_altered(setup.body, b'{"type":"device.compliant"}')

    assert [verified(request, setup.secret) for request in setup.arrived] == [False, False]
    assert setup.arrived[1].headers["content-length"] == "27"
