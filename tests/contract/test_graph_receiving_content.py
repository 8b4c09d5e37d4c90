"""Notifications with content, opened by the vault through the real client."""

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.azure_clients import PATIENCE
from shared.errors import NotPermitted, Rejected, Retryable, Unverified
from shared.identity.unwrapping import Unwrapping
from shared.mdm.graph_content import Opener
from tests.contract.graph_notifications_world import ADELE
from tests.contract.graph_receiving_world import ADDRESS, Receiving
from tests.contract.graph_world import LOGIN
from tests.contract.vault_world import Address, Principal, World, address

NAME = "notifications"
TO_DECRYPT = ("digitalSignature", "dataEncipherment")
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with address(tmp_path_factory.mktemp("authority")) as port:
        yield port


@pytest.fixture
def vault(port: Address, monkeypatch: pytest.MonkeyPatch) -> World:
    return port.world(monkeypatch)


def unwrapping(vault: World, who: Principal | None = None) -> Unwrapping:
    """Return our way into the vault, as the app's identity."""
    return Unwrapping(
        vault.url,
        who or vault.someone("Key Vault Crypto User"),
        names=[NAME],
        verify_challenge_resource=False,
        patience=PATIENCE,
    )


def sealed(vault: World, version: str, name: str = NAME) -> bytes:
    """Return the key, sealed for a certificate as Graph does."""
    public = x509.load_der_x509_certificate(vault.vault.certificate_der(name, version)).public_key()
    assert isinstance(public, RSAPublicKey)
    hashed = hashes.SHA1()  # noqa: S303 -- as Graph does it
    return public.encrypt(KEY, padding.OAEP(padding.MGF1(hashed), hashed, None))


@dataclass
class Rich:
    """A tenant that subscribed with a certificate of our vault."""

    vault: World
    graph: Receiving = field(default_factory=lambda: Receiving(data_of_users=True))
    clients: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.version = self.vault.vault.create_certificate(NAME, key_usage=TO_DECRYPT)
        self.graph.open_with(
            Opener(
                tenant_id=self.graph.tenant,
                client_ids=self.clients or (self.graph.app_id,),
                authority_host=LOGIN,
                signing_key=self.graph.key(),
                open_key=unwrapping(self.vault).open_key,
                clock=self.graph.clock,
            )
        )
        der = self.vault.vault.certificate_der(NAME, self.version)
        self.graph.subscribe(
            includeResourceData=True,
            encryptionCertificate=base64.b64encode(der).decode(),
            encryptionCertificateId=f"{NAME}/{self.version}",
            notificationUrl=ADDRESS,
            clientState=self.graph.secrets.versions[0].value,
        )


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_disabled_account_is_reported_by_its_names(vault: World, version: str) -> None:
    """Whichever tokens the app gets; the vault opens one key for each notification."""
    rich = Rich(vault, Receiving(data_of_users=True, version=version))
    users, adele = rich.graph.graph.users, rich.graph.adele.object_id
    users.update(adele, jobTitle="Chair")
    users.disable(adele)
    assert rich.graph.delivered() == [202]
    (report,) = rich.graph.reports
    assert (report.subject.upn, report.subject.mail) == (ADELE, ADELE)
    assert report.subject.directory_id == adele
    assert vault.vault.decryptions == 2


def test_tokens_for_another_app_prove_nothing(vault: World) -> None:
    """Its notifications are not for us, and the vault is not asked."""
    rich = Rich(vault, clients=(str(uuid.uuid4()),))
    rich.graph.graph.users.disable(rich.graph.adele.object_id)
    assert rich.graph.delivered() == [401]
    assert [type(failure) for failure in rich.graph.webhook.refused] == [Unverified]
    assert (rich.graph.reports, vault.vault.decryptions) == ([], 0)


def test_one_client_opens_many_keys_and_reads_the_certificate_once(vault: World) -> None:
    """Graph waits for three seconds, and each round trip counts."""
    version = vault.vault.create_certificate(NAME, key_usage=TO_DECRYPT)
    ours = unwrapping(vault)
    for _ in range(3):
        assert ours.open_key(f"{NAME}/{version}", sealed(vault, version)) == KEY
    asked = [operation.path for operation in vault.vault.operations if "/keys/" in operation.path]
    assert sum(path.endswith("/decrypt") for path in asked) == 3
    assert sum(path.endswith(version) for path in asked) <= 2  # the first is a challenge


@pytest.mark.parametrize(
    "certificate_id",
    [
        "",
        NAME,
        f"{NAME}/",
        f"{NAME}/current",
        f"other/{'a' * 32}",
        f"{NAME}/{'a' * 32}/../../secrets",
        f"../{NAME}/{'a' * 32}",
        f"{NAME}/{'a' * 32}\n",
    ],
)
def test_certificate_that_is_not_ours_is_not_asked_for(vault: World, certificate_id: str) -> None:
    """The name comes from outside."""
    with pytest.raises(Rejected):
        unwrapping(vault).open_key(certificate_id, bytes(256))
    assert vault.vault.operations == []


def test_what_the_key_does_not_open_is_rejected(vault: World) -> None:
    """Sealed for another version, for none, or by one that is not there."""
    old, new = (vault.vault.create_certificate(NAME, key_usage=TO_DECRYPT) for _ in range(2))
    ours = unwrapping(vault)
    assert ours.open_key(f"{NAME}/{old}", sealed(vault, old)) == KEY
    for version, block in ((new, sealed(vault, old)), (new, bytes(256)), ("0" * 32, bytes(256))):
        with pytest.raises(Rejected):
            ours.open_key(f"{NAME}/{version}", block)


def test_missing_right_is_told_of(vault: World) -> None:
    """Of the identity, or of the certificate itself."""
    version = vault.vault.create_certificate(NAME, key_usage=TO_DECRYPT)
    with pytest.raises(NotPermitted):
        unwrapping(vault, vault.someone()).open_key(f"{NAME}/{version}", sealed(vault, version))
    to_sign = vault.vault.create_certificate(NAME)
    with pytest.raises(NotPermitted, match="not permitted on this key"):
        unwrapping(vault).open_key(f"{NAME}/{to_sign}", sealed(vault, to_sign))


def test_vault_that_does_not_answer_is_for_later(vault: World) -> None:
    """Graph tries again."""
    ours = Unwrapping(
        "https://127.0.0.1:1",
        vault.admin,
        names=[NAME],
        verify_challenge_resource=False,
        patience={"retry_total": 0, "connection_timeout": 1},
    )
    with pytest.raises(Retryable):
        ours.open_key(f"{NAME}/{'a' * 32}", bytes(256))
