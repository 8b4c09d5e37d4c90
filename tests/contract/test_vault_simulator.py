"""The real client for certificates works with the vault simulator as with the service."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateContentType
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.contract.vault_world import QUICKLY, Address, World, a_policy, address, known


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def world(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


def test_a_certificate_is_created_and_read_back(world: World) -> None:
    with world.certificates() as client:
        client.begin_create_certificate("app", a_policy(), **QUICKLY).wait()
        latest = client.get_certificate("app")
        exact = client.get_certificate_version("app", known(known(latest.properties).version))

    certificate = x509.load_der_x509_certificate(bytes(known(latest.cer)))
    assert exact.cer == latest.cer
    assert certificate.subject.rfc4514_string() == "CN=app,O=Contoso"
    assert known(latest.properties).expires_on == certificate.not_valid_after_utc
    assert known(latest.key_id).endswith(f"/keys/app/{known(latest.properties).version}")
    assert known(latest.policy).exportable is False
    assert world.vault.certificate_der("app") == bytes(known(latest.cer))


def test_a_certificate_stays_pending_until_it_is_issued(world: World) -> None:
    world.vault.delay_issuing(timedelta(seconds=30))
    with world.certificates() as client:
        poller = client.begin_create_certificate("app", a_policy(), **QUICKLY)
        operation = client.get_certificate_operation("app")
        unissued = client.get_certificate("app")
        world.clock.advance(seconds=31)
        poller.wait()
        issued = client.get_certificate("app")
    finished = world.send("GET", "/certificates/app/pending?api-version=7.4").json()

    assert operation.status == "inProgress"
    assert x509.load_der_x509_csr(known(operation.csr)).is_signature_valid
    assert known(unissued.properties).enabled is False
    assert unissued.cer is None
    assert issued.cer
    assert (finished["status"], finished["target"]) == (
        "completed",
        f"{world.url}/certificates/app",
    )


def test_a_pending_certificate_can_be_cancelled(world: World) -> None:
    world.vault.delay_issuing(timedelta(hours=1))
    with world.certificates() as client:
        client.begin_create_certificate("app", a_policy(), **QUICKLY)
        client.cancel_certificate_operation("app")
        assert client.get_certificate_operation("app").status == "cancelled"
        client.delete_certificate_operation("app")
        with pytest.raises(ResourceNotFoundError, match="Pending certificate"):
            client.get_certificate_operation("app")


def test_a_renewal_is_a_new_version_under_the_same_name(world: World) -> None:
    first = world.vault.create_certificate("app")
    with world.certificates() as client:
        client.begin_create_certificate("app", a_policy(), **QUICKLY).wait()
        listed = [item.version for item in client.list_properties_of_certificate_versions("app")]

    versions = world.vault.certificate_versions("app")
    assert versions[0] == first
    assert sorted(versions) == listed
    assert world.vault.certificate_der("app", first) != world.vault.certificate_der("app")


def test_a_policy_with_auto_renewal_renews_in_time(world: World) -> None:
    with world.certificates() as client:
        client.begin_create_certificate("app", a_policy(), **QUICKLY).wait()
        world.clock.advance(days=100)
        assert len(world.vault.certificate_versions("app")) == 1
        world.clock.advance(days=50)
        assert len(world.vault.certificate_versions("app")) == 2


def test_chosen_dates_are_kept_and_never_renewed(world: World) -> None:
    ends = world.clock.now + timedelta(days=3)
    world.vault.create_certificate("app", not_after=ends)

    certificate = x509.load_der_x509_certificate(world.vault.certificate_der("app"))
    assert certificate.not_valid_after_utc == ends
    assert certificate.not_valid_before_utc < world.clock.now
    assert len(world.vault.certificate_versions("app")) == 1


def test_the_policy_can_be_read_and_changed(world: World) -> None:
    world.vault.create_certificate("app")
    with world.certificates() as client:
        policy = client.get_certificate_policy("app")
        assert (policy.issuer_name, policy.key_size, policy.validity_in_months) == (
            "Self",
            2048,
            12,
        )
        client.update_certificate_policy("app", a_policy())
        assert client.get_certificate_policy("app").validity_in_months == 6


def test_the_secret_of_a_non_exportable_certificate_has_no_key(world: World) -> None:
    world.vault.create_certificate("app")
    with world.secrets() as client:
        secret = client.get_secret("app")

    key, certificate, others = _pfx(secret.value)
    assert key is None
    assert certificate or others
    assert known(secret.properties.key_id).endswith(known(secret.properties.version))


@pytest.mark.parametrize("content_type", list(CertificateContentType))
def test_the_secret_of_an_exportable_certificate_has_the_key(
    world: World, content_type: CertificateContentType
) -> None:
    policy = a_policy(exportable=True, content_type=content_type)
    with world.certificates() as client, world.secrets() as secrets:
        client.begin_create_certificate("app", policy, **QUICKLY).wait()
        secret = secrets.get_secret("app")

    assert secret.properties.content_type == content_type
    is_pem = content_type == CertificateContentType.pem
    key = (
        serialization.load_pem_private_key(known(secret.value).encode(), None)
        if is_pem
        else _pfx(secret.value)[0]
    )
    assert key
    assert key.public_key() == world.vault.private_keys()[0].public_key()


@pytest.mark.parametrize("content_type", list(CertificateContentType))
def test_what_was_exported_can_be_imported(
    world: World, content_type: CertificateContentType
) -> None:
    policy = a_policy(exportable=True, content_type=content_type)
    with world.certificates() as client, world.secrets() as secrets:
        client.begin_create_certificate("app", policy, **QUICKLY).wait()
        value = known(secrets.get_secret("app").value)
        is_pem = content_type == CertificateContentType.pem
        raw = value.encode() if is_pem else base64.b64decode(value)
        imported = client.import_certificate("copy", raw)

    assert bytes(known(imported.cer)) == world.vault.certificate_der("app")


def test_a_deleted_certificate_can_be_recovered_or_purged(world: World) -> None:
    version = world.vault.create_certificate("app")
    with world.certificates() as client:
        deleted = client.begin_delete_certificate("app", **QUICKLY).result()
        assert deleted.recovery_id == f"{world.url}/deletedcertificates/app"
        assert [item.name for item in client.list_deleted_certificates()] == ["app"]
        with pytest.raises(ResourceNotFoundError):
            client.get_certificate("app")
        back = client.begin_recover_deleted_certificate("app", **QUICKLY).result()
        assert known(back.properties).version == version
        client.begin_delete_certificate("app", **QUICKLY).wait()
        client.purge_deleted_certificate("app")
        with pytest.raises(ResourceNotFoundError):
            client.get_deleted_certificate("app")


def _pfx(value: str | None) -> tuple[Any, Any, list[Any]]:
    return pkcs12.load_key_and_certificates(base64.b64decode(known(value)), None)
