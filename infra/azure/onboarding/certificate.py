"""The app's certificate: in the vault, and made there if need be; or its public half in a file."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import TokenCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.keyvault.certificates import (
    CertificateClient,
    CertificatePolicy,
    CertificatePolicyAction,
    KeyUsageType,
    LifetimeAction,
)
from cryptography import x509

from infra.azure.onboarding.known import Known
from infra.azure.onboarding.steps import Kind, Standing
from shared.azure_failures import translated
from shared.errors import Misconfigured, NotPermitted, Rejected, Retryable

CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
MONTHS = 12
RENEWED = 60  # days before the end
KEY_BITS = 3072
MADE = {"easgate": "made by onboard"}  # the tag by which undo knows it
PATIENCE: dict[str, Any] = {"retry_total": 3, "connection_timeout": 5, "read_timeout": 10}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NEEDS = "it takes the role Key Vault Certificates Officer on the vault"


class CertificateVault:
    """Certificates in one key vault, managed as the person who runs this."""

    def __init__(self, url: str, credential: TokenCredential, **options: Any) -> None:  # noqa: ANN401 - as the SDK takes them
        self._client = CertificateClient(
            url,
            credential,
            # A vault on loopback cannot have the host that its tokens are for.
            verify_challenge_resource=urlsplit(url).hostname not in LOOPBACK,
            **PATIENCE | options,
        )

    def public(self, name: str) -> bytes | None:
        """Return the current version's DER; None if there is none, nothing while it is pending."""
        with _managing(name):
            try:
                return bytes(self._client.get_certificate(name).cer or b"")
            except ResourceNotFoundError:
                return None

    def create(self, name: str) -> None:
        """Have the vault make one, whose key never leaves it; Rejected if the name is taken."""
        with _managing(name):
            try:
                self._client.begin_create_certificate(name, policy(name), tags=dict(MADE)).result()
            except ResourceExistsError as error:
                raise Rejected(f"the vault keeps the name {name} for something else") from error

    def recover(self, name: str) -> bool:
        """Bring back one that was deleted and is of our making; false if there is none."""
        with _managing(name):
            try:
                deleted = self._client.get_deleted_certificate(name)
            except ResourceNotFoundError:
                return False
            if not _is_ours(deleted.properties.tags if deleted.properties else None):
                raise Rejected(
                    f"a deleted certificate keeps the name {name}: recover it, purge it, or choose "
                    "another --certificate"
                )
            self._client.begin_recover_deleted_certificate(name)
        return True

    def is_ours(self, name: str) -> bool:
        """Tell whether there is one, and this kit made it."""
        with _managing(name):
            try:
                found = self._client.get_certificate(name).properties
            except ResourceNotFoundError:
                return False
        return _is_ours(found.tags if found else None)

    def delete(self, name: str) -> None:
        """Delete it, in a way that the vault can undo for a while."""
        with _managing(name):
            self._client.begin_delete_certificate(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultStep:
    """Has the vault make the certificate; one that is there is taken as it is."""

    vault: CertificateVault
    name: str
    known: Known
    marks: frozenset[str] = frozenset()  # the vault's own tag tells

    def look(self) -> Standing:
        """Read its public half."""
        found = self.vault.public(self.name)
        self.known.certificate = found or b""
        says = f"certificate {self.name} in the vault"
        if found is None:
            how = (
                f"RSA {KEY_BITS}, key not exportable, {MONTHS} months, renewed {RENEWED} days ahead"
            )
            return Standing(Kind.CREATE, f"{says}: {how}")
        return Standing(Kind.IN_PLACE if found else Kind.CHANGE, says)

    def apply(self) -> None:
        """Make it, or bring it back if a former undo deleted it; one that is pending is awaited."""
        if self.vault.public(self.name) is not None:
            return
        if not self.vault.recover(self.name):
            self.vault.create(self.name)

    def leftover(self) -> str:
        """Say whether it is of our making."""
        return f"certificate {self.name} in the vault" if self.vault.is_ours(self.name) else ""

    def undo(self) -> None:
        """Delete it."""
        self.vault.delete(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStep:
    """Takes the public half from a file; where its key is, is the operator's to know."""

    file: Path
    known: Known
    marks: frozenset[str] = frozenset()

    def look(self) -> Standing:
        """Read the file."""
        self.known.certificate = read(self.file)
        return Standing(Kind.IN_PLACE, f"certificate in {self.file.name}")

    def apply(self) -> None:
        """Do nothing: a file is there, or `look` has complained."""

    def leftover(self) -> str:
        """Say that the file stays."""
        return ""

    def undo(self) -> None:
        """Do nothing."""


def policy(name: str) -> CertificatePolicy:
    """Return what the vault makes and renews the certificate by."""
    return CertificatePolicy(
        "Self",
        subject=f"CN={name}",  # letters, digits and dashes: the vault takes no other names
        exportable=False,
        key_type="RSA",
        key_size=KEY_BITS,
        reuse_key=False,
        key_usage=[KeyUsageType.digital_signature],
        enhanced_key_usage=[CLIENT_AUTHENTICATION],
        validity_in_months=MONTHS,
        lifetime_actions=[
            LifetimeAction(CertificatePolicyAction.auto_renew, days_before_expiry=RENEWED)
        ],
    )


def read(file: Path) -> bytes:
    """Return the certificate in a file, PEM or DER; Rejected if it is none, or holds a key."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Rejected(f"{file} cannot be read: {error.strerror}") from error
    if b"PRIVATE KEY" in content:
        raise Rejected(f"{file} holds a private key: give the certificate alone")
    try:
        if b"-----BEGIN" in content:
            content = ssl.PEM_cert_to_DER_cert(content.decode("ascii").strip())
        x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise Rejected(f"{file} is no certificate: it takes one, as PEM or DER") from error
    return content


@contextmanager
def _managing(name: str) -> Iterator[None]:
    """Say what a person lacks who has not signed in, or may not do this."""
    try:
        with translated("Key Vault"):
            yield
    except Retryable as failure:
        if isinstance(failure.__cause__, ClientAuthenticationError):
            raise Misconfigured(
                "the vault takes nobody's word for who you are: sign in to Azure in the vault's "
                "tenant, by az login for one"
            ) from failure
        raise
    except NotPermitted as denial:
        raise NotPermitted(f"certificate {name} cannot be managed: {NEEDS} ({denial})") from denial


def _is_ours(tags: Mapping[str, str] | None) -> bool:
    return MADE.items() <= (tags or {}).items()
