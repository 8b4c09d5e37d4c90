"""A certificate authority for this machine only: real clients speak real TLS to loopback."""

import ipaddress
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=30)
_LEEWAY = timedelta(hours=1)  # clocks of programs under test may be turned back a little


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Files of a development authority and of the one server certificate it issued."""

    certificate: Path  # the authority itself, PEM
    server_certificate: Path
    server_key: Path
    bundle: Path  # the authority and what this machine trusts already

    @classmethod
    def create(cls, folder: Path, *, clock: Callable[[], datetime] = _now) -> Self:
        """Make a new authority and a server certificate for loopback names in *folder*."""
        authority = cls(
            certificate=folder / "ca.pem",
            server_certificate=folder / "server.pem",
            server_key=folder / "server.key",
            bundle=folder / "bundle.pem",
        )
        trusted = _system_bundle()  # read first: it may be an earlier bundle in this very folder
        folder.mkdir(parents=True, exist_ok=True)
        root_key = ec.generate_private_key(ec.SECP256R1())
        server_key = ec.generate_private_key(ec.SECP256R1())
        root = _root(root_key, clock())
        server = _server(server_key.public_key(), root, root_key, clock())
        authority.certificate.write_bytes(_pem(root))
        authority.server_certificate.write_bytes(_pem(server) + _pem(root))
        authority.bundle.write_bytes(_pem(root) + trusted)
        _write_key(authority.server_key, server_key)
        return authority

    def environment(self, *, beside_others: bool = False) -> dict[str, str]:
        """
        Return the variables that make programs trust this authority, and nobody else.

        Others are many, and read anew for each connection: who speaks to them as well says so.

        Three, because requests (Azure SDKs, MSAL) and OpenSSL (httpx, aiohttp) each read their
        own, and because requests prefers the variable to what its caller passes as `verify`.
        """
        names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
        return dict.fromkeys(names, str(self.bundle if beside_others else self.certificate))


def _root(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Loopback development authority")])
    return (
        _builder(name, name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(_issued_by(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    public_key: ec.EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [ipaddress.ip_address(address) for address in ("127.0.0.1", "::1")]
    names = [x509.DNSName("localhost"), *map(x509.IPAddress, addresses)]
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH]
    return (
        _builder(name, root.subject, public_key, now)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(_issued_by(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LEEWAY)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _issued_by(public_key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _system_bundle() -> bytes:
    found = ssl.get_default_verify_paths().cafile or certifi.where()
    return Path(found).read_bytes()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)  # touch leaves the mode of a file that was there
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
