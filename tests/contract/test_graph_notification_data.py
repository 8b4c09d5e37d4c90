"""Notifications with data: sealed for one key, and shown to be Graph's by tokens."""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import padding as symmetric
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.contract.graph_certificates import Certificate
from tests.contract.graph_notifications_world import Watched
from tests.contract.graph_world import refused

NOTIFIER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
CERTIFICATE = Certificate()
TOO_SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to be refused
WITH_DATA = {
    "includeResourceData": True,
    "encryptionCertificate": CERTIFICATE.base64,
    "encryptionCertificateId": "notifications/1",
}


@pytest.fixture
def world() -> Watched:
    return Watched(data_of_users=True)


def key_of(content: dict[str, str]) -> bytes:
    """Open the key of a notification, as the documents say."""
    hashed = hashes.SHA1()  # noqa: S303 -- as documented
    sealed = base64.b64decode(content["dataKey"], validate=True)
    return CERTIFICATE.key.decrypt(sealed, padding.OAEP(padding.MGF1(hashed), hashed, None))


def opened(content: dict[str, str]) -> dict[str, Any]:
    """Check the data of a notification and open it, as the documents say."""
    key, data = key_of(content), base64.b64decode(content["data"], validate=True)
    signature = base64.b64decode(content["dataSignature"], validate=True)
    assert hmac.compare_digest(hmac.digest(key, data, hashlib.sha256), signature)
    decryptor = Cipher(AES256(key), CBC(key[:16])).decryptor()
    unpadder = symmetric.PKCS7(128).unpadder()
    padded = decryptor.update(data) + decryptor.finalize()
    found: dict[str, Any] = json.loads(unpadder.update(padded) + unpadder.finalize())
    return found


def claims(world: Watched, token: str) -> dict[str, Any]:
    """Return what a token says that the login service has signed."""
    keys = KeySet([RSAKey.import_key(key) for key in world.entra.jwks()["keys"]])
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def test_the_data_of_a_user_can_be_opened_with_the_private_key(world: Watched) -> None:
    made = world.subscribe(**WITH_DATA)
    world.graph.users.disable(world.adele.object_id)
    (told,) = world.told()

    content = told["encryptedContent"]
    assert (made["includeResourceData"], made["encryptionCertificate"]) == (True, None)
    assert content["encryptionCertificateId"] == "notifications/1"
    thumbprint = hashlib.sha1(CERTIFICATE.der, usedforsecurity=False).hexdigest()
    assert content["encryptionCertificateThumbprint"] == thumbprint.upper()
    assert len(key_of(content)) == 32
    user = opened(content)
    assert (user["id"], user["accountEnabled"]) == (world.adele.object_id, False)
    assert told["resourceData"]["id"] == world.adele.object_id


def test_every_notification_has_a_key_of_its_own(world: Watched) -> None:
    world.subscribe(**WITH_DATA)
    world.graph.users.disable(world.adele.object_id)
    world.graph.users.enable(world.adele.object_id)
    one, two = (told["encryptedContent"] for told in world.told())

    assert key_of(one) != key_of(two)
    assert [opened(content)["accountEnabled"] for content in (one, two)] == [False, True]


def test_a_token_says_whose_the_notification_is_and_for_whom(world: Watched) -> None:
    world.subscribe(**WITH_DATA)
    world.graph.users.disable(world.adele.object_id)
    (attempt,) = world.graph.notifications.deliver()

    (token,) = attempt.body["validationTokens"]
    said, issuer = claims(world, token), f"https://sts.windows.net/{world.tenant}/"
    now = int(world.clock.now.timestamp())
    assert said.pop("uti")
    assert said == {
        "aud": world.app_id,
        "iss": issuer,
        "idp": issuer,
        "tid": world.tenant,
        "ver": "1.0",
        "appid": NOTIFIER,
        "appidacr": "2",
        "iat": now,
        "nbf": now,
        "exp": now + 29100,
    }


def test_an_app_with_newer_tokens_gets_the_newer_claims() -> None:
    world = Watched(data_of_users=True, version="2.0")
    world.subscribe(**WITH_DATA)
    world.graph.users.disable(world.adele.object_id)
    (attempt,) = world.graph.notifications.deliver()

    said = claims(world, attempt.body["validationTokens"][0])
    assert (said["azp"], said["ver"]) == (NOTIFIER, "2.0")
    assert said["iss"] == f"https://login.microsoftonline.com/{world.tenant}/v2.0"
    assert "appid" not in said


def test_there_is_one_token_for_each_app_with_something_in_the_request(world: Watched) -> None:
    other, named = str(uuid.uuid4()), str(uuid.uuid4())
    world.subscribe(**WITH_DATA)
    world.subscribe(**WITH_DATA)
    world.subscribe(**WITH_DATA, notificationUrlAppId=named)
    assert world.ask("POST", "/subscriptions", world.wish(), appid=other).status_code == 201
    world.graph.users.disable(world.adele.object_id)
    (attempt,) = world.graph.notifications.deliver()

    assert len(attempt.body["value"]) == 4
    tokens = attempt.body["validationTokens"]
    assert [claims(world, token)["aud"] for token in tokens] == [world.app_id, named, other]


def test_notifications_without_data_come_without_tokens(world: Watched) -> None:
    world.subscribe(encryptionCertificate=CERTIFICATE.base64)
    world.graph.users.disable(world.adele.object_id)
    (attempt,) = world.graph.notifications.deliver()

    assert set(attempt.body) == {"value"}
    assert "encryptedContent" not in attempt.body["value"][0]


def test_what_is_sent_again_is_the_same_with_fresh_tokens(world: Watched) -> None:
    world.subscribe(**WITH_DATA)
    world.graph.users.disable(world.adele.object_id)
    world.receiver.answers = [500]
    (first,) = world.graph.notifications.deliver()
    world.clock.now = world.graph.notifications.waiting[0].due
    (second,) = world.graph.notifications.deliver()

    assert second.body["value"] == first.body["value"]
    ages = [claims(world, each.body["validationTokens"][0])["iat"] for each in (first, second)]
    assert ages[1] - ages[0] == 60


def test_data_of_users_is_not_to_be_had_from_the_service() -> None:
    """These tests have it by leave of the world's owner."""
    world = Watched()
    answer = world.ask("POST", "/subscriptions", world.wish(**WITH_DATA))

    assert refused(answer) == (400, "InvalidRequest")
    assert "not enabled for rich notifications" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"encryptionCertificate": None},
        {"encryptionCertificateId": None},
        {"encryptionCertificateId": "x" * 129},
        {"encryptionCertificate": "%%%"},
        {"encryptionCertificate": base64.b64encode(b"no certificate").decode()},
        {"encryptionCertificate": Certificate(key=TOO_SHORT).base64},
    ],
)
def test_data_takes_a_good_certificate_with_a_name(
    world: Watched, change: dict[str, object]
) -> None:
    answer = world.ask("POST", "/subscriptions", world.wish(**(WITH_DATA | change)))

    assert refused(answer) == (400, "InvalidRequest")
