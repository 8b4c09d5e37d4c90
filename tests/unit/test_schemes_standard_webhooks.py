"""Standard Webhooks: only what the sender signed, just now, is let in."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.delivery_ids import ID_LIMIT
from shared.mdm.schemes.freshness import TOLERANCE
from shared.mdm.schemes.standard_webhooks import (
    SIGNATURES_LIMIT,
    StandardWebhooks,
)
from shared.mdm.schemes.vault_text import LEAST_KEY
from shared.mdm.verification import Verified, verify
from tests.unit.builders import NOW

BODY = b'{"type": "device.lost"}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + b64encode(b"another secret, just as long....").decode()
DELIVERY_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
PAIR = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "whpk_" + b64encode(PAIR.public_key().public_bytes_raw()).decode()
OTHER_PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="  # of the published vector


def read(
    headers: Mapping[str, str], *secrets: str, body: bytes = BODY, now: datetime = NOW
) -> Verified:
    """Let a delivery in, or raise what keeps it out."""
    call = Call(method="POST", headers=headers, query={}, body=body)
    live = [LiveSecret(name="mdm", version=str(at), value=each) for at, each in enumerate(secrets)]
    return verify(StandardWebhooks().claim(call, now), call, live)


def signed(
    body: bytes = BODY, *, delivery_id: str = DELIVERY_ID, secret: str = SECRET
) -> dict[str, str]:
    """Return headers with an HMAC by the secret, or with an ed25519 signature if it is public."""
    timestamp = str(int(NOW.timestamp()))
    message = f"{delivery_id}.{timestamp}.".encode() + body
    if secret == PUBLIC:
        signature = "v1a," + b64encode(PAIR.sign(message)).decode()
    else:
        key = b64decode(secret.removeprefix("whsec_"))
        signature = "v1," + b64encode(hmac.new(key, message, sha256).digest()).decode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
    }


def test_large_body_is_checked_like_any_other() -> None:
    """A quarter of a megabyte is no special case."""
    body = bytes(range(256)) * 1024
    for headers, secret in ((signed(body), SECRET), (signed(body, secret=PUBLIC), PUBLIC)):
        assert read(headers, secret, body=body).body == body
        with pytest.raises(Unverified):
            read(headers, secret, body=body[:-1])


def test_secret_may_be_the_older_of_two() -> None:
    """While a sender changes its secret, both are good, and it is known which one it was."""
    for at, secret in enumerate((OTHER_SECRET, SECRET)):
        verified = read(signed(secret=secret), OTHER_SECRET, SECRET)
        assert verified.secret.version == str(at)


def test_sender_may_change_from_one_kind_of_key_to_the_other() -> None:
    """A shared key and a public one live side by side, each for its own kind of signature."""
    for headers, secret in ((signed(), SECRET), (signed(secret=PUBLIC), PUBLIC)):
        assert read(headers, SECRET, PUBLIC).secret.value == secret
        assert read(headers, PUBLIC, SECRET).secret.value == secret
        both = f"{signed(secret=PUBLIC)['webhook-signature']} {signed()['webhook-signature']}"
        assert read({**headers, "webhook-signature": both}, secret).body == BODY


def test_public_key_is_no_key_of_an_hmac() -> None:
    """Everybody may know it: what is signed with it as a shared secret stays out."""
    with pytest.raises(Unverified):
        read(signed(secret=PUBLIC.removeprefix("whpk_")), PUBLIC)


@pytest.mark.parametrize(
    ("secret", "right", "wrong"), [(SECRET, "v1,", "v1a,"), (PUBLIC, "v1a,", "v1,")]
)
def test_signature_under_the_other_version_is_none(secret: str, right: str, wrong: str) -> None:
    """The version says how it was made, and is not up to a stranger."""
    good = signed(secret=secret)
    relabelled = wrong + good["webhook-signature"].removeprefix(right)
    with pytest.raises(Unverified):
        read({**good, "webhook-signature": relabelled}, secret)


@pytest.mark.parametrize("offered", ["", "v1", "v2,AAAA", "AAAA", " ", "v1b,AAAA v1 , v1a"])
def test_delivery_without_a_signature_that_we_know_does_not_reach_the_vault(offered: str) -> None:
    """No secret could make it true, so not even a bad one of ours is complained about."""
    with pytest.raises(Unverified, match="no v1 or v1a signature"):
        read({**signed(), "webhook-signature": offered}, "bad")


def test_private_key_in_the_vault_is_to_be_replaced() -> None:
    """Who has seen it can sign for the sender; so it takes a new pair, not just the other half."""
    with pytest.raises(Misconfigured, match="change its key pair"):
        read(signed(), "whsk_" + b64encode(bytes(range(64))).decode())


def test_retired_secret_is_worth_nothing() -> None:
    """Neither is an empty list of secrets, nor somebody else's public key."""
    for secrets in ([OTHER_SECRET], [], [OTHER_PUBLIC]):
        with pytest.raises(Unverified):
            read(signed(), *secrets)
        with pytest.raises(Unverified):
            read(signed(secret=PUBLIC), *secrets)


