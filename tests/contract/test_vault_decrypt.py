"""Keys of certificates open what was sealed for them, through the real client, and stay inside."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from azure.core.exceptions import HttpResponseError
from azure.keyvault.certificates import CertificatePolicy, KeyUsageType
from azure.keyvault.keys.crypto import EncryptionAlgorithm, SignatureAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from infra.local.simulators.graph.notifications.encryption import sealed as sealed_content
from infra.local.simulators.graph.subscriptions.model import Sealing
from tests.contract.vault_world import QUICKLY, Address, Principal, World, address, known

VERSION = "api-version=7.4"
USAGE = ("digitalSignature", "dataEncipherment")
SECRET = bytes(range(32))
HASHES: dict[EncryptionAlgorithm, hashes.HashAlgorithm] = {
    EncryptionAlgorithm.rsa_oaep: hashes.SHA1(),  # noqa: S303 -- what RSA-OAEP means
    EncryptionAlgorithm.rsa_oaep_256: hashes.SHA256(),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def world(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


def sealed(
    world: World, version: str, algorithm: EncryptionAlgorithm = EncryptionAlgorithm.rsa_oaep
) -> bytes:
    """Seal the secret with a certificate, as anybody can who has seen it."""
    der = world.vault.certificate_der("app", version)
    public_key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(public_key, RSAPublicKey)
    hashed = HASHES[algorithm]
    return public_key.encrypt(SECRET, padding.OAEP(padding.MGF1(hashed), hashed, None))


def opened(world: World, version: str, block: bytes, who: Principal | None = None) -> bytes:
    with world.crypto("app", version, who) as client:
        return client.decrypt(EncryptionAlgorithm.rsa_oaep, block).plaintext


def inner_code(error: HttpResponseError) -> str:
    return str(json.loads(known(error.response).text())["error"]["innererror"]["code"])


@pytest.mark.parametrize("algorithm", HASHES)
def test_the_real_client_opens_what_was_sealed(
    world: World, algorithm: EncryptionAlgorithm
) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)
    user = world.someone("Key Vault Crypto User")
    with world.crypto("app", version, user) as client:
        result = client.decrypt(algorithm, sealed(world, version, algorithm))

    assert result.plaintext == SECRET
    assert result.key_id == f"{world.url}/keys/app/{version}"
    assert world.vault.decryptions == 1


def test_what_the_client_seals_the_vault_opens(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)
    with world.crypto("app", version) as client:
        block = client.encrypt(EncryptionAlgorithm.rsa_oaep, SECRET).ciphertext

    assert opened(world, version, block) == SECRET


def test_a_certificate_made_with_the_real_client_can_be_for_decryption(world: World) -> None:
    usage = [KeyUsageType.digital_signature, KeyUsageType.data_encipherment]
    policy = CertificatePolicy(
        "Self", subject="CN=app", exportable=False, key_type="RSA", key_size=2048, key_usage=usage
    )
    with world.certificates() as client:
        client.begin_create_certificate("app", policy, **QUICKLY).result()
    (version,) = world.vault.certificate_versions("app")
    with world.keys() as keys:
        assert keys.get_key("app").key_operations == ["sign", "verify", "encrypt", "decrypt"]

    assert opened(world, version, sealed(world, version)) == SECRET


def test_a_key_of_the_usual_policy_does_not_decrypt(world: World) -> None:
    """It may unwrap, which is another operation; nothing else decides."""
    version = world.vault.create_certificate("app")
    with pytest.raises(HttpResponseError, match="decrypt is not permitted on this key") as refused:
        opened(world, version, sealed(world, version))

    assert (refused.value.status_code, inner_code(refused.value)) == (403, "KeyOperationForbidden")
    assert world.vault.decryptions == 0


def test_a_key_for_decryption_only_does_not_sign(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=["dataEncipherment"])
    with (
        world.crypto("app", version) as client,
        pytest.raises(HttpResponseError, match="sign is not permitted"),
    ):
        client.sign(SignatureAlgorithm.ps256, bytes(32))


@pytest.mark.parametrize("ends_in", [-timedelta(days=1), timedelta(days=400)])
def test_a_key_out_of_date_still_decrypts_and_does_not_sign(
    world: World, ends_in: timedelta
) -> None:
    version = world.vault.create_certificate(
        "app", key_usage=USAGE, not_after=world.clock.now + ends_in
    )
    assert opened(world, version, sealed(world, version)) == SECRET

    with world.crypto("app", version) as client, pytest.raises(HttpResponseError):
        client.sign(SignatureAlgorithm.ps256, bytes(32))


def test_a_disabled_version_does_not_decrypt(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)
    with world.certificates() as client:
        client.update_certificate_properties("app", version, enabled=False)
    with pytest.raises(HttpResponseError, match="disabled key") as refused:
        opened(world, version, sealed(world, version))

    assert (refused.value.status_code, inner_code(refused.value)) == (403, "KeyDisabled")


def test_decrypting_takes_a_role_for_it(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)
    block = sealed(world, version)
    for role in ("Key Vault Reader", "Key Vault Certificate User", "Key Vault Secrets User"):
        with pytest.raises(HttpResponseError, match="keys/decrypt/action"):
            opened(world, version, block, world.someone(role))
    scoped = world.someone("Key Vault Crypto User", scope="keys/other")
    with pytest.raises(HttpResponseError, match="keys/decrypt/action"):
        opened(world, version, block, scoped)
    mine = world.someone("Key Vault Crypto User", scope="keys/app")

    assert opened(world, version, block, mine) == SECRET


def test_an_older_version_opens_what_was_sealed_for_it(world: World) -> None:
    old = world.vault.create_certificate("app", key_usage=USAGE)
    new = world.vault.create_certificate("app", key_usage=USAGE)
    block = sealed(world, old)

    assert opened(world, old, block) == SECRET
    with pytest.raises(HttpResponseError, match="BadParameter"):
        opened(world, new, block)


def test_a_block_sealed_in_another_way_is_refused(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)

    with pytest.raises(HttpResponseError, match="BadParameter"):
        opened(world, version, sealed(world, version, EncryptionAlgorithm.rsa_oaep_256))


@pytest.mark.parametrize(
    "body",
    [
        {"alg": "RSA-OAEP", "value": "A" * 340},
        {"alg": "RSA-OAEP", "value": "A" * 342 + "=="},
        {"alg": "RSA-OAEP", "value": "+" * 342},
        {"alg": "RSA-OAEP", "value": None},
        {"alg": "PS256", "value": "A" * 342},
        {"alg": "rsa-oaep", "value": "A" * 342},
        {"value": "A" * 342},
        [],
    ],
)
def test_a_malformed_request_is_refused(world: World, body: object) -> None:
    world.vault.create_certificate("app", key_usage=USAGE)

    answer = world.send("POST", f"/keys/app//decrypt?{VERSION}", body=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")
    assert world.vault.decryptions == 0


def test_the_key_of_a_notification_is_opened_without_leaving_the_vault(world: World) -> None:
    version = world.vault.create_certificate("app", key_usage=USAGE)
    certificate = x509.load_der_x509_certificate(world.vault.certificate_der("app", version))
    content = sealed_content({"id": "1"}, Sealing(certificate=certificate, certificate_id=version))
    value = content["dataKey"].rstrip("=").replace("+", "-").replace("/", "_")
    path = f"/keys/app/{version}/decrypt?{VERSION}"

    answer = world.send("POST", path, body={"alg": "RSA-OAEP", "value": value})
    assert answer.status_code == 200
    assert len(answer.json()["value"]) == 43  # base64url of 32 bytes, without padding
