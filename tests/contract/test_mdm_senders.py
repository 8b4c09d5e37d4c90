"""The simulated MDM senders: names, keys, credentials and signatures, checked by other code."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from infra.local.simulators import cloud_events
from infra.local.simulators.mdm import cloudevents, standard_ed25519, workspace_one
from infra.local.simulators.mdm.phones import ADELES
from infra.local.simulators.mdm.vendors import SENDERS
from tests.contract.exchange_world import START

URL = "https://gate.example/api/mdm/acme?code=4"
VENDORS = [
    *("standard", "standard_ed25519", "cloudevents", "workspace_one", "jamf", "fleet"),
    *("nanomdm", "simplemdm", "meraki", "kolide", "apple_business", "soti"),
]


def composed(vendor: str, *, secret: str, event: str = "", **options: object) -> httpx.Request:
    """Return a delivery of the sender's first event, or of another."""
    sender = SENDERS[vendor]
    name = event or sender.events[0]
    return sender.compose(name, ADELES, url=URL, secret=secret, at=START, **options)


def basic(pair: str) -> str:
    """Return HTTP basic, as another library spells it."""
    [request] = httpx.BasicAuth(*pair.split(":")).sync_auth_flow(httpx.Request("GET", URL))
    return request.headers["authorization"]


def hmac_sha256(key: bytes, content: bytes) -> str:
    """Return the digest in base64, by RFC 2104 written out."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + content).digest()
    return base64.b64encode(
        hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()
    ).decode()


def signed_content(request: httpx.Request) -> bytes:
    """Return what a Standard Webhooks signature is over."""
    names = ("webhook-id", "webhook-timestamp")
    return ".".join(request.headers[name] for name in names).encode() + b"." + request.content


def test_all_vendors_are_there_under_their_names() -> None:
    assert list(SENDERS) == VENDORS
    assert [sender.name for sender in SENDERS.values()] == VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
def test_each_event_of_a_vendor_can_be_composed_and_no_other(vendor: str) -> None:
    sender = SENDERS[vendor]
    secret = sender.new_secret().signs

    for event in sender.events:
        request = composed(vendor, secret=secret, event=event)
        assert (request.method, request.url.path) == ("POST", "/api/mdm/acme")
        assert request.url.params["code"] == "4"
        assert int(request.headers["content-length"]) == len(request.content) > 0
    with pytest.raises(ValueError, match="polished"):
        composed(vendor, secret=secret, event="polished")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_secret_is_fresh_and_the_same_at_both_ends_unless_keys_come_in_pairs(
    vendor: str,
) -> None:
    first, second = SENDERS[vendor].new_secret(), SENDERS[vendor].new_secret()

    assert first != second
    assert (first.signs == first.checks) is (vendor != "standard_ed25519")


def test_standard_signs_with_the_secret() -> None:
    keys = SENDERS["standard"].new_secret()

    request = composed("standard", secret=keys.signs, message_id="msg_1")

    wanted = hmac_sha256(base64.b64decode(keys.checks.split("_")[1]), signed_content(request))
    assert request.headers["webhook-signature"] == f"v1,{wanted}"
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["webhook-timestamp"] == str(int(START.timestamp()))


def test_the_check_by_hand_agrees_with_the_published_vector() -> None:
    content = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    assert hmac_sha256(key, content) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("prefix", ["", "whsk_"])
def test_the_published_vector_of_v1a_is_reproduced(prefix: str) -> None:
    request = standard_ed25519.signed_request(
        URL,
        private_key=prefix + "VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=",
        body=b'{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        sent_at=datetime.fromtimestamp(1614265330, tz=UTC),
    )

    assert request.headers["webhook-signature"] == (
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
    )


def test_v1a_is_checked_with_the_public_key_and_with_no_other() -> None:
    keys, others = (SENDERS["standard_ed25519"].new_secret() for _ in range(2))

    request = composed("standard_ed25519", secret=keys.signs)

    version, _, signature = request.headers["webhook-signature"].partition(",")
    assert (version, keys.signs[:5], keys.checks[:5]) == ("v1a", "whsk_", "whpk_")
    public, strange = (
        Ed25519PublicKey.from_public_bytes(base64.b64decode(each.checks[5:]))
        for each in (keys, others)
    )
    public.verify(base64.b64decode(signature), signed_content(request))
    with pytest.raises(InvalidSignature):
        strange.verify(base64.b64decode(signature), signed_content(request))


def test_nanomdm_signs_the_body_with_the_key_as_typed() -> None:
    request = composed("nanomdm", secret="as typed")

    assert request.headers["x-hmac-signature"] == hmac_sha256(b"as typed", request.content)


@pytest.mark.parametrize("vendor", ["fleet", "simplemdm"])
def test_where_nothing_is_signed_the_address_is_the_secret(vendor: str) -> None:
    request = composed(vendor, secret="a+b/c")

    assert dict(request.url.params) == {"code": "4", "token": "a+b/c"}
    assert not {"authorization", "x-easgate-secret"} & set(request.headers)
    assert b"a+b/c" not in request.content


def test_workspace_one_and_its_connection_test_authenticate_alike() -> None:
    pair = SENDERS["workspace_one"].new_secret().signs

    test = workspace_one.connection_test(URL, secret=pair)

    assert test.method == "GET"
    assert test.headers["authorization"] == basic(pair)
    assert composed("workspace_one", secret=pair).headers["authorization"] == basic(pair)


def test_jamf_sends_a_header_pair_or_basic_and_never_both() -> None:
    paired = composed("jamf", secret="s:t").headers
    known = composed("jamf", secret="s:t", basic=True).headers

    assert (paired["x-easgate-secret"], paired.get("authorization")) == ("s:t", None)
    assert (known.get("x-easgate-secret"), known["authorization"]) == (None, basic("s:t"))


def test_cloudevents_tell_the_same_in_three_modes() -> None:
    whole, binary, batch = (
        composed("cloudevents", secret="t", mode=mode, event_id="e1")
        for mode in ("structured", "binary", "batched")
    )

    event = json.loads(whole.content)
    assert cloud_events.check(event)
    assert json.loads(batch.content) == [event]
    attributes = {name[3:]: text for name, text in binary.headers.items() if name[:3] == "ce-"}
    told = {"datacontenttype": "application/json", "data": json.loads(binary.content)}
    assert "datacontenttype" not in attributes
    assert attributes | told == event
    assert {each.headers["authorization"] for each in (whole, binary, batch)} == {"Bearer t"}
    assert [each.headers["content-type"].partition(";")[0] for each in (whole, binary, batch)] == [
        "application/cloudevents+json",
        "application/json",
        "application/cloudevents-batch+json",
    ]


def test_a_batch_has_an_id_for_each_of_its_events() -> None:
    megans = replace(ADELES, mdm_id="4712")
    reports = [(cloudevents.EVENTS[0], ADELES), (cloudevents.EVENTS[1], megans)]

    told = json.loads(cloudevents.batch(reports, url=URL, secret="t", at=START).content)

    assert [one["subject"] for one in told] == ["devices/4711", "devices/4712"]
    assert len({one["id"] for one in told}) == 2


def test_attributes_in_headers_are_escaped() -> None:
    odd = replace(ADELES, mdm_id='1 "é" 100%')

    headers = cloudevents.compose(
        cloudevents.EVENTS[0], odd, url=URL, secret="t", at=START, mode="binary"
    ).headers

    assert headers["ce-subject"] == "devices/1%20%22%C3%A9%22%20100%25"


def test_the_handshake_asks_for_leave_and_shows_no_credential() -> None:
    plain = cloudevents.handshake(URL)
    asking = cloudevents.handshake(URL, callback="https://mdm.example.com/ok", rate=120)

    assert plain.method == asking.method == "OPTIONS"
    assert plain.headers["webhook-request-origin"] == "mdm.example.com"
    assert {"webhook-request-callback", "webhook-request-rate"}.isdisjoint(plain.headers)
    assert asking.headers["webhook-request-callback"] == "https://mdm.example.com/ok"
    assert asking.headers["webhook-request-rate"] == "120"
    assert "authorization" not in asking.headers
