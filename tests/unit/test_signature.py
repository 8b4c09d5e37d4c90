"""Webhook signatures: only what the sender signed, just now, is let in."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Misconfigured, Unverified
from shared.mdm.signature import (
    ID_LIMIT,
    LEAST_KEY,
    SIGNATURES_LIMIT,
    TOLERANCE,
    Verified,
    verify,
)
from tests.unit.builders import NOW
from tests.unit.signing import DELIVERY_ID, OTHER_SECRET, SECRET, signature, signed

BODY = b'{"type": "device.lost"}'
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
FEW = settings(max_examples=150)

anything = st.text(max_size=400)
nearly_right = st.sampled_from(
    [
        *("", "v1,", "v1", ",", " ", "v1,\0", "v1,\ud800", "v1a,AAAA", "\x7f", "9" * 400, "-1"),
        *("1614265330", "1e9", "٣", "²", "NaN", "\n", "a\r\nb: c", "é" * 300, "v1,A " * 16),
    ]
)
value = st.one_of(anything, nearly_right)
headers = st.dictionaries(st.one_of(st.sampled_from(NAMES), anything), value, max_size=8)


@FEW
@given(headers=headers, body=st.binary(max_size=2000))
def test_whatever_comes_is_verified_or_unverified(headers: dict[str, str], body: bytes) -> None:
    """No header and no body gets anything else out of the check."""
    with pytest.raises(Unverified):
        verify(headers, body, secrets=[SECRET, OTHER_SECRET], now=NOW)


@FEW
@given(
    timestamp=value, delivery_id=value, offered=value, body=st.binary(max_size=200), right=st.data()
)
def test_three_headers_of_anything_do_not_get_in(
    timestamp: str, delivery_id: str, offered: str, body: bytes, right: st.DataObject
) -> None:
    """All three headers there, one or two of them right: still out, and nothing breaks."""
    good = signed(body)
    wrong = dict(zip(NAMES, (delivery_id, timestamp, offered), strict=True))
    kept = right.draw(st.sets(st.sampled_from(NAMES), max_size=2))
    mixed = {**good, **{name: wrong[name] for name in NAMES if name not in kept}}
    if mixed == good:
        return
    with pytest.raises(Unverified):
        verify(mixed, body, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        *(("webhook-id", odd) for odd in ("\ud800", "é", "a\0b", "x" * 100_000)),
        *(
            ("webhook-timestamp", odd)
            for odd in ("999999999999", "9" * 5000, "٣", "²", "-1", "1.5")
        ),
        *(("webhook-signature", odd) for odd in ("v1,\ud800", "v1,é", "v1,", "v1,\0", "v1, v1,")),
    ],
)
def test_one_odd_header_among_good_ones_is_unverified(name: str, odd: str) -> None:
    """Out of range, out of Unicode, out of proportion: out."""
    with pytest.raises(Unverified):
        verify({**signed(BODY), name: odd}, BODY, secrets=[SECRET], now=NOW)


def let_in(headers: dict[str, str], now: datetime = NOW) -> None:
    """Check that the delivery is verified."""
    assert verify(headers, BODY, secrets=[SECRET], now=now).body == BODY


def test_large_body_is_checked_like_any_other() -> None:
    """A quarter of a megabyte is no special case."""
    body = bytes(range(256)) * 1024
    assert verify(signed(body), body, secrets=[SECRET], now=NOW).body == body
    with pytest.raises(Unverified):
        verify(signed(body), body[:-1], secrets=[SECRET], now=NOW)


def flipped(data: bytes) -> list[bytes]:
    """Return every text that differs in one bit."""
    return [
        data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]
        for place in range(len(data))
        for bit in range(8)
    ]


def test_every_bit_of_the_body_counts() -> None:
    """Not one can be changed."""
    for changed in flipped(BODY):
        with pytest.raises(Unverified):
            verify(signed(BODY), changed, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize("name", NAMES)
def test_every_bit_of_the_headers_counts(name: str) -> None:
    """Id, timestamp and signature are all part of the proof."""
    good = signed(BODY)
    for changed in flipped(good[name].encode()):
        with pytest.raises(Unverified):
            verify({**good, name: changed.decode("latin-1")}, BODY, secrets=[SECRET], now=NOW)


def test_published_vector_is_verified() -> None:
    """Secret, id, time and body of the specification's reference tests; signature computed."""
    body = b'{"test": 2432232314}'
    now = datetime.fromtimestamp(1614265330, tz=UTC)
    offered = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(DELIVERY_ID, "1614265330", body) == offered
    verified = verify(
        {
            "webhook-id": DELIVERY_ID,
            "webhook-timestamp": "1614265330",
            "webhook-signature": offered,
        },
        body,
        secrets=["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        now=now,
    )
    assert verified == Verified(delivery_id=DELIVERY_ID, body=verified.body)
    assert verified.body == body


def test_secret_may_be_the_older_of_two() -> None:
    """While a sender changes its secret, both are good."""
    secrets = [OTHER_SECRET, SECRET]
    for secret in secrets:
        headers = signed(BODY, secret=secret)
        assert verify(headers, BODY, secrets=secrets, now=NOW).delivery_id == DELIVERY_ID


def test_retired_secret_is_worth_nothing() -> None:
    """Neither is an empty list of secrets."""
    for secrets in ([OTHER_SECRET], []):
        with pytest.raises(Unverified):
            verify(signed(BODY), BODY, secrets=secrets, now=NOW)


def test_one_right_signature_among_several_is_enough() -> None:
    """A sender may sign with its old and its new secret at once."""
    good = signed(BODY)
    several = f"v1a,AAAA v1,AAAA {good['webhook-signature']} v2,x"
    let_in({**good, "webhook-signature": several})


def test_signatures_are_counted() -> None:
    """Each one costs work: a header full of them is refused, a right one among them or not."""
    good = signed(BODY)
    right = good["webhook-signature"]
    allowed = " ".join(["v1,AAAA"] * (SIGNATURES_LIMIT - 1) + [right])
    let_in({**good, "webhook-signature": allowed})
    with pytest.raises(Unverified):
        verify({**good, "webhook-signature": f"v1,AAAA {allowed}"}, BODY, secrets=[SECRET], now=NOW)


def test_names_of_headers_are_read_without_case() -> None:
    """HTTP says so."""
    shouted = {name.upper(): value for name, value in signed(BODY).items()}
    assert verify(shouted, BODY, secrets=[SECRET], now=NOW).delivery_id == DELIVERY_ID


@pytest.mark.parametrize("sign", [1, -1])
def test_delivery_is_fresh_for_five_minutes_to_either_side(sign: int) -> None:
    """At the boundary it is in, a second later it is out, and so for clocks that run ahead."""
    assert timedelta(minutes=5) == TOLERANCE
    headers = signed(BODY)
    let_in(headers, NOW + sign * TOLERANCE)
    for beyond in (timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=400)):
        with pytest.raises(Unverified, match="more than five minutes off"):
            verify(headers, BODY, secrets=[SECRET], now=NOW + sign * (TOLERANCE + beyond))


