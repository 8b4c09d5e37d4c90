"""The real clients for keys and secrets work with the vault simulator as with the service."""

import hashlib
import ssl
from collections.abc import Iterator
from typing import Any

import msal
import pytest
from azure.identity import ManagedIdentityCredential
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm

from infra.local.simulators.managed_identity import ManagedIdentity
from tests.contract.vault_world import TENANT, Address, World, address

APP = "5b9f2a1e-6f0a-4a51-9d5f-3f1f0f7c2002"
EXCHANGE = "https://outlook.office365.com"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def world(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


@pytest.mark.parametrize("algorithm", ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"])
def test_a_signature_verifies_with_the_public_key(world: World, algorithm: str) -> None:
    version = world.vault.create_certificate("app")
    kind = SignatureAlgorithm(algorithm)
    digest = hashlib.new(f"sha{algorithm[2:]}", b"hello").digest()
    with world.crypto("app", version) as client:
        signed = client.sign(kind, digest)
        assert client.verify(kind, digest, signed.signature).is_valid

    assert signed.key_id == f"{world.url}/keys/app/{version}"
    assert world.vault.signatures == 1


def test_an_empty_version_signs_with_the_latest(world: World) -> None:
    world.vault.create_certificate("app")
    latest = world.vault.create_certificate("app")
    body = {"alg": "PS256", "value": "A" * 43}

    answer = world.send("POST", "/keys/app//sign?api-version=7.4", body=body)

    assert answer.json()["kid"] == f"{world.url}/keys/app/{latest}"


def test_keys_and_certificates_are_listed_page_by_page(world: World) -> None:
    for name in ("a", "b", "c"):
        world.vault.create_certificate(name)
    with world.certificates() as certificates, world.keys() as keys:
        pages = certificates.list_properties_of_certificates(max_page_size=2).by_page()
        assert [[item.name for item in page] for page in pages] == [["a", "b"], ["c"]]
        assert [item.name for item in keys.list_properties_of_keys()] == ["a", "b", "c"]
        assert len(list(keys.list_properties_of_key_versions("a"))) == 1
        assert keys.get_key("a").key_operations == ["sign", "verify", "wrapKey", "unwrapKey"]


def test_secrets_have_versions_that_can_be_disabled(world: World) -> None:
    with world.secrets() as client:
        old = client.set_secret("webhook", "one", tags={"sender": "jamf"}).properties.version
        new = world.vault.set_secret("webhook", "two")
        assert client.get_secret("webhook").value == "two"
        assert client.get_secret("webhook", old).value == "one"
        client.update_secret_properties("webhook", old, enabled=False)
        listed = client.list_properties_of_secret_versions("webhook")
        assert {item.version: item.enabled for item in listed} == {old: False, new: True}


def test_more_than_a_page_of_secret_versions_is_listed(world: World) -> None:
    made = {world.vault.set_secret("webhook", str(number)) for number in range(60)}
    with world.secrets() as client:
        listed = [item.version for item in client.list_properties_of_secret_versions("webhook")]

    assert len(listed) == 60
    assert set(listed) == made


def test_the_whole_chain_ends_in_a_token_and_no_key_has_left(
    world: World, port: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Managed identity, vault, MSAL, token: every client is real, and the key stays inside."""
    entra = port.entra
    entra.directory.add_application(APP, tenant_id=TENANT)
    authority = port.server.mount(entra, name="entra")
    key = f"{world.url}/keys/app/{world.vault.create_certificate('app')}"
    der = world.vault.certificate_der("app")
    entra.directory.add_certificate(APP, der)
    identity = ManagedIdentity(entra, principal_id=world.admin.principal_id, secret="s3cret")
    endpoint = port.server.mount(identity, name="identity", tls=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{endpoint}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "s3cret")
    with (
        ManagedIdentityCredential() as credential,
        CryptographyClient(key, credential, verify_challenge_resource=False) as signer,
    ):
        answer = _token(f"{authority}/{TENANT}", signer, der)

    assert "access_token" in answer
    assert world.vault.signatures == 1


def _token(authority: str, signer: CryptographyClient, der: bytes) -> dict[str, Any]:
    client = msal.ConfidentialClientApplication(
        APP,
        authority=authority,
        instance_discovery=False,
        client_credential={
            "private_key": signer.create_rsa_private_key(),
            "public_certificate": ssl.DER_cert_to_PEM_cert(der),
        },
    )
    answer: dict[str, Any] = client.acquire_token_for_client([f"{EXCHANGE}/.default"])
    return answer
