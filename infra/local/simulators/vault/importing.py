"""Certificates that come with their key from outside: PKCS#12 or PEM."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from infra.local.simulators.vault import policy as policies
from infra.local.simulators.vault.call import attributes
from infra.local.simulators.vault.refusals import bad_parameter
from infra.local.simulators.vault.store import CertificateVersion


def read(body: Mapping[str, Any], now: datetime) -> CertificateVersion:
    """Read an import request; its value is base64 of a PFX or of PEM text, or PEM text itself."""
    raw = _raw(body.get("value"))
    is_pem = b"-----BEGIN" in raw
    password = str(body["pwd"]).encode() if body.get("pwd") else None
    try:
        certificate, key = _pem(raw, password) if is_pem else _pfx(raw, password)
    except ValueError as error:
        raise bad_parameter("The specified certificate value could not be read.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise bad_parameter("The specified certificate comes without an RSA private key.")
    if certificate.public_key() != key.public_key():
        raise bad_parameter("The specified private key is not that of the certificate.")
    content_type = policies.PEM if is_pem else policies.PKCS12
    policy = policies.derived(certificate, key) | {"secret_props": {"contentType": content_type}}
    return CertificateVersion(
        certificate=certificate,
        key=key,
        policy=policies.complete(policy | (body.get("policy") or {})),
        enabled=attributes(body).get("enabled", True),
        tags=body.get("tags") or {},
        created=now,
        updated=now,
    )


def _raw(value: object) -> bytes:
    if not isinstance(value, str) or not value:
        raise bad_parameter("Property value is required.")
    if value.startswith("-----BEGIN"):
        return value.encode()
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise bad_parameter("Property value is not base64.") from error


def _pem(raw: bytes, password: bytes | None) -> tuple[x509.Certificate, object]:
    key = serialization.load_pem_private_key(raw, password)
    return x509.load_pem_x509_certificate(raw), key


def _pfx(raw: bytes, password: bytes | None) -> tuple[x509.Certificate, object]:
    key, certificate, _ = pkcs12.load_key_and_certificates(raw, password)
    if certificate is None:
        raise ValueError("no certificate in the PFX")
    return certificate, key
