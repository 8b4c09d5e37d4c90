"""Our vault client against the vault simulator: versions are read, made, ended and sign."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from shared.credentials.certificate import Certificate
from shared.errors import Misconfigured, NotFound, Rejected, Retryable
from shared.identity.vault import Vault
from shared.identity.vault_versions import VaultVersions
from tests.contract.vault_world import Address, Principal, World, a_policy, address

PATIENCE: dict[str, Any] = {"retry_total": 0}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def world(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


def reading(world: World, who: Principal | None = None) -> Vault:
    """Return the client of the app at work, which may read and sign."""
    who = who or world.someone("Key Vault Reader", "Key Vault Crypto User")
    return Vault(world.url, who, verify_challenge_resource=False, patience=PATIENCE)


def writing(world: World, who: Principal | None = None) -> VaultVersions:
    """Return the client of the identity that makes certificates."""
    who = who or world.someone("Key Vault Certificates Officer")
    return VaultVersions(world.url, who, verify_challenge_resource=False, patience=PATIENCE)


def creations(world: World) -> int:
    """Count the versions that were begun through the vault's API."""
    return sum(each.path.endswith("/create") for each in world.vault.operations)


def verify(certificate: Certificate, signature: bytes, message: bytes) -> None:
    """Verify a PS256 signature."""
    public = x509.load_der_x509_certificate(certificate.der).public_key()
    assert isinstance(public, RSAPublicKey)
    public.verify(signature, message, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())


def test_each_version_signs_with_its_own_key(world: World) -> None:
    """Also one that is not the newest; the key stays in the vault."""
    for _ in range(2):
        world.vault.create_certificate("app")
    vault = reading(world)
    old, new = vault.versions("app")
    signature = vault.sign(old, sha256(b"hello").digest())

    verify(old, signature, b"hello")
    with pytest.raises(InvalidSignature):
        verify(new, signature, b"hello")
    assert world.vault.signatures == 1
    assert vault.proves_key(old)


def test_versions_are_told_oldest_first_whatever_the_vaults_order(world: World) -> None:
    """Each with its public part; other certificates are not among them."""
    made = []
    for _ in range(4):
        world.clock.advance(seconds=1)
        made.append(world.vault.create_certificate("app"))
    world.vault.create_certificate("application")

    found = reading(world).versions("app")
    assert [each.version for each in found] == made
    assert [each.der for each in found] == [world.vault.certificate_der("app", v) for v in made]


def test_current_version_is_the_last_even_if_it_is_no_second_younger(world: World) -> None:
    """The vault tells ages in whole seconds, and knows better."""
    made = [world.vault.create_certificate("app") for _ in range(5)]
    vault = reading(world)
    found = vault.versions("app")
    assert {each.version for each in found} == set(made)
    assert found[-1] == vault.certificate("app")


def test_disabled_version_is_told_and_signs_no_more(world: World) -> None:
    """Disabling touches that version alone, and twice is as good as once."""
    for _ in range(2):
        world.vault.create_certificate("app")
    vault, versions = reading(world), writing(world)
    old, new = vault.versions("app")
    for _ in range(2):
        versions.disable(old)

    assert [each.is_enabled for each in vault.versions("app")] == [False, True]
    with pytest.raises(Misconfigured, match="HTTP 403"):
        vault.sign(old, bytes(32))
    assert vault.sign(new, bytes(32))


def test_version_that_is_gone_needs_no_disabling(world: World) -> None:
    """It signs nothing."""
    world.vault.create_certificate("app")
    (known,) = reading(world).versions("app")
    with world.certificates() as client:
        client.begin_delete_certificate("app").wait()
    writing(world).disable(known)


def test_missing_certificate_has_no_versions(world: World) -> None:
    """Neither to read nor to make."""
    with pytest.raises(NotFound, match="no certificate app"):
        reading(world).versions("app")
    with pytest.raises(NotFound, match="no certificate app"):
        writing(world).create_version("app", beyond="v1")
    assert creations(world) == 0


def test_new_version_is_begun_once_and_told_when_it_is_there(world: World) -> None:
    """However often it is asked for, and by however many; nobody waits for it."""
    first = world.vault.create_certificate("app")
    world.vault.delay_issuing(timedelta(minutes=3))
    for _ in range(3):
        assert writing(world).create_version("app", beyond=first) is None
    assert world.vault.certificate_versions("app") == [first]

    world.clock.advance(minutes=3)
    second = writing(world).create_version("app", beyond=first)
    assert world.vault.certificate_versions("app") == [first, second]
    assert creations(world) == 1


