"""Proofs of possession: each way of getting one wrong leads to the same answer."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.contract.graph_certificates import NOON, Certificate, a_key, key_credential, unpadded
from tests.contract.graph_world import WRITE, World, refused

Build = Callable[[World], str]
NEW, OTHER = Certificate(key=a_key(1)), Certificate(key=a_key(2))
NOW = int(NOON.timestamp())
SHA_1 = hashes.SHA1()  # noqa: S303 -- the name of a certificate, not a signature
REJECTED = (401, "Authentication_MissingOrMalformed")


@pytest.fixture
def world() -> World:
    return World()


def signed(world: World, header: str, payload: str) -> str:
    """Return a proof with these very texts for header and payload, whatever they are."""
    content = f"{header}.{payload}"
    signature = world.certificate.key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{content}.{unpadded(signature)}"


def padded(text: bytes) -> str:
    """Return base64url as JOSE does not write it; spaces make sure that there is padding."""
    return base64.urlsafe_b64encode(text + b" " * ((1 - len(text)) % 3)).decode()


def header(world: World, **more: object) -> bytes:
    thumbprint = world.certificate.thumbprint()
    return json.dumps({"alg": "RS256", "x5t#S256": thumbprint} | more).encode()


def claims(world: World, **more: object) -> bytes:
    said = {"aud": world.graph.proof_audience, "iss": world.app.object_id}
    return json.dumps(said | {"nbf": NOW, "exp": NOW + 600} | more).encode()


@pytest.mark.parametrize(
    ("alg", "thumbprints"),
    [
        ("PS256", {}),
        ("RS256", {}),
        ("PS256", {"x5t#S256": None, "x5t": SHA_1}),
        ("RS256", {"x5t#S256": None, "x5t": SHA_1}),
        ("RS256", {"x5t": SHA_1}),
        ("PS256", {"typ": "JWT", "kid": "anything"}),
    ],
)
def test_a_proof_names_its_key_by_one_thumbprint_or_two(
    world: World, alg: str, thumbprints: dict[str, Any]
) -> None:
    named = {
        name: world.certificate.thumbprint(SHA_1) if value is SHA_1 else value
        for name, value in thumbprints.items()
    }

    assert world.add_key(NEW, proof=world.proof(alg=alg, header=named)).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "00000003-0000-0000-c000-000000000000"},
        {"aud": "https://graph.microsoft.com"},
        {"aud": None},
        {"iss": None},
        {"iss": str(uuid.uuid4())},
        {"nbf": None},
        {"exp": None},
        {"nbf": str(NOW)},
        {"exp": True},
        {"nbf": NOW, "exp": NOW + 601},
        {"nbf": NOW, "exp": NOW},
        {"nbf": NOW + 301, "exp": NOW + 400},
        {"nbf": NOW - 600, "exp": NOW - 300},
    ],
)
def test_a_proof_with_a_wrong_claim_is_rejected(world: World, claims: dict[str, Any]) -> None:
    assert refused(world.add_key(NEW, proof=world.proof(**claims))) == REJECTED


@pytest.mark.parametrize(
    "claims",
    [{"nbf": NOW + 300, "exp": NOW + 400}, {"nbf": NOW - 600, "exp": NOW - 299}],
)
def test_clocks_may_differ_by_five_minutes(world: World, claims: dict[str, Any]) -> None:
    assert world.add_key(NEW, proof=world.proof(**claims)).status_code == 200


def test_the_client_id_is_not_the_issuer(world: World) -> None:
    """The commonest mistake: client assertions are issued by the one, proofs by the other."""
    assert refused(world.add_key(NEW, proof=world.proof(iss=world.client_id))) == REJECTED


def test_the_audience_can_be_another(world: World) -> None:
    other = "00000003-0000-0000-c000-000000000000"
    world.graph.proof_audience = other

    assert refused(world.add_key(NEW)) == REJECTED
    assert world.add_key(NEW, proof=world.proof(aud=other)).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"x5t#S256": None},
        {"x5t#S256": NEW.thumbprint()},
        {"x5t#S256": ""},
        {"x5t": NEW.thumbprint(SHA_1)},
    ],
)
def test_a_proof_that_names_no_registered_key_is_rejected(
    world: World, header: dict[str, Any]
) -> None:
    assert refused(world.add_key(NEW, proof=world.proof(header=header))) == REJECTED


def test_a_thumbprint_that_is_no_text_is_rejected(world: World) -> None:
    head = unpadded(header(world, **{"x5t#S256": 7}))

    assert (
        refused(world.add_key(NEW, proof=signed(world, head, unpadded(claims(world))))) == REJECTED
    )


def test_a_proof_by_an_unregistered_key_is_rejected(world: World) -> None:
    as_if = {"x5t#S256": world.certificate.thumbprint()}

    assert refused(world.add_key(NEW, proof=world.proof(NEW))) == REJECTED
    assert refused(world.add_key(NEW, proof=world.proof(NEW, header=as_if))) == REJECTED


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS512"])
def test_other_algorithms_are_rejected(world: World, alg: str) -> None:
    assert refused(world.add_key(NEW, proof=world.proof(alg=alg))) == REJECTED


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        (lambda world: padded(header(world)), lambda world: unpadded(claims(world))),
        (lambda world: unpadded(header(world)), lambda world: padded(claims(world))),
        (lambda world: unpadded(header(world, kid="YQ==")), lambda world: unpadded(claims(world))),
        (lambda world: unpadded(header(world)), lambda world: unpadded(claims(world, jti="YQ=="))),
    ],
    ids=["around the header", "around the payload", "in the header", "in the payload"],
)
def test_padding_anywhere_spoils_a_proof(world: World, head: Build, payload: Build) -> None:
    """Signed by hand, over the very text that is sent: only the padding is wrong with it."""
    assert refused(world.add_key(NEW, proof=signed(world, head(world), payload(world)))) == REJECTED


def test_the_same_by_hand_without_padding_is_accepted(world: World) -> None:
    proof = signed(world, unpadded(header(world)), unpadded(claims(world)))

    assert world.add_key(NEW, proof=proof).status_code == 200


def test_the_padded_thumbprint_of_some_libraries_is_rejected(world: World) -> None:
    padded = world.certificate.thumbprint() + "="

    assert refused(world.add_key(NEW, proof=world.proof(header={"x5t#S256": padded}))) == REJECTED


@pytest.mark.parametrize(
    "proof", ["x", "e30", "a.b", "a.b.c", "e30.e30.", "W10.W10.W10", "a.b.c.d"]
)
def test_something_else_than_a_jwt_is_rejected(world: World, proof: str) -> None:
    assert refused(world.add_key(NEW, proof=proof)) == REJECTED


def test_claims_that_are_a_list_are_rejected(world: World) -> None:
    proof = signed(world, unpadded(header(world)), unpadded(b"[]"))

    assert refused(world.add_key(NEW, proof=proof)) == REJECTED


def test_a_proof_whose_claims_were_touched_is_rejected(world: World) -> None:
    head, _, signature = world.proof(iss=str(uuid.uuid4())).split(".")

    proof = f"{head}.{unpadded(claims(world))}.{signature}"

    assert refused(world.add_key(NEW, proof=proof)) == REJECTED


def test_a_key_proves_nothing_outside_its_dates(world: World) -> None:
    """Neither the certificate's, nor narrower ones given when it was registered."""
    expired = Certificate(key=a_key(1), ends=NOON - timedelta(seconds=1))
    future = Certificate(key=a_key(1), starts=NOON + timedelta(seconds=1))
    ended = key_credential(OTHER, endDateTime="2026-05-04T11:59:59Z")
    entries = [{"keyId": world.key_id}, key_credential(expired), key_credential(future), ended]
    change = {"keyCredentials": entries}
    assert world.call("PATCH", world.path, WRITE, body=change).status_code == 204

    for certificate in (expired, future, OTHER):
        assert refused(world.add_key(NEW, proof=world.proof(certificate))) == REJECTED
    assert world.add_key(NEW).status_code == 200


def test_graph_knows_a_new_key_before_the_token_endpoint_does(world: World) -> None:
    world.directory.propagation = timedelta(minutes=2)
    token = world.own_token()
    world.add_key(NEW, token=token)

    assert world.login(NEW).json()["error_codes"] == [700027]
    assert world.add_key(OTHER, token=token, proof=world.proof(NEW)).status_code == 200
