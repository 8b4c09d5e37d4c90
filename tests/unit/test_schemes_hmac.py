"""HMAC signatures as vendors make them: each in its own header, over its own choice of parts."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import pytest

from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.freshness import TOLERANCE
from shared.mdm.schemes.hmac_signature import HmacSignature, SignedCall
from shared.mdm.settings import Signature
from tests.unit.builders import NOW

BODY = b'{"event": "unenrolled"}'
SECRET = "a key of twenty-four bytes, and more"
PLAIN = Signature(header="X-Signature")
TIMED = Signature(header="X-Sign", timestamp_header="X-Time", signed="{timestamp}.{body}")


def claim(
    settings: Signature, headers: Mapping[str, str], *, body: bytes = BODY, now: datetime = NOW
) -> SignedCall:
    lowered = {name.lower(): value for name, value in headers.items()}
    call = Call(method="POST", headers=lowered, query={}, body=body)
    return HmacSignature(settings).claim(call, now)


def mac(
    message: bytes, algorithm: Literal["sha256", "sha384", "sha512"] = "sha256", key: str = SECRET
) -> bytes:
    return hmac.new(key.encode(), message, getattr(hashlib, algorithm)).digest()


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_every_algorithm_and_spelling_holds(
    algorithm: Literal["sha256", "sha384", "sha512"],
) -> None:
    """Hex in small letters or capitals, or base64; and one is not taken for the other."""
    digest = mac(BODY, algorithm)
    in_hex = Signature(header="X-Signature", algorithm=algorithm)
    in_base64 = Signature(header="X-Signature", algorithm=algorithm, encoding="base64")
    spelt = b64encode(digest).decode()
    for settings, offered in (
        (in_hex, digest.hex()),
        (in_hex, digest.hex().upper()),
        (in_base64, spelt),
    ):
        assert claim(settings, {"X-Signature": offered}).holds(SECRET)
    for settings, offered in ((in_hex, spelt), (in_base64, digest.hex())):
        assert not claim(settings, {"X-Signature": offered}).holds(SECRET)


@pytest.mark.parametrize(
    "odd", ["{}=", "{}==", "={}", " {}", "{}\n", "{}{}", "{0:.43}", "{0:.40}", "v1,{}"]
)
def test_base64_is_written_in_one_way_only(odd: str) -> None:
    """No padding more or less, nothing before or behind."""
    settings = Signature(header="X-Signature", encoding="base64")
    good = b64encode(mac(BODY)).decode()
    assert claim(settings, {"X-Signature": good}).holds(SECRET)
    assert not claim(settings, {"X-Signature": odd.format(good, good)}).holds(SECRET)


@pytest.mark.parametrize("prefix", ["", "sha1=", "SHA256=", "sha256= ", "sha256=sha256="])
def test_prefix_is_there_once_as_it_is(prefix: str) -> None:
    """Anything else is not this sender's signature."""
    settings = Signature(header="X-Signature", prefix="sha256=")
    try:
        assert not claim(settings, {"X-Signature": prefix + mac(BODY).hex()}).holds(SECRET)
    except Unverified:
        assert not prefix.startswith("sha256=")


@pytest.mark.parametrize("headers", [{}, {"X-Signature": ""}, {"X-Signature": "sha256="}])
def test_missing_signature_is_unverified(headers: dict[str, str]) -> None:
    """No secret could make it true, so the vault is not asked."""
    with pytest.raises(Unverified, match="X-Signature"):
        claim(Signature(header="X-Signature", prefix="sha256="), headers)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{id}.{timestamp}.{body}", b"d-1.1777888800." + BODY),
        ("{timestamp}{id}{body}", b"1777888800d-1" + BODY),
        ("é|{body}|{id}|{timestamp}|{body}", "é|".encode() + BODY + b"|d-1|1777888800|" + BODY),
    ],
)
def test_message_is_put_together_as_the_template_says(template: str, message: bytes) -> None:
    """Parts may come in any order, twice, and with any text between them."""
    settings = Signature(
        header="X-Sign", id_header="X-Id", timestamp_header="X-Time", signed=template
    )
    headers = {"X-Id": "d-1", "X-Time": "1777888800", "X-Sign": mac(message).hex()}
    claimed = claim(settings, headers)
    assert claimed.delivery_id == "d-1"
    assert claimed.holds(SECRET)


def test_parts_of_the_message_are_not_taken_for_the_template() -> None:
    """A body that spells a place is a body."""
    settings = Signature(header="X-Sign", id_header="X-Id", signed="{id}.{body}")
    headers = {"X-Id": "{body}", "X-Sign": mac(b"{body}.{id}").hex()}
    assert claim(settings, headers, body=b"{id}").holds(SECRET)