def test_version_that_was_made_is_found_by_one_who_forgot(world: World) -> None:
    """A death after the vault had finished makes no second version."""
    first = world.vault.create_certificate("app")
    versions = writing(world)
    assert versions.create_version("app", beyond=first) is None
    second = versions.create_version("app", beyond=first)
    assert versions.create_version("app", beyond=first) == second
    assert creations(world) == 1


def test_version_beyond_the_second_is_a_third(world: World) -> None:
    """The finished operation of the second is not taken for it."""
    first = world.vault.create_certificate("app")
    versions = writing(world)
    versions.create_version("app", beyond=first)
    second = str(versions.create_version("app", beyond=first))
    assert versions.create_version("app", beyond=second) is None
    third = versions.create_version("app", beyond=second)
    assert world.vault.certificate_versions("app") == [first, second, third]


def test_new_version_follows_the_certificates_own_policy(world: World) -> None:
    """Subject, key and its bonds to the vault, and the renewal stay as they were set."""
    with world.certificates() as client:
        policy = a_policy()
        client.begin_create_certificate("app", policy, _polling_interval=0.05).result()
        before = world.send("GET", "/certificates/app/policy?api-version=7.4").json()
        first = reading(world).certificate("app")
        versions = writing(world)
        versions.create_version("app", beyond=first.version)
        versions.create_version("app", beyond=first.version)

    after = world.send("GET", "/certificates/app/policy?api-version=7.4").json()
    assert after == before
    facts = reading(world).key_facts(reading(world).certificate("app"))
    assert facts.is_exportable is False
    second = x509.load_der_x509_certificate(reading(world).certificate("app").der)
    assert second.subject == x509.load_der_x509_certificate(first.der).subject


def test_cancelled_version_is_told_with_the_vaults_reason_and_begun_anew(world: World) -> None:
    """Once: whoever asks again wants another try."""
    first = world.vault.create_certificate("app")
    world.vault.delay_issuing(timedelta(minutes=3))
    versions = writing(world)
    versions.create_version("app", beyond=first)
    with world.certificates() as client:
        client.cancel_certificate_operation("app")

    with pytest.raises(Rejected, match="no new version of app: cancelled"):
        versions.create_version("app", beyond=first)
    assert versions.create_version("app", beyond=first) is None
    assert creations(world) == 2


def test_somebody_elses_beginning_serves_as_well(world: World) -> None:
    """The vault makes one version at a time, and says so."""
    first = world.vault.create_certificate("app")
    world.vault.fail_next(409, on="/create", code="Conflict")
    assert writing(world).create_version("app", beyond=first) is None


@pytest.mark.parametrize("on", ["/pending", "/policy", "/create"])
def test_busy_vault_is_waited_out(world: World, on: str) -> None:
    """At every step; nothing has been begun twice afterwards."""
    first = world.vault.create_certificate("app")
    versions = writing(world)
    world.vault.fail_next(429, on=on, code="Throttled", headers={"Retry-After": "7"})
    with pytest.raises(Retryable) as raised:
        versions.create_version("app", beyond=first)
    assert raised.value.after == timedelta(seconds=7)
    assert versions.create_version("app", beyond=first) is None
    assert versions.create_version("app", beyond=first)
    assert len(world.vault.certificate_versions("app")) == 2


def test_very_first_version_is_waited_for_as_well(world: World) -> None:
    """It has no public part yet; nothing else is begun beside it."""
    world.vault.delay_issuing(timedelta(minutes=3))
    body = {"policy": {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=app"}}}
    world.send("POST", "/certificates/app/create?api-version=7.4", body=body)
    for beyond in ("", "purged"):
        assert writing(world).create_version("app", beyond=beyond) is None
    assert creations(world) == 1
    world.clock.advance(minutes=3)
    made = writing(world).create_version("app", beyond="")
    assert [made] == world.vault.certificate_versions("app")


def test_app_at_work_may_make_and_end_nothing(world: World) -> None:
    """Its identity reads and signs: what it must not do needs another."""
    first = world.vault.create_certificate("app")
    worker = world.someone("Key Vault Reader", "Key Vault Crypto User")
    (known,) = reading(world, worker).versions("app")
    with pytest.raises(Misconfigured, match="check its role"):
        writing(world, worker).create_version("app", beyond=first)
    with pytest.raises(Misconfigured, match="check its role"):
        writing(world, worker).disable(known)
    assert world.vault.certificate_versions("app") == [first]
