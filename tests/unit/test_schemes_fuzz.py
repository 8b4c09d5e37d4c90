"""Whatever comes over the wire or out of the vault, a scheme says yes, no, or what to do."""

import json
from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.hmac_signature import HmacSignature
from shared.mdm.schemes.shared_secret import Basic, Bearer, InBody, InHeader, InUrl
from shared.mdm.schemes.standard_webhooks import StandardWebhooks
from shared.mdm.settings import Signature
from shared.mdm.verification import Scheme
from tests.unit.builders import NOW

IN_HEX = Signature(
    header="x-sign", prefix="v0=", signed="{timestamp}{body}", timestamp_header="x-time"
)
IN_BASE64 = Signature(
    header="x-sign",
    algorithm="sha512",
    encoding="base64",
    signed="{id}{body}",
    id_header="x-id",
    stored_as="base64",
)
SCHEMES: dict[str, Scheme] = {
    "standard-webhooks": StandardWebhooks(),
    "hmac in hex": HmacSignature(IN_HEX),
    "hmac in base64": HmacSignature(IN_BASE64),
    "hmac, key in hex": HmacSignature(Signature(header="x-sign", stored_as="hex")),
    "header": InHeader("x-sign"),
    "bearer": Bearer(),
    "basic": Basic(),
    "url": InUrl(),
    "body": InBody("s"),
    "items of the body": InBody("value[*].s"),
}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECONDS = str(int(NOW.timestamp()))
PUBLIC = "whpk_" + b64encode(b"\1" * 32).decode()

# Characters of any kind, lone surrogates among them.
anything = st.text(st.characters(), max_size=60)
nearly_right = st.sampled_from(
    [
        *("", "v1,", "v1", ",", " ", "v1,\0", "v1,\ud800", "v1a,AAAA", "v1a,", "\x7f", "9" * 400),
        *("-1", SECONDS, SECONDS + "000", SECONDS + "é", "1e9", "٣", "²", "NaN", "\n", "a\r\nb: c"),
        *("é" * 300, "v1,A " * 16, "v1a,é", "v1a," + "A" * 86 + "==", "v0=", "v0=\ud800", "v0=00"),
        *("2026-05-04T10:00:00Z", "2026-05-04T10:00:00\ud800", "0001-01-01T00:00:00+23:59"),
        *("9999-12-31T23:59:59.999999999-23:59", "Bearer ", "bearer x", "Basic é", "Basic \ud800"),
        *("Basic " + "QQ==", "Basic =", "BASİC x", "Basic\tx"),
    ]
)
value = st.one_of(nearly_right, anything)
names = st.sampled_from(
    [
        *("webhook-id", "webhook-timestamp", "webhook-signature", "authorization"),
        *("x-sign", "x-time", "x-id"),
    ]
)
headers = st.dictionaries(names, value, max_size=7)
query = st.dictionaries(st.sampled_from(["token", "access_token"]), value, max_size=2)
documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["s", "value", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)
hostile = st.sampled_from(
    [
        *(b"[" * 5000, b'{"s":' * 5000, b'{"s": "\\ud800"}', b'{"s": "\xed\xa0\x80"}'),
        *(
            b'{"s": 1e400}',
            b'{"s": ' + b"9" * 5000 + b"}",
            b'{"s": "a", "s": "b"}',
            b"\xef\xbb\xbf{}",
        ),
        *(b'{"value": [{"s": "a"}], "value": []}', b'{"value": [{"s": "\\u0000"}]}'),
    ]
)
bodies = st.one_of(
    hostile, st.binary(max_size=60), documents.map(lambda each: json.dumps(each).encode())
)
pasted = st.one_of(
    anything,
    st.sampled_from(
        [
            *(SECRET, PUBLIC, "whpk_", "whpk_é", "whpk_\ud800", "whsec_\ud800", "whsk_AAAA"),
            *("a long enough secret, really", "user:a long enough secret", "\ud800" * 40),
            *("00" * 30, "é" * 40, ":" * 20, "\ud800:" + "\ud800" * 20, "QUJD" * 20),
        ]
    ),
)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
@given(headers=headers, query=query, body=bodies, secret=pasted)
def test_nothing_but_yes_no_or_what_to_do(
    scheme: Scheme, headers: dict[str, str], query: dict[str, str], body: bytes, secret: str
) -> None:
    """No bytes of a stranger's, and no slip in the vault, get another error out of a scheme."""
    call = Call(method="POST", headers=headers, query=query, body=body)
    try:
        claim = scheme.claim(call, NOW)
    except Unverified:
        return
    claim.delivery_id.encode()  # it is stored, so it must be Unicode
    with suppress(Misconfigured):
        assert claim.holds(secret) in {True, False}


@given(
    timestamp=st.one_of(st.just(SECONDS), value),
    delivery_id=st.one_of(st.just("d-1"), value),
    signature=value,
    body=st.binary(max_size=60),
)
def test_nobody_gets_in_without_the_key(
    timestamp: str, delivery_id: str, signature: str, body: bytes
) -> None:
    """With everything right but the signature, or less."""
    call = Call(
        method="POST",
        headers={
            "webhook-id": delivery_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature} v1a,{signature} {signature}",
            "x-id": delivery_id,
            "x-time": timestamp,
            "x-sign": f"v0={signature}",
        },
        query={},
        body=body,
    )
    for name, secret in (
        ("standard-webhooks", SECRET),
        ("standard-webhooks", PUBLIC),
        ("hmac in hex", "a long enough secret, really"),
        ("hmac in base64", SECRET.removeprefix("whsec_")),
    ):
        try:
            assert not SCHEMES[name].claim(call, NOW).holds(secret)
        except Unverified:
            continue