@pytest.mark.parametrize(
    "written",
    [
        *("1777888800", "1777888800000", "2026-05-04T10:00:00Z", "2026-05-04T12:00:00.000+02:00"),
        *("2026-05-04t10:00:00.000000001z", "001777888800"),
    ],
)
def test_time_may_be_in_seconds_or_milliseconds_or_of_rfc_3339(written: str) -> None:
    """It is signed as it is written, and fresh for five minutes to either side."""
    headers = {"X-Time": written, "X-Sign": mac(f"{written}.".encode() + BODY).hex()}
    for off in (timedelta(), TOLERANCE, -TOLERANCE):
        assert claim(TIMED, headers, now=NOW + off).holds(SECRET)
    for off in (TOLERANCE + timedelta(seconds=1), -TOLERANCE - timedelta(seconds=1)):
        with pytest.raises(Unverified, match="more than five minutes off"):
            claim(TIMED, headers, now=NOW + off)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "1e9", "-1777888800", "+1777888800", " 1777888800", "1777888800.0"),
        *("17778888000000", "9" * 5000, "٣" * 10, "²", "\ud800", "2026-05-04T10:00:00"),
        *("20260504T100000Z", "2026-05-04", "2026-05-04T10:00:60Z", "2026-13-04T10:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "999999999999", "0"),
    ],
)
def test_other_times_are_unverified(written: str) -> None:
    """Whatever they were meant to say."""
    headers = {"X-Time": written, "X-Sign": "00" * 32}
    with pytest.raises(Unverified, match="X-Time"):
        claim(TIMED, headers)


@pytest.mark.parametrize("odd", ["", "x" * 257, "\ud800"])
def test_id_is_there_and_short_where_the_sender_has_one(odd: str) -> None:
    """It becomes a key in storage."""
    settings = Signature(header="X-Sign", id_header="X-Id", signed="{id}.{body}")
    with pytest.raises(Unverified, match="X-Id"):
        claim(settings, {"X-Id": odd, "X-Sign": "00" * 32})


def test_sender_without_an_id_claims_none() -> None:
    """Then something else has to tell its deliveries apart."""
    assert claim(PLAIN, {"X-Signature": "00", "X-Id": "d-1"}).delivery_id == ""


@pytest.mark.parametrize(
    "wrong",
    [
        Signature(header="X", signed="{id}", id_header="X-Id"),
        Signature(header="X", signed=""),
        Signature(header="X", signed="{body}.{url}"),
        Signature(header="X", signed="{{body}}"),
        Signature(header="X", signed="{body}}"),
        Signature(header="X", timestamp_header="X-Time"),
        Signature(header="X", id_header="X-Id"),
        Signature(header="X", signed="{id}{body}"),
        Signature(header="X", signed="{timestamp}{body}"),
    ],
)
def test_settings_that_leave_something_unsigned_are_refused(wrong: Signature) -> None:
    """An id or a time that anybody could change would be worse than none."""
    with pytest.raises(Misconfigured, match=r"signature\."):
        HmacSignature(wrong)


@pytest.mark.parametrize(
    ("stored_as", "stored"),
    [
        ("text", SECRET),
        ("base64", b64encode(SECRET.encode()).decode()),
        ("hex", SECRET.encode().hex()),
        ("hex", SECRET.encode().hex().upper()),
    ],
)
@pytest.mark.parametrize("around", ["{}", "{}\n", "\t {}\r\n"])
def test_key_is_read_as_the_vault_holds_it(
    stored_as: Literal["text", "base64", "hex"], stored: str, around: str
) -> None:
    """Blanks and line ends around a pasted secret do not count."""
    settings = Signature(header="X-Signature", stored_as=stored_as)
    headers = {"X-Signature": mac(BODY).hex()}
    assert claim(settings, headers).holds(around.format(stored))
    assert not claim(settings, headers).holds(around.format(stored[:-4] + "0000"))


@pytest.mark.parametrize(
    ("stored_as", "stored"),
    [
        *(("text", ""), ("text", "x" * 23), ("text", " " * 40), ("text", "\ud800" * 40)),
        *(("base64", "not base64 " * 9), ("base64", "QUJD!" * 12), ("base64", "QUJD" * 7 + "Q")),
        ("base64", "é" * 40),
        *(("hex", "0g" * 40), ("hex", "00" * 23), ("hex", "0" * 63), ("hex", "٣" * 80)),
    ],
)
def test_key_that_is_short_or_unreadable_is_the_administrators_business(
    stored_as: Literal["text", "base64", "hex"], stored: str
) -> None:
    """The message says what to do, and does not quote it."""
    settings = Signature(header="X-Signature", stored_as=stored_as)
    with pytest.raises(Misconfigured, match="store a longer one") as raised:
        claim(settings, {"X-Signature": mac(BODY).hex()}).holds(stored)
    assert not stored.strip() or stored not in str(raised.value)
