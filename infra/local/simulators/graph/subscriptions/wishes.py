"""What a request to subscribe or to renew says, each part checked before anything is done."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.refusals import RefusedError, bad_request
from infra.local.simulators.graph.subscriptions.model import NAMES, Sealing
from infra.local.simulators.graph.user_directory import Change

LONGEST = timedelta(minutes=41760)  # for directory objects
_SHORTEST = timedelta(minutes=45)  # what is shorter is made as long
_LONGEST_STATE = _LONGEST_CERTIFICATE_ID = 128
_REQUIRED = ("changeType", "notificationUrl", "resource", "expirationDateTime")
_READ_ONLY = {"id", "applicationId", "creatorId"}
_TLS = ("v1_0", "v1_1", "v1_2", "v1_3")
_KEY_SIZES = range(2048, 4097)
_USERS = re.compile(r"/?users(?:/(?P<id>[0-9a-f-]{36}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request to subscribe, in order."""

    body: Mapping[str, Any]
    changes: frozenset[Change]
    user_id: str  # empty: all
    expires: datetime
    tls: str
    sealing: Sealing | None
    token_app_id: str | None

    @property
    def endpoints(self) -> list[str]:
        """Return the URLs to try, in order; the same one may be there twice."""
        urls = (self.body["notificationUrl"], self.body.get("lifecycleNotificationUrl"))
        return [url for url in urls if url]


def read(body: Mapping[str, Any], now: datetime) -> Wish:
    """Read a request to subscribe; raise `RefusedError` for what is missing or wrong in it."""
    _check_names(body)
    _check_texts(body)
    app_id = body.get("notificationUrlAppId")
    return Wish(
        body=body,
        changes=_changes(body["changeType"]),
        user_id=_user_id(body["resource"]),
        expires=expiration(body, now),
        tls=_tls(body.get("latestSupportedTlsVersion")),
        sealing=_sealing(body),
        token_app_id=None if app_id is None else guid(app_id, "notificationUrlAppId"),
    )


def expiration(body: Mapping[str, Any], now: datetime) -> datetime:
    """Return until when a subscription is to last."""
    try:
        expires = datetime.fromisoformat(body["expirationDateTime"])
    except ValueError as error:
        raise malformed() from error
    if expires.tzinfo is None:
        raise malformed()
    if expires <= now:
        raise invalid("Subscription expiration must be in the future.")
    if expires > now + LONGEST:
        minutes = int(LONGEST.total_seconds() // 60)
        raise RefusedError(
            400,
            "ExtensionError",
            f"Subscription expiration can only be {minutes} minutes in the future.",
        )
    return max(expires, now + _SHORTEST)


def _check_names(body: Mapping[str, Any]) -> None:
    if set(body) - set(NAMES):
        raise malformed()
    for name in _REQUIRED:
        if body.get(name) in (None, ""):
            raise invalid(f"{name} is a required property for subscription creation")
    for name in sorted(_READ_ONLY):
        if body.get(name) is not None:
            raise invalid(f"{name} is read-only and cannot be set.")
    if body.get("notificationQueryOptions") is not None:
        raise invalid("notificationQueryOptions is not supported for this resource.")


def _check_texts(body: Mapping[str, Any]) -> None:
    flags = {"includeResourceData"}
    for name, value in body.items():
        right = bool if name in flags else str
        if value is not None and not isinstance(value, right):
            raise malformed()
    if len(body.get("clientState") or "") > _LONGEST_STATE:
        raise invalid(f"clientState must not be longer than {_LONGEST_STATE} characters.")


def _changes(text: str) -> frozenset[Change]:
    """
    Return the kinds of change; of users there are two.

    Documents leave "created" out for users, and "updated" tells of new ones; the service has
    been seen to take it for the collection, which nobody should count on.
    """
    asked = [name.strip() for name in text.split(",")]
    if not set(asked) <= set(Change):
        raise invalid(f"Invalid 'changeType' attribute: '{text}' for the resource.")
    return frozenset(map(Change, asked))


def _user_id(resource: str) -> str:
    found = _USERS.fullmatch(resource)
    if found is None:
        raise invalid(f"Unsupported resource '{resource}'.")
    return (found["id"] or "").lower()


def _tls(version: str | None) -> str:
    if version is not None and version not in _TLS:
        raise malformed()
    return version or "v1_2"


def _sealing(body: Mapping[str, Any]) -> Sealing | None:
    """Return how data is to be encrypted; a certificate without a wish for data is checked too."""
    encoded, name = body.get("encryptionCertificate"), body.get("encryptionCertificateId")
    wanted = bool(body.get("includeResourceData"))
    if wanted and not (encoded and name):
        missing = "encryptionCertificateId" if encoded else "encryptionCertificate"
        raise invalid(f"{missing} is required when includeResourceData is true.")
    if name and len(name) > _LONGEST_CERTIFICATE_ID:
        raise invalid("encryptionCertificateId is too long.")
    certificate = _certificate(encoded) if encoded else None
    if not wanted or certificate is None:
        return None
    return Sealing(certificate=certificate, certificate_id=str(name))


def _certificate(encoded: str) -> x509.Certificate:
    """Read base64 of the DER of a certificate with an RSA key of 2048 to 4096 bits."""
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise invalid("encryptionCertificate is not a valid certificate.") from error
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size not in _KEY_SIZES:
        raise invalid("encryptionCertificate must have an RSA key of 2048 to 4096 bits.")
    return certificate


def malformed() -> RefusedError:
    """Return the refusal of a body that is not understood."""
    return invalid(
        "Could not process subscription creation payload. Are all property names spelled and "
        "camelCased properly? Also are the Datetime properties in a valid internet Date and Time "
        "format?"
    )


def invalid(message: str) -> RefusedError:
    """Return the refusal of a value; the wording of most is not documented."""
    return bad_request(message, code="InvalidRequest")
