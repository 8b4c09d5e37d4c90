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
from shared.credentials.certificate import Certificate, KeyFacts
from shared.credentials.findings import Finding, Found
from shared.errors import NotFound, NotPermitted
from shared.telemetry import traces


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
        self.url = url
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

    def versions(self, name: str) -> tuple[Certificate, ...]:
        """Return every version, also disabled ones, oldest first; NotFound if there is none."""
        current = self.certificate(name).version
        with translated("Key Vault"):
            found = [
                (known.version == current, known.created_on, str(known.version))
                for known in self._certificates.list_properties_of_certificate_versions(name)
            ]
        # The vault lists them in no order, and tells their age in whole seconds.
        return tuple(self.certificate(name, version) for _, _, version in sorted(found))

    def ping(self, name: str) -> None:
        """Raise a Failure unless the vault shows the certificate."""
        self.certificate(name)

    def signing_key(self, certificate: Certificate) -> KeyVaultRSAPrivateKey:
        """Return a key object that signs inside the vault; NotPermitted if it may not be read."""
        with translated("Key Vault"):
            key = self._crypto(certificate).create_rsa_private_key()
        try:
            key.public_key().public_numbers()
        except ValueError as error:
            # The SDK says nothing of it until MSAL asks, who calls it the tenant's fault.
            raise NotPermitted(
                "Key Vault does not show the certificate's key, which signing in takes: give this "
                "app's identity the role Key Vault Crypto User"
            ) from error
        return key

    def sign(self, certificate: Certificate, digest: bytes) -> bytes:
        """Return the PS256 signature of a SHA-256 digest, made in the vault."""
        with translated("Key Vault"), traces.calling("Key Vault", "sign"):
            return self._crypto(certificate).sign(SignatureAlgorithm.ps256, digest).signature

    def proves_key(self, certificate: Certificate) -> bool:
        """Sign a nonce in the vault and verify it here with the certificate's public key."""
        nonce = os.urandom(32)
        signed = self.sign(certificate, sha256(nonce).digest())
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
        raise Found(
            Finding.CERTIFICATE_PENDING,
            f"the vault shows no public part of certificate {name}: it may still be pending",
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
