"""Checks of a client assertion, the signed JWT by which an application proves its certificate."""

import base64
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from infra.local.simulators.entra.directory import RegisteredCertificate
from infra.local.simulators.entra.refusals import RefusedError

# The two forms in use: the documented one, and the older one with a SHA-1 thumbprint.
_THUMBPRINTS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "PS256": ("x5t#S256", hashes.SHA256()),
    "RS256": ("x5t", hashes.SHA1()),  # noqa: S303 -- the name of a certificate, not a signature
}
_SKEW = timedelta(minutes=5)
_REGISTRY = jws.JWSRegistry(algorithms=_THUMBPRINTS, strict_check_header=False)
_REGISTRY.max_header_length = 16_384  # MSAL puts its certificate into each header


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a JWT says, before anybody believes it."""

    compact: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def read(cls, compact: str) -> Self:
        """Take a JWT apart without checking its signature."""
        try:
            extracted = jws.extract_compact(compact.encode(), registry=_REGISTRY)
            claims = json.loads(extracted.payload)
        except (JoseError, ValueError) as error:
            raise _malformed() from error
        if not isinstance(claims, dict):
            raise _malformed()
        return cls(compact=compact, header=extracted.headers(), claims=claims)


def verify(
    assertion: Assertion,
    *,
    client_id: str,
    audiences: Collection[str],
    certificates: Iterable[RegisteredCertificate],
    now: datetime,
) -> None:
    """Raise `RefusedError` unless *assertion* proves, now and here, to be from *client_id*."""
    usable = [item.certificate for item in certificates if item.usable_from <= now]
    certificate = _find(assertion, usable)
    _check_signature(assertion, certificate)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise RefusedError(
            1000502, "The provided certificate is not within its specified validity window."
        )
    _check_parties(assertion.claims, client_id, audiences)
    check_times(assertion.claims, now)


def _find(assertion: Assertion, certificates: Iterable[x509.Certificate]) -> x509.Certificate:
    algorithm = str(assertion.header.get("alg"))
    if algorithm not in _THUMBPRINTS:
        raise RefusedError(
            5002738, f"Invalid JWT token. '{algorithm}' is not a supported signature algorithm."
        )
    field, digest = _THUMBPRINTS[algorithm]
    thumbprint = assertion.header.get(field)
    if not isinstance(thumbprint, str) or not thumbprint:
        raise _malformed()
    for certificate in certificates:
        # MSAL leaves the padding on, and the service accepts that.
        if _base64url(certificate.fingerprint(digest)) == thumbprint.rstrip("="):
            return certificate
    raise RefusedError(
        700027,
        "The certificate with identifier used to sign the client assertion is not registered on "
        f"application. [Reason - The key was not found., Thumbprint of key used by client: "
        f"'{thumbprint}']",
    )


def _check_signature(assertion: Assertion, certificate: x509.Certificate) -> None:
    public_key = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        key = RSAKey.import_key(public_key)
        jws.deserialize_compact(assertion.compact, key, registry=_REGISTRY)
    except JoseError as error:
        raise _mismatch() from error
    chain = assertion.header.get("x5c")
    der = certificate.public_bytes(serialization.Encoding.DER)
    # MSAL leaves the line breaks of the PEM in.
    if chain and "".join(chain[0].split()) != base64.b64encode(der).decode():
        raise _mismatch()


def _malformed() -> RefusedError:
    return RefusedError(50027, "JWT token is invalid or malformed.")


def _mismatch() -> RefusedError:
    return RefusedError(
        700027,
        "Client assertion contains an invalid signature. [Reason - The provided signature value "
        "did not match the expected signature value.]",
    )


def _check_parties(claims: dict[str, Any], client_id: str, audiences: Collection[str]) -> None:
    if claims.get("aud") not in audiences:
        raise RefusedError(700023, "Client assertion audience claim does not match Realm issuer.")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise RefusedError(
            700021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        )


def check_times(claims: dict[str, Any], now: datetime) -> None:
    """Raise `RefusedError` unless *now* lies within the assertion's lifetime."""
    expires = _instant(claims, "exp")
    starts = _instant(claims, "nbf") if "nbf" in claims else datetime.fromtimestamp(0, tz=UTC)
    if expires + _SKEW <= now or starts - _SKEW > now or starts >= expires:
        raise RefusedError(
            700024,
            "Client assertion is not within its valid time range. "
            f"Current time: {now:%Y-%m-%dT%H:%M:%SZ}, assertion valid from "
            f"{starts:%Y-%m-%dT%H:%M:%SZ}, expiry time of assertion {expires:%Y-%m-%dT%H:%M:%SZ}.",
        )


def _instant(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):  # MSAL sends floats
        raise _malformed()
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError) as error:
        raise _malformed() from error


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
