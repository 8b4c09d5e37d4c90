"""No bit of a signed call, nor of a secret on its way, can be changed without being found out."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.errors import Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.hmac_signature import HmacSignature
from shared.mdm.schemes.shared_secret import Basic, Bearer, InBody, InHeader, InUrl
from shared.mdm.schemes.standard_webhooks import StandardWebhooks
from shared.mdm.settings import Signature
from shared.mdm.verification import Scheme
from tests.unit.builders import NOW

BODY = b'{"a": 1}'
SECRET = "sixteen letters and then some more"
SECONDS = str(int(NOW.timestamp()))
KEY = b64encode(SECRET.encode()).decode()
PAIR = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "whpk_" + b64encode(PAIR.public_key().public_bytes_raw()).decode()


@dataclass(frozen=True, kw_only=True)
class Example:
    """A call that is let in; `signature` is the header in which the signature stands."""

    scheme: Scheme
    secret: str
    call: Call
    signature: str = ""

    def is_let_in(self, call: Call) -> bool:
        """Tell whether the secret bears out the call."""
        try:
            return self.scheme.claim(call, NOW).holds(self.secret)
        except Unverified:
            return False


def call(headers: dict[str, str], query: dict[str, str] | None = None, body: bytes = BODY) -> Call:
    return Call(method="POST", headers=headers, query=query or {}, body=body)


def standard(signature: str, secret: str) -> Example:
    headers = {
        "webhook-id": "d-1",
        "webhook-timestamp": SECONDS,
        "webhook-signature": signature,
    }
    return Example(
        scheme=StandardWebhooks(), secret=secret, call=call(headers), signature="webhook-signature"
    )


def by_hmac(settings: Signature, message: bytes) -> Example:
    digest = hmac.new(SECRET.encode(), message, getattr(hashlib, settings.algorithm)).digest()
    written = digest.hex() if settings.encoding == "hex" else b64encode(digest).decode()
    headers = {"x-id": "d-1", "x-time": SECONDS, "x-sign": settings.prefix + written}
    used = {settings.header, settings.id_header, settings.timestamp_header}
    return Example(
        scheme=HmacSignature(settings),
        secret=SECRET,
        call=call({name: value for name, value in headers.items() if name in used}),
        signature="x-sign",
    )


CONTENT = f"d-1.{SECONDS}.".encode() + BODY
V1 = b64encode(hmac.new(SECRET.encode(), CONTENT, hashlib.sha256).digest()).decode()
V1A = b64encode(PAIR.sign(CONTENT)).decode()

SIGNED = {
    "v1": standard(f"v1,{V1}", f"whsec_{KEY}"),
    "v1a": standard(f"v1a,{V1A}", PUBLIC),
    "hex": by_hmac(Signature(header="x-sign", prefix="sha256="), BODY),
    "hex, all signed": by_hmac(
        Signature(
            header="x-sign",
            algorithm="sha384",
            id_header="x-id",
            timestamp_header="x-time",
            signed="{id}.{timestamp}.{body}",
        ),
        CONTENT,
    ),
    "base64, all signed": by_hmac(
        Signature(
            header="x-sign",
            encoding="base64",
            id_header="x-id",
            timestamp_header="x-time",
            signed="{id}.{timestamp}.{body}",
        ),
        CONTENT,
    ),
    "base64 behind the body": by_hmac(
        Signature(
            header="x-sign",
            algorithm="sha512",
            encoding="base64",
            timestamp_header="x-time",
            signed="{body}{timestamp}",
        ),
        BODY + SECONDS.encode(),
    ),
}
LOGIN = b64encode(f"jamf:{SECRET}".encode()).decode()
CARRIED = {
    "header": Example(scheme=InHeader("x-sign"), secret=SECRET, call=call({"x-sign": SECRET})),
    "bearer": Example(
        scheme=Bearer(), secret=SECRET, call=call({"authorization": f"Bearer {SECRET}"})
    ),
    "basic": Example(
        scheme=Basic(), secret=f"jamf:{SECRET}", call=call({"authorization": f"Basic {LOGIN}"})
    ),
    "url": Example(scheme=InUrl(), secret=SECRET, call=call({}, {"token": SECRET})),
    "body": Example(
        scheme=InBody("[*].s"),
        secret=SECRET,
        call=call({}, body=f'[{{"s":"{SECRET}"}},{{"s":"{SECRET}"}}]'.encode()),
    ),
}
ALL = {**SIGNED, **CARRIED}


def flipped(data: bytes) -> Iterator[bytes]:
    """Give every text that differs in one bit."""
    for place in range(len(data)):
        for bit in range(8):
            yield data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def flipped_texts(text: str) -> Iterator[str]:
    return (changed.decode("latin-1") for changed in flipped(text.encode()))


@pytest.mark.parametrize("example", ALL.values(), ids=ALL)
def test_example_is_let_in_as_it_is(example: Example) -> None:
    """Otherwise the tests below would prove nothing."""
    assert example.is_let_in(example.call)


@pytest.mark.parametrize("example", SIGNED.values(), ids=SIGNED)
def test_every_bit_of_a_signed_body_counts(example: Example) -> None:
    """Not one can be changed, nor a byte be added or taken away."""
    longer = (BODY + b"\0", BODY + b"\n", b" " + BODY, BODY[:-1], b"")
    for changed in (*flipped(BODY), *longer):
        assert not example.is_let_in(replace(example.call, body=changed))


@pytest.mark.parametrize("example", SIGNED.values(), ids=SIGNED)
def test_every_bit_of_the_headers_counts(example: Example) -> None:
    """Id, time and signature are all part of the proof; only hex may be in capitals."""
    for name, value in example.call.headers.items():
        for changed in flipped_texts(value):
            headers = {**example.call.headers, name: changed}
            is_same_hex = (
                isinstance(example.scheme, HmacSignature)
                and example.scheme.settings.encoding == "hex"
                and name == example.signature
                and changed.startswith(example.scheme.settings.prefix)
                and changed.lower() == value
            )
            assert example.is_let_in(replace(example.call, headers=headers)) == is_same_hex


@pytest.mark.parametrize("name", ["v1a", "base64 behind the body"])
def test_bits_of_base64_that_say_nothing_count_too(name: str) -> None:
    """A lax reader takes all these spellings for the same signature."""
    example = SIGNED[name]
    good = example.call.headers[example.signature]
    assert good.endswith("==")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(good[-3])
    for same in range(last + 1, last + 16):
        letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[same]
        headers = {**example.call.headers, example.signature: f"{good[:-3]}{letter}=="}
        assert not example.is_let_in(replace(example.call, headers=headers))


@pytest.mark.parametrize("name", ["header", "bearer", "basic"])
def test_every_bit_of_a_secret_in_a_header_counts(name: str) -> None:
    """Only the word for the scheme may be written in other letters."""
    example = CARRIED[name]
    ((header, value),) = example.call.headers.items()
    word, blank, secret = ("", "", value) if name == "header" else value.partition(" ")
    for changed in flipped_texts(secret):
        headers = {header: f"{word}{blank}{changed}"}
        assert not example.is_let_in(replace(example.call, headers=headers))


@pytest.mark.parametrize("parameter", ["token", "access_token"])
def test_every_bit_of_a_secret_in_the_address_counts(parameter: str) -> None:
    """As in a header."""
    example = CARRIED["url"]
    assert example.is_let_in(replace(example.call, query={parameter: SECRET}))
    for changed in flipped_texts(SECRET):
        assert not example.is_let_in(replace(example.call, query={parameter: changed}))


def test_every_bit_of_a_body_that_is_all_secret_counts() -> None:
    """Change the first copy or the second, its name or what is around it."""
    example = CARRIED["body"]
    for changed in flipped(example.call.body):
        assert not example.is_let_in(replace(example.call, body=changed))
