"""The proof of possession, judged by a JWT library that had no part in making it."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as some
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import RSAKey

from shared.directory.proof import proof
from tests.unit.builders import NOW
from tests.unit.entra import a_der, a_key
from tests.unit.graph_answers import OBJECT


def signed(digest: bytes) -> bytes:
    """Sign a digest, as the vault does."""
    padding = PSS(MGF1(SHA256()), SHA256.digest_size)
    return a_key().sign(digest, padding, Prehashed(SHA256()))


def decoded(text: str) -> jwt.Token:
    """Verify a proof with the public key alone."""
    key = RSAKey.import_key(a_key().public_key())
    return jwt.decode(text, key, algorithms=["PS256"])


def test_proof_verifies_and_says_who_signs_with_what() -> None:
    """The issuer is the registration's object id; the audience is an id of its own."""
    told = decoded(proof(OBJECT, a_der(), sign=signed, now=NOW))
    thumbprint = base64.urlsafe_b64encode(sha256(a_der()).digest()).decode().rstrip("=")
    assert told.header == {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}
    assert told.claims.keys() == {"aud", "iss", "nbf", "exp"}
    assert told.claims["aud"] == "00000002-0000-0000-c000-000000000000"
    assert told.claims["iss"] == OBJECT


def test_proof_is_good_now_and_for_at_most_ten_minutes() -> None:
    """Graph allows no more; a clock that is a minute fast does no harm."""
    claims = decoded(proof(OBJECT, a_der(), sign=signed, now=NOW)).claims
    begins, ends = claims["nbf"], claims["exp"]
    assert isinstance(begins, int)
    assert isinstance(ends, int)
    assert begins <= (NOW - timedelta(minutes=1)).timestamp()
    assert ends >= (NOW + timedelta(minutes=5)).timestamp()
    assert ends - begins <= 600


def test_audience_can_be_another() -> None:
    """Microsoft's page has named another one for a while."""
    audience = "00000003-0000-0000-c000-000000000000"
    told = decoded(proof(OBJECT, a_der(), sign=signed, now=NOW, audience=audience))
    assert told.claims["aud"] == audience


def test_changed_proof_does_not_verify() -> None:
    """The signature covers header and claims."""
    header, _, signature = proof(OBJECT, a_der(), sign=signed, now=NOW).split(".")
    forged = base64.urlsafe_b64encode(json.dumps({"iss": "other"}).encode()).decode().rstrip("=")
    with pytest.raises(BadSignatureError):
        decoded(f"{header}.{forged}.{signature}")


def signing(signature: bytes) -> Callable[[bytes], bytes]:
    """Return a key that always signs like this."""
    return lambda digest: signature if len(digest) == 32 else b""


@given(
    object_id=some.text(),
    der=some.binary(max_size=64),
    signature=some.binary(min_size=1, max_size=64),
)
def test_no_part_is_padded_whatever_its_length(
    object_id: str, der: bytes, signature: bytes
) -> None:
    """Graph takes a padded one for malformed."""
    made = proof(object_id, der, sign=signing(signature), now=NOW)
    parts = made.split(".")
    assert len(parts) == 3
    assert all(parts)
    assert not set("=+/") & set(made)
    assert base64.urlsafe_b64decode(parts[2] + "==") == signature
