"""Key Vault: our certificates, and their keys, which sign but never leave it."""

import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient, KeyVaultCertificate
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
from shared.devices.certificate import Certificate, KeyFacts
from shared.errors import Misconfigured, NotFound


class Vault:
    """One key vault, reached with the app's managed identity."""

    def __init__(
        self,
        url: str,
        credential: TokenCredential,
        *,
        verify_challenge_resource: bool,
        patience: Mapping[str, Any],
    ) -> None:
        self._credential = credential
        # Off only for a vault on loopback, whose host cannot match the token's resource.
        self._verify = verify_challenge_resource
        self._patience = patience
        self._certificates = CertificateClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, **patience
        )
        self._keys = KeyClient(
            url, credential, verify_challenge_resource=verify_challenge_resource, **patience
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
        return _certificate(name, found)

    def ping(self, name: str) -> None:
        """Raise a Failure unless the vault shows the certificate."""
        self.certificate(name)

    def signing_key(self, certificate: Certificate) -> KeyVaultRSAPrivateKey:
        """Return a key object that signs inside the vault."""
        with translated("Key Vault"):
            return self._crypto(certificate).create_rsa_private_key()

    def proves_key(self, certificate: Certificate) -> bool:
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

    def key_facts(self, certificate: Certificate) -> KeyFacts:
        """Return type, size, allowed operations and exportability of the key."""
        with translated("Key Vault"):
            key = self._keys.get_key(certificate.name, certificate.version)
            # The key's own `exportable` is about another feature; the policy is what decides.
            policy = self._certificates.get_certificate_policy(certificate.name)
        modulus = bytes(getattr(key.key, "n", None) or b"")
        return KeyFacts(
            kind=str(getattr(key.key_type, "value", key.key_type)),
            bits=int.from_bytes(modulus).bit_length(),
            operations=frozenset(
                str(getattr(operation, "value", operation)) for operation in key.key_operations
            ),
            is_exportable=policy.exportable,
        )

    def _crypto(self, certificate: Certificate) -> CryptographyClient:
        return CryptographyClient(
            certificate.key_id,
            self._credential,
            verify_challenge_resource=self._verify,
            **self._patience,
        )


def _certificate(name: str, found: KeyVaultCertificate) -> Certificate:
    properties = found.properties
    der = bytes(found.cer or b"")
    try:
        parsed = x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise Misconfigured(
            f"the vault shows no public part of certificate {name}: it may still be pending"
        ) from error
    return Certificate(
        name=name,
        version=str(properties.version if properties else ""),
        key_id=str(found.key_id),
        der=der,
        is_enabled=bool(properties and properties.enabled),
        valid_from=parsed.not_valid_before_utc,
        expires_at=parsed.not_valid_after_utc,
    )
