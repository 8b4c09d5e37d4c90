"""Self-signed certificates as Key Vault's own issuer makes them."""

import calendar
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.keys import another_key

_BACKDATING = timedelta(minutes=10)

# The policy's word for each usage, and cryptography's.
USAGES = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
}


def name(subject: str) -> x509.Name:
    """Read a subject such as `CN=app, O=Contoso`; raise `ValueError` for anything else."""
    return x509.Name.from_rfc4514_string(re.sub(r",\s+", ",", subject))


def new_key(policy: Mapping[str, Any]) -> rsa.RSAPrivateKey:
    """Make the key a policy asks for."""
    return another_key(policy["key_props"]["key_size"])


def self_signed(
    policy: Mapping[str, Any],
    key: rsa.RSAPrivateKey,
    now: datetime,
    *,
    not_after: datetime | None = None,
) -> x509.Certificate:
    """Issue a certificate by *policy*; *not_after* moves the whole validity so as to end then."""
    properties = policy["x509_props"]
    months = properties["validity_months"]
    starts = add_months(not_after, -months) if not_after else now - _BACKDATING
    subject = name(properties["subject"])
    public_key = key.public_key()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
    purposes = [x509.ObjectIdentifier(oid) for oid in properties["ekus"]]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(not_after or add_months(starts, months))
        .add_extension(_key_usage(properties["key_usage"]), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(identifier, critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def signing_request(policy: Mapping[str, Any], key: rsa.RSAPrivateKey) -> bytes:
    """Return the PKCS#10 request a pending operation shows, as DER."""
    subject = name(policy["x509_props"]["subject"])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def add_months(moment: datetime, months: int) -> datetime:
    """Move *moment* by calendar months, to the last day where the month is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _key_usage(usages: list[str]) -> x509.KeyUsage:
    wanted = {name: usage in usages for usage, name in USAGES.items()}
    return x509.KeyUsage(**wanted, encipher_only=False, decipher_only=False)