def test_one_right_signature_among_several_is_enough() -> None:
    """A sender may sign with its old and its new secret at once."""
    for good, secret in ((signed(), SECRET), (signed(secret=PUBLIC), PUBLIC)):
        several = f"v1a,AAAA v1,AAAA {good['webhook-signature']} v2,x"
        assert read({**good, "webhook-signature": several}, secret).body == BODY


def test_signatures_are_counted() -> None:
    """Each one costs work: a header full of them is refused, a right one among them or not."""
    good = signed()
    right = good["webhook-signature"]
    allowed = " ".join(["v1,AAAA"] * (SIGNATURES_LIMIT - 1) + [right])
    assert read({**good, "webhook-signature": allowed}, SECRET).body == BODY
    with pytest.raises(Unverified, match="too many"):
        read({**good, "webhook-signature": f"v1,AAAA {allowed}"}, SECRET)


@pytest.mark.parametrize("sign", [1, -1])
def test_delivery_is_fresh_for_five_minutes_to_either_side(sign: int) -> None:
    """At the boundary it is in, a moment later it is out, and so for clocks that run ahead."""
    assert timedelta(minutes=5) == TOLERANCE
    assert read(signed(), SECRET, now=NOW + sign * TOLERANCE).body == BODY
    for beyond in (timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=400)):
        with pytest.raises(Unverified, match="more than five minutes off"):
            read(signed(), SECRET, now=NOW + sign * (TOLERANCE + beyond))


@pytest.mark.parametrize("length", [0, ID_LIMIT + 1])
def test_id_is_there_and_short(length: int) -> None:
    """It becomes a key in storage."""
    with pytest.raises(Unverified, match="webhook-id"):
        read(signed(delivery_id="x" * length), SECRET)
    assert read(signed(delivery_id="x" * ID_LIMIT), SECRET).body == BODY


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        *(("webhook-id", odd) for odd in ("\ud800", "é", "a\0b", "x" * 100_000)),
        *(
            ("webhook-timestamp", odd)
            for odd in ("999999999999", "9" * 5000, "٣", "²", "-1", "1.5", "2026-05-04T10:00:00Z")
        ),
        *(("webhook-signature", odd) for odd in ("v1,\ud800", "v1,é", "v1,", "v1,\0", "v1, v1,")),
        *(("webhook-signature", odd) for odd in ("v1a,\ud800", "v1a,é", "v1a,", "v1a", "v1b,AA")),
    ],
)
def test_one_odd_header_among_good_ones_is_unverified(name: str, odd: str) -> None:
    """Out of range, out of Unicode, out of proportion: out."""
    for good in (signed(), signed(secret=PUBLIC)):
        with pytest.raises(Unverified):
            read({**good, name: odd}, SECRET, PUBLIC)


@pytest.mark.parametrize(
    "secret",
    [
        *("whsec_not base64", "whsec_é", "whsec_AAA", "geheim!", "whsec_", "", "whsec_QQ==", "\n"),
        *("whpk_", "whpk_not base64", "whpk_QQ==", "whpk_é", "whpk_" + "A" * 44),
        "whsec_" + "QUJD!" * 12,
    ],
)
def test_useless_secret_is_the_administrators_business(secret: str) -> None:
    """The sender did nothing wrong; the message says what to do, and quotes no secret."""
    with pytest.raises(Misconfigured, match="store") as raised:
        read(signed(), secret)
    assert len(secret) < 8 or secret[6:] not in str(raised.value)


@pytest.mark.parametrize("bad", ["whsec_", "whpk_", "", "whsec_QQ==", "whpk_QQ==", "whsk_AAAA"])
def test_bad_version_of_a_secret_does_not_spoil_the_good_one(bad: str) -> None:
    """One slip in the vault, and the sender's other secret still counts; nobody else's does."""
    for secrets in ([bad, SECRET], [SECRET, bad]):
        assert read(signed(), *secrets).secret.value == SECRET
        with pytest.raises(Unverified):
            read(signed(secret=OTHER_SECRET), *secrets)
    with pytest.raises(Misconfigured):
        read(signed(), bad, bad)


def test_shortest_key_has_24_bytes() -> None:
    """The specification asks for as many; one byte less is refused."""
    short, enough = (
        "whsec_" + b64encode(b"k" * length).decode() for length in (LEAST_KEY - 1, LEAST_KEY)
    )
    assert LEAST_KEY == 24
    assert read(signed(secret=enough), enough).body == BODY
    with pytest.raises(Misconfigured, match="24 bytes"):
        read(signed(secret=short), short)


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {}", "\t{} \n"])
def test_blanks_around_a_pasted_secret_do_not_count(around: str) -> None:
    """A file's last line end comes along when a secret is stored from a file."""
    assert read(signed(), around.format(SECRET)).body == BODY
    assert read(signed(secret=PUBLIC), around.format(PUBLIC)).body == BODY


def test_stale_delivery_is_unverified_whatever_the_secrets_are() -> None:
    """Bad secrets of ours are no excuse to look at it."""
    with pytest.raises(Unverified):
        read(signed(), "whsec_", now=NOW + TOLERANCE * 2)
