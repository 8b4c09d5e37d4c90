"""Proofs of possession: JWTs by which an app shows that it holds a key it already has."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeGuard

from cryptography.hazmat.primitives import hashes, serialization
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from infra.local.simulators.entra.directory import Application, RegisteredCertificate
from infra.local.simulators.graph.refusals import malformed_proof

AUDIENCE = "00000002-0000-0000-c000-000000000000"  # the predecessor of Graph, to this day
LONGEST = 600  # seconds from nbf to exp
SKEW = 300  # seconds by which clocks may differ: a guess, the usual tolerance of the vendor's code

_ALGORITHMS = ["PS256", "RS256"]
_THUMBPRINTS: dict[str, hashes.HashAlgorithm] = {
    "x5t#S256": hashes.SHA256(),
    "x5t": hashes.SHA1(),  # noqa: S303 -- the name of a certificate, not a signature
}
_REGISTRY = jws.JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
_REGISTRY.max_header_length = 16_384  # a header may hold the certificate


def verify(proof: str, application: Application, *, audience: str, now: datetime) -> None:
    """
    Raise `RefusedError` unless *proof* shows possession of a key of *application*.

    The key must be registered and valid now, by the certificate's dates and by those of the
    registration; one that the token endpoint has not heard of yet will do, since both this
    check and the registration are Graph's own.
    """
    header, claims = _read(proof)
    valid = [key for key in application.certificates if key.starts <= now <= key.ends]
    _check_signature(proof, _signer(header, valid))
    if claims.get("aud") != audience or claims.get("iss") != application.object_id:
        raise malformed_proof()
    _check_times(claims, now.timestamp())


def _read(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims; a padding character anywhere in them spoils the proof."""
    parts = proof.split(".")
    if len(parts) != len(("header", "payload", "signature")):
        raise malformed_proof()
    return _object(parts[0]), _object(parts[1])


def _object(part: str) -> dict[str, Any]:
    try:
        text = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        found = json.loads(text)
    except (binascii.Error, ValueError) as error:
        raise malformed_proof() from error
    if "=" in part or b"=" in text or not isinstance(found, dict):
        raise malformed_proof()
    return found


def _signer(
    header: Mapping[str, Any], keys: Iterable[RegisteredCertificate]
) -> RegisteredCertificate:
    """Return the key that every thumbprint in *header* names."""
    named = {name: header[name] for name in _THUMBPRINTS if name in header}
    for key in keys:
        if named and all(_thumbprint(key, name) == value for name, value in named.items()):
            return key
    raise malformed_proof()


def _thumbprint(key: RegisteredCertificate, name: str) -> str:
    digest = key.certificate.fingerprint(_THUMBPRINTS[name])
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _check_signature(proof: str, signer: RegisteredCertificate) -> None:
    pem = signer.certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        jws.deserialize_compact(
            proof, RSAKey.import_key(pem), algorithms=_ALGORITHMS, registry=_REGISTRY
        )
    except (JoseError, ValueError) as error:
        raise malformed_proof() from error


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    starts, expires = claims.get("nbf"), claims.get("exp")
    if not _is_number(starts) or not _is_number(expires):
        raise malformed_proof()
    if not 0 < expires - starts <= LONGEST:
        raise malformed_proof()
    if not starts - SKEW <= now < expires + SKEW:
        raise malformed_proof()


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float)
