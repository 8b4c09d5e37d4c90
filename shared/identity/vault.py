"""Key Vault: our certificates, and their keys, which sign but never leave it."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import (
    CryptographyClient,
    KeyVaultRSAPrivateKey,
    SignatureAlgorithm,
)
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from shared.azure_failures import translated
from shared.errors import NotFound


class Version(Protocol):
    """Which certificate version a call is about, as the caller holds it."""

    @property
    def name(self) -> str:
        """Its name in the vault."""
        ...

    @property
    def version(self) -> str:
        """Its version in the vault."""
        ...

    @property
    def key_id(self) -> str:
        """The address of its key."""
        ...

    @property
    def der(self) -> bytes:
        """The certificate itself."""
        ...


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One version of a vault certificate; its public part only."""

    name: str
    version: str
    key_id: str
    der: bytes
    is_enabled: bool

    @cached_property
    def x509(self) -> x509.Certificate:
        """The certificate, parsed."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def expires_at(self) -> datetime:
        """The end of its validity."""
        return self.x509.not_valid_after_utc

    @property
    def valid_from(self) -> datetime:
        """The start of its validity."""
        return self.x509.not_valid_before_utc

    @property
    def thumbprint(self) -> str:
        """The SHA-256 thumbprint, hex."""
        return sha256(self.der).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What the vault says about a certificate's key."""

    kind: str
    bits: int
    operations: frozenset[str]
    is_exportable: bool


class Vault:
    """One key vault, reached with the app's managed identity."""

    def __init__(
        self, url: str, credential: TokenCredential, *, verify_challenge_resource: bool
    ) -> None:
        self._credential = credential
        # Off only for a vault on loopback, whose host cannot match the token's resource.
        self._verify = verify_challenge_resource
        self._certificates = CertificateClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, retry_total=2
        )
        self._keys = KeyClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, retry_total=2
        )

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return one version, or the current one; NotFound if the vault has none."""
        with translated("Key Vault"):
            try:
                found = self._certificates.get_certificate_version(name, version)
            except ResourceNotFoundError as error:
                raise NotFound(
                    f"the vault has no certificate {name} {version}".rstrip()
                    + "; create it, or correct certificate_name in TENANTS"
                ) from error
        properties = found.properties
        return Certificate(
            name=name,
            version=str(properties.version if properties else ""),
            key_id=str(found.key_id),
            der=bytes(found.cer or b""),
            is_enabled=bool(properties and properties.enabled),
        )

    def ping(self, name: str) -> None:
        """Raise a Failure unless the vault shows the certificate."""
        self.certificate(name)

    def signing_key(self, certificate: Version) -> KeyVaultRSAPrivateKey:
        """Return a key object that signs inside the vault."""
        with translated("Key Vault"):
            return self._crypto(certificate).create_rsa_private_key()

    def proves_key(self, certificate: Version) -> bool:
        """Sign a nonce in the vault and verify it here with the certificate's public key."""
        nonce = os.urandom(32)
        digest = sha256(nonce).digest()
        with translated("Key Vault"):
            signed = self._crypto(certificate).sign(SignatureAlgorithm.ps256, digest).signature
        public = x509.load_der_x509_certificate(certificate.der).public_key()
        if not isinstance(public, RSAPublicKey):
            return False
        try:
            public.verify(signed, nonce, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
        except InvalidSignature:
            return False
        return True

    def key_facts(self, certificate: Version) -> KeyFacts:
        """Return type, size, allowed operations and exportability of the key."""
        with translated("Key Vault"):
            key = self._keys.get_key(certificate.name, certificate.version)
        modulus = bytes(getattr(key.key, "n", None) or b"")
        return KeyFacts(
            kind=str(getattr(key.key_type, "value", key.key_type)),
            bits=int.from_bytes(modulus).bit_length(),
            operations=frozenset(
                str(getattr(operation, "value", operation)) for operation in key.key_operations
            ),
            is_exportable=bool(key.properties.exportable),
        )

    def _crypto(self, certificate: Version) -> CryptographyClient:
        return CryptographyClient(
            certificate.key_id,
            self._credential,
            verify_challenge_resource=self._verify,
            retry_total=2,
        )