@pytest.mark.parametrize("length", [0, ID_LIMIT + 1])
def test_id_is_there_and_short(length: int) -> None:
    """It becomes a key in storage."""
    headers = signed(BODY, delivery_id="x" * length)
    with pytest.raises(Unverified, match="webhook-id"):
        verify(headers, BODY, secrets=[SECRET], now=NOW)
    let_in(signed(BODY, delivery_id="x" * ID_LIMIT))


@pytest.mark.parametrize("secret", ["whsec_not base64", "whsec_é", "whsec_AAA", "geheim!"])
def test_unreadable_secret_is_the_administrators_business(secret: str) -> None:
    """The sender did nothing wrong; and the message does not quote the secret."""
    with pytest.raises(Misconfigured) as raised:
        verify(signed(BODY), BODY, secrets=[secret], now=NOW)
    assert secret.removeprefix("whsec_") not in str(raised.value)


@pytest.mark.parametrize("secret", ["whsec_", "", "whsec_QQ=="])
def test_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    """A secret of a byte or none proves nothing."""
    with pytest.raises(Misconfigured):
        verify(signed(BODY, secret=secret), BODY, secrets=[secret], now=NOW)


@pytest.mark.parametrize("bad", ["whsec_", "whsec_not base64", "", "whsec_QQ==", "whsec_é"])
def test_bad_version_of_a_secret_does_not_spoil_the_good_one(bad: str) -> None:
    """One slip in the vault, and the sender's other secret still counts; nobody else's does."""
    for secrets in ([bad, SECRET], [SECRET, bad]):
        assert verify(signed(BODY), BODY, secrets=secrets, now=NOW).body == BODY
        with pytest.raises(Unverified):
            verify(signed(BODY, secret=OTHER_SECRET), BODY, secrets=secrets, now=NOW)
    with pytest.raises(Misconfigured):
        verify(signed(BODY), BODY, secrets=[bad, bad], now=NOW)


def test_shortest_key_has_24_bytes() -> None:
    """The specification asks for as many; one byte less is refused."""
    for length in (LEAST_KEY - 1, LEAST_KEY):
        secret = "whsec_" + b64encode(b"k" * length).decode()
        headers = signed(BODY, secret=secret)
        if length < 24:
            with pytest.raises(Misconfigured):
                verify(headers, BODY, secrets=[secret], now=NOW)
        else:
            assert verify(headers, BODY, secrets=[secret], now=NOW).body == BODY


def test_stale_delivery_is_unverified_whatever_the_secrets_are() -> None:
    """Bad secrets of ours are no excuse to look at it."""
    with pytest.raises(Unverified):
        verify(signed(BODY), BODY, secrets=["whsec_"], now=NOW + TOLERANCE * 2)
