"""Keys on an application: public RSA certificates only, and a list takes the place of a list."""

import base64
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.contract.graph_certificates import NOON, Certificate, a_key, key_credential
from tests.contract.graph_world import WRITE, World, refused

NEW = Certificate(key=a_key(1))


@pytest.fixture
def world() -> World:
    return World()


def patch(world: World, *entries: object) -> httpx.Response:
    return world.call("PATCH", world.path, WRITE, body={"keyCredentials": entries})


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def pem(certificate: Certificate) -> bytes:
    return certificate.x509.public_bytes(serialization.Encoding.PEM)


def an_elliptic_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=app")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def test_what_is_not_sent_again_is_gone(world: World) -> None:
    assert patch(world, key_credential(NEW)).status_code == 204

    assert [key["key"] for key in world.registered()] == [NEW.base64]
    assert world.login().json()["error_codes"] == [700027]
    assert world.login(NEW).status_code == 200


@pytest.mark.parametrize("with_bytes", [True, False])
def test_a_key_that_is_sent_as_it_was_shown_stays(world: World, *, with_bytes: bool) -> None:
    shown = world.registered()[0]
    shown = shown if with_bytes else shown | {"key": None}

    assert patch(world, shown, key_credential(NEW)).status_code == 204

    assert world.registered()[0]["keyId"] == world.key_id
    assert world.login().status_code == 200
    assert world.login(NEW).status_code == 200


def test_a_key_that_is_there_is_named_by_its_id_alone(world: World) -> None:
    assert patch(world, {"keyId": world.key_id.upper()}, key_credential(NEW)).status_code == 204

    assert len(world.registered()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"endDateTime": "2026-06-01T00:00:00Z"},
        {"startDateTime": "2026-05-01T00:00:00Z"},
        {"displayName": "renamed"},
        {"customKeyIdentifier": "AAAA"},
        {"key": NEW.base64},
        {"usage": "Sign"},
    ],
)
def test_a_key_that_is_there_cannot_be_changed(world: World, change: dict[str, str]) -> None:
    answer = patch(world, world.registered()[0] | change)

    assert refused(answer) == (400, "Request_BadRequest")
    assert world.key_id in answer.json()["error"]["message"]


def test_the_thumbprint_names_a_key_that_was_given_no_name(world: World) -> None:
    patch(world, key_credential(NEW), key_credential(NEW, customKeyIdentifier="bmFtZQ=="))

    sha_1 = NEW.x509.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 -- a name
    assert [key["customKeyIdentifier"] for key in world.registered()] == [sha_1, "bmFtZQ=="]


def test_a_key_has_the_certificates_dates_or_narrower_ones(world: World) -> None:
    narrower = {"startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-05-31T00:00:00Z"}

    patch(world, key_credential(NEW, displayName="CN=app"), key_credential(NEW, **narrower))

    first, second = world.registered()
    assert (first["startDateTime"], first["endDateTime"]) == (
        "2026-04-04T12:00:00Z",
        "2026-07-03T12:00:00Z",
    )
    assert first["displayName"] == "CN=app"
    assert {name: second[name] for name in narrower} == narrower


@pytest.mark.parametrize(
    "change",
    [
        {"endDateTime": "2026-07-03T12:00:01Z"},
        {"endDateTime": "2026-04-04T11:59:59Z"},
        {"endDateTime": "2026-06-01T00:00:00"},
        {"startDateTime": "2026-04-04T11:59:59Z"},
        {"startDateTime": "2026-07-03T12:00:01Z"},
        {"startDateTime": "soon"},
        {"type": "X509CertAndPassword", "usage": "Sign"},
        {"type": None},
        {"usage": None},
        {"usage": "Sign"},
        {"keyId": "first"},
        {"customKeyIdentifier": "a thumbprint"},
        {"customKeyIdentifier": 7},
        {"thumbprint": "AAAA"},
        {"key": None},
        {"key": "%%%"},
        {"key": encoded(NEW.der[:-1])},
        {"key": encoded(pem(NEW))},
        {"key": encoded(an_elliptic_certificate())},
    ],
)
def test_a_key_that_cannot_be_used_is_refused(world: World, change: dict[str, Any]) -> None:
    assert patch(world, key_credential(NEW) | change).status_code == 400
    assert [key["keyId"] for key in world.registered()] == [world.key_id]


@pytest.mark.parametrize("wrapping", ["pkcs12", "pem of key", "pem of both", "der of key", "both"])
def test_private_material_is_refused_in_any_wrapping(world: World, wrapping: str) -> None:
    key = NEW.key
    without = serialization.NoEncryption()
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, without)
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, without)
    raw = {
        "pkcs12": pkcs12.serialize_key_and_certificates(b"app", key, NEW.x509, None, without),
        "pem of key": text,
        "pem of both": pem(NEW) + text,
        "der of key": der,
        "both": NEW.der + der,
    }[wrapping]

    assert patch(world, key_credential(NEW, key=encoded(raw))).status_code == 400
    rolled = world.add_key(NEW, keyCredential=key_credential(NEW, key=encoded(raw)))
    assert rolled.status_code == 400
    assert [shown["keyId"] for shown in world.registered()] == [world.key_id]


@pytest.mark.parametrize("sent", [None, {}, "keys", [None], ["key"], [7]])
def test_something_else_than_a_list_of_keys_is_refused(world: World, sent: object) -> None:
    answer = world.call("PATCH", world.path, WRITE, body={"keyCredentials": sent})

    assert refused(answer) == (400, "Request_BadRequest")


def test_an_id_is_given_to_one_key_only(world: World) -> None:
    entry = key_credential(NEW, keyId=str(uuid.uuid4()))

    assert patch(world, entry).status_code == 204
    assert [key["keyId"] for key in world.registered()] == [entry["keyId"]]
    assert patch(world, entry, entry).status_code == 400


def test_six_hundred_keys_are_too_many_by_one(world: World) -> None:
    assert patch(world, *[key_credential(NEW)] * 600).status_code == 204
    answer = patch(world, *[key_credential(NEW)] * 601)
    one_more = world.add_key(world.certificate, proof=world.proof(NEW), token=world.token(WRITE))

    assert refused(answer) == (400, "Directory_ResourceSizeExceeded")
    assert refused(one_more) == (400, "Directory_ResourceSizeExceeded")


def test_annotations_are_overlooked(world: World) -> None:
    entry = key_credential(NEW, **{"@odata.type": "#microsoft.graph.keyCredential"})

    assert patch(world, entry).status_code == 204
