"""Signatures that others have published, with the inputs they made them from."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from shared.errors import Misconfigured
from shared.mdm.call import Call
from shared.mdm.schemes.hmac_signature import HmacSignature, SignedCall
from shared.mdm.schemes.standard_webhooks import SignedDelivery, StandardWebhooks
from shared.mdm.settings import Signature

STANDARD_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
STANDARD_PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
APPLE = Signature(
    header="Business-Signature",
    algorithm="sha512",
    encoding="base64",
    signed="{body}{timestamp}",
    timestamp_header="Business-Timestamp",
)
SLACK = Signature(
    header="X-Slack-Signature",
    prefix="v0=",
    signed="v0:{timestamp}:{body}",
    timestamp_header="X-Slack-Request-Timestamp",
)

# Section 7.1 of RFC 8032, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


def claim(settings: Signature, headers: dict[str, str], body: bytes, now: datetime) -> SignedCall:
    lowered = {name.lower(): value for name, value in headers.items()}
    call = Call(method="POST", headers=lowered, query={}, body=body)
    return HmacSignature(settings).claim(call, now)


@pytest.mark.parametrize(
    ("secret", "offered"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        (
            STANDARD_PUBLIC,
            (
                "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl"
                "8EM+m7TBAg=="
            ),
        ),
    ],
)
def test_published_vectors_are_verified(secret: str, offered: str) -> None:
    """Secret, id, time, body and signatures of the specification's reference libraries."""
    headers = {
        "webhook-id": STANDARD_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": offered,
    }
    body, now = b'{"test": 2432232314}', datetime.fromtimestamp(1614265330, tz=UTC)
    call = Call(method="POST", headers=headers, query={}, body=body)
    claimed = StandardWebhooks().claim(call, now)
    assert claimed.delivery_id == STANDARD_ID
    assert claimed.holds(secret)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_vectors_of_ed25519_hold_as_v1a(public: str, message: str, signature: str) -> None:
    """Written as Standard Webhooks writes them; and none holds for another's key."""
    claimed = SignedDelivery(
        delivery_id=STANDARD_ID,
        message=bytes.fromhex(message),
        v1=(),
        v1a=(b64encode(bytes.fromhex(signature)),),
    )
    assert claimed.holds("whpk_" + b64encode(bytes.fromhex(public)).decode())
    assert not claimed.holds(STANDARD_PUBLIC)


def test_githubs_published_vector_holds() -> None:
    """Secret, body and signature are those of GitHub's page on validating deliveries."""
    settings = Signature(header="X-Hub-Signature-256", prefix="sha256=")
    offered = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    now = datetime.fromtimestamp(0, tz=UTC)  # GitHub sends no time
    claimed = claim(settings, {"X-Hub-Signature-256": offered}, body=b"Hello, World!", now=now)
    assert claimed.holds("It's a Secret to Everybody")
    assert not claimed.holds("It's a secret to everybody")


def test_slacks_published_vector_holds() -> None:
    """A template with words of its own; secret, time, body and signature are from Slack's page."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    now = datetime.fromtimestamp(1531420618, tz=UTC)
    assert claim(SLACK, headers, body=body, now=now).holds("8f742231b10e8888abcd99yyyzzz85a5")


def test_apples_published_vector_is_reproduced_but_its_secret_is_too_short() -> None:
    """Inputs are Apple's, the signature is what its published program makes of them."""
    body = (
        b'{"type": "HEALTH_CHECK", "id": "498ed60c-883b-4b81-a9c1-1c262ddc69d2_HEALTH",'
        b' "createdDate": "2026-04-10T12:00:00.000Z"}'
    )
    headers = {
        "Business-Timestamp": "1649778478749",
        "Business-Signature": (
            "to32eikfth/T+vZYNExXVI3AkwEvql+VcdGnS16YiN9+h9kbxTXnZs4NPf1MTQcAeDdfd7eLWa8sFkVposGbVA=="
        ),
    }
    now = datetime(2022, 4, 12, 15, 47, 58, tzinfo=UTC)
    claimed = claim(APPLE, headers, body=body, now=now)
    assert claimed.is_made_by(b"secret")
    with pytest.raises(Misconfigured, match="24 bytes"):
        claimed.holds("secret")


def test_apples_health_check_with_its_wrong_signature_does_not_hold() -> None:
    """Apple sends it to see whether the receiver looks."""
    wrong = (
        "9JQZfdnUnSMyH12o4/xPUmIv1hux2IWVrt4fdHgstPT19podD9ihPD4bIb5K2qtGCosPDDLq/J6thjv7LNE7PA=="
    )
    headers = {"Business-Timestamp": "1649778478749", "Business-Signature": wrong}
    now = datetime(2022, 4, 12, 15, 47, 58, tzinfo=UTC)
    assert not claim(APPLE, headers, body=b"{}", now=now).holds("a secret of more than 24 bytes")
