"""The key of a certificate, and the names that are computed from it."""

from hashlib import sha1

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

UNKNOWN = "unknown"


def size(certificate: x509.Certificate) -> tuple[str, int]:
    """Return the key's kind and its size in bits; 0 where it has none that we know."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return UNKNOWN, 0
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.curve.key_size
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey"), 0


def sha1_public_key(certificate: x509.Certificate) -> str:
    """Return SHA-1 of the key's bits, without the algorithm; in hex, "" for an unknown key."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()


def thumbprint_sha1(certificate: x509.Certificate) -> str:
    """Return SHA-1 of all of it: a name, and no proof of anything."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return sha1(der, usedforsecurity=False).hexdigest()


def signature_hash(certificate: x509.Certificate) -> str:
    """Return which hash its signature is over; "" if the algorithm chooses itself, or is new."""
    try:
        found = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return found.name if isinstance(found, hashes.HashAlgorithm) else ""
