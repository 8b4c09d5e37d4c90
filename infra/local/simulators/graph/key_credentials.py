"""Key credentials as they are sent: what makes one acceptable, and how a list replaces another."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.simulators.entra.directory import Directory, RegisteredCertificate
from infra.local.simulators.graph import shapes
from infra.local.simulators.graph.identifiers import guid
from infra.local.simulators.graph.refusals import RefusedError, bad_request

LIMIT = 600  # callers met Directory_ResourceSizeExceeded a little above it
_NAMES = {
    *("customKeyIdentifier", "displayName", "endDateTime", "key", "keyId", "startDateTime"),
    *("type", "usage"),
}
_FIXED = {"type": "AsymmetricX509Cert", "usage": "Verify"}


def read(entry: object, directory: Directory) -> RegisteredCertificate:
    """
    Return a new key.

    Dates left out are the certificate's: a guess, as are the wordings for what is no
    certificate. Only RSA is taken, for nothing else is documented to work at the token
    endpoint; private material in any wrapping is refused.
    """
    given = _fields(entry)
    for name, only in _FIXED.items():
        if given.get(name) != only:
            raise bad_request(
                f'The value for the property "{name}" in one of your credentials is invalid. '
                f"Acceptable values are {only}."
            )
    key = directory.new_key(_certificate(given.get("key")))
    return replace(
        key,
        key_id=guid(given["keyId"], "keyId") if given.get("keyId") else key.key_id,
        starts=_date(given, "startDateTime", key, usual=key.starts),
        ends=_date(given, "endDateTime", key, usual=key.ends),
        identifier=_identifier(given, key),
        display_name=given.get("displayName"),
    )


def replaced(
    known: Sequence[RegisteredCertificate], entries: object, directory: Directory
) -> tuple[RegisteredCertificate, ...]:
    """
    Return the keys that take the place of *known*: those that are not sent are gone.

    One that is there already is named by its keyId, and stays as it is. The same certificate
    may be sent twice, and is then there twice: so callers report.
    """
    if not isinstance(entries, list):
        raise bad_request("Invalid value specified for property 'keyCredentials'.")
    if len(entries) > LIMIT:
        raise too_many()
    by_id = {key.key_id: key for key in known}
    kept = [_kept(by_id, entry) or read(entry, directory) for entry in entries]
    if len({key.key_id for key in kept}) < len(kept):
        raise bad_request("Two credentials have the same keyId.")
    return tuple(kept)


def too_many() -> RefusedError:
    """Return the refusal of more keys than an application can hold."""
    return RefusedError(
        400,
        "Directory_ResourceSizeExceeded",
        "The size of the object has exceeded its limit. Please reduce the number of values and "
        "retry your request.",
    )


def _kept(
    by_id: Mapping[str, RegisteredCertificate], entry: object
) -> RegisteredCertificate | None:
    given = _fields(entry)
    key = by_id.get(str(given.get("keyId")).lower())
    if key is None:
        return None
    there = shapes.key_credential_with_bytes(key)
    dates = {"startDateTime": key.starts, "endDateTime": key.ends}
    for name, value in given.items():
        if name == "keyId":
            continue
        same = _instant(value) == dates[name] if name in dates else value == there[name]
        if value is not None and not same:
            raise bad_request(
                f"Update to existing credential with KeyId '{key.key_id}' is not allowed."
            )
    return key


def _fields(entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise bad_request("Invalid value specified for property 'keyCredentials'.")
    given = {name: value for name, value in entry.items() if "@odata" not in name}
    if strange := set(given) - _NAMES:
        raise bad_request(f"Invalid property '{min(strange)}'.")
    return given


def _certificate(key: object) -> x509.Certificate:
    try:
        der = base64.b64decode(str(key), validate=True)
        certificate = x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError) as error:
        raise bad_request("Key value is invalid certificate.") from error
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
        raise bad_request("Key value is invalid certificate.")
    return certificate


def _date(
    given: Mapping[str, Any], name: str, key: RegisteredCertificate, *, usual: datetime
) -> datetime:
    """Return a date that lies within the certificate's own."""
    moment = _instant(given[name]) if given.get(name) else usual
    if moment is None or not key.starts <= moment <= key.ends:
        which = name.removesuffix("DateTime")
        raise bad_request(f"Key credential {which} date is invalid.")
    return moment


def _identifier(given: Mapping[str, Any], key: RegisteredCertificate) -> str:
    identifier = given.get("customKeyIdentifier")
    if identifier is None:
        return key.identifier
    try:
        base64.b64decode(identifier, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise bad_request("Invalid value specified for property 'customKeyIdentifier'.") from error
    return str(identifier)


def _instant(text: object) -> datetime | None:
    """Return a time with a zone, or None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
