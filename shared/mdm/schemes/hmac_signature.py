"""
An HMAC in a header of the sender's choice, over the raw body and whatever else it signs.

The end of one part and the beginning of the next can only be told apart if `signed` puts
something between them; some vendors do not, and we have to follow.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes import delivery_ids, freshness
from shared.mdm.schemes.constant_time import encoded
from shared.mdm.schemes.vault_text import signing_key
from shared.mdm.settings import Signature

_PLACES = re.compile(r"(\{body\}|\{timestamp\}|\{id\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCall:
    """What a call claims: this message, with this signature, as it is written."""

    delivery_id: str
    message: bytes
    offered: bytes
    settings: Signature

    def holds(self, secret: str) -> bool:
        """Tell whether the vault's secret makes the signature; Misconfigured if it is too short."""
        return self.is_made_by(signing_key(secret, self.settings.stored_as))

    def is_made_by(self, key: bytes) -> bool:
        """Tell whether the key makes the signature."""
        digest = hmac.digest(key, self.message, self.settings.algorithm)
        # What we expect is written out: so a signature has one spelling, but for hex in capitals.
        match self.settings.encoding:
            case "hex":
                return hmac.compare_digest(digest.hex().encode(), self.offered.lower())
            case "base64":
                return hmac.compare_digest(base64.b64encode(digest), self.offered)


@dataclass(frozen=True, slots=True)
class HmacSignature:
    """The sender signs as its settings say; Misconfigured if they do not fit together."""

    settings: Signature

    def __post_init__(self) -> None:
        _require_sense(self.settings)

    def claim(self, call: Call, now: datetime) -> SignedCall:
        """Return what is claimed, or raise Unverified if no secret could make it true."""
        name = self._delivery_id(call.headers)
        timestamp = self._timestamp(call.headers, now)
        parts = {"{body}": call.body, "{timestamp}": timestamp.encode(), "{id}": name.encode()}
        return SignedCall(
            delivery_id=name,
            message=_filled(self.settings.signed, parts),
            offered=self._offered(call.headers),
            settings=self.settings,
        )

    def _delivery_id(self, headers: Mapping[str, str]) -> str:
        """Return the sender's id; empty if it sends none."""
        header = self.settings.id_header
        if header is None:
            return ""
        return delivery_ids.delivery_id(header, headers.get(header.lower(), ""))

    def _timestamp(self, headers: Mapping[str, str], now: datetime) -> str:
        """Return the time as it is written, which is how it is signed; empty if there is none."""
        header = self.settings.timestamp_header
        if header is None:
            return ""
        text = headers.get(header.lower(), "")
        freshness.require_fresh(header, freshness.in_any_form(header, text), now)
        return text

    def _offered(self, headers: Mapping[str, str]) -> bytes:
        header, prefix = self.settings.header, self.settings.prefix
        text = headers.get(header.lower(), "")
        if not text.startswith(prefix) or not text.removeprefix(prefix):
            raise Unverified(f"{header} is missing or not {prefix} and a signature")
        return encoded(text.removeprefix(prefix))


def _filled(template: str, parts: Mapping[str, bytes]) -> bytes:
    return b"".join(parts.get(each, each.encode()) for each in _PLACES.split(template))


def _require_sense(settings: Signature) -> None:
    """Raise Misconfigured if something that is relied on would not be signed, or is not known."""
    places = set(_PLACES.findall(settings.signed))
    if re.search(r"[{}]", _PLACES.sub("", settings.signed)):
        raise Misconfigured("signature.signed knows {body}, {timestamp} and {id}: correct it")
    if "{body}" not in places:
        raise Misconfigured("signature.signed has no {body}, so anybody could change it: add it")
    _require_pair("timestamp_header", settings.timestamp_header, "{timestamp}", places)
    _require_pair("id_header", settings.id_header, "{id}", places)


def _require_pair(field: str, header: str | None, place: str, places: set[str]) -> None:
    """Raise Misconfigured if a header is read that is not signed, or the other way round."""
    if header is not None and place not in places:
        raise Misconfigured(
            f"signature.{field} is set, but {place} is not in signature.signed, so anybody could "
            f"change it: add {place} if the sender signs it, else leave {field} out"
        )
    if header is None and place in places:
        raise Misconfigured(f"signature.signed has {place}: name its header in signature.{field}")
