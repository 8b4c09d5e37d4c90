"""
Change notifications that bring the changed user along: whose they are, and what is in them.

The tokens prove that Microsoft Graph sends, and to us. A key that is made for each item opens
its content, and is itself opened in the vault; first it proves that nobody changed the content.
Source: learn.microsoft.com/graph, "Set up change notifications that include resource data".
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import jwt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from jwt.types import Options

from shared.errors import Rejected, Unverified
from shared.mdm.facts import text
from shared.mdm.json_body import decoded

PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"  # Graph's change notifications, as an app
ALGORITHM: Final = "RS256"
CLOCKS_DIFFER: Final = timedelta(minutes=1)
MOST_TOKENS: Final = 16
LONGEST_TOKEN: Final = 8192  # characters
WRAPPED: Final = range(256, 513)  # bytes: RSA with 2048 to 4096 bits
KEY_BYTES: Final = 32
BLOCK_BYTES: Final = 16

# Each part of a token is checked, the times by our own clock.
_CHECKS: Final[Options] = {
    "require": ["exp", "iss", "aud"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
_NOT_A_TOKEN = (jwt.PyJWTError, ValueError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Opens the content of one tenant's notifications."""

    tenant_id: str
    client_ids: tuple[str, ...]  # of the apps that may have subscribed
    authority_host: str
    signing_key: Callable[[str], Mapping[str, str] | None]  # of the tenant's issuer, by its id
    open_key: Callable[[str, bytes], bytes]  # by certificate id; Rejected if it does not open
    clock: Callable[[], datetime]

    def __call__(self, tokens: object) -> Callable[[object], object]:
        """Return what reads one body's content; Unverified unless all the tokens prove it."""
        if not isinstance(tokens, list) or not 0 < len(tokens) <= MOST_TOKENS:
            raise Unverified("the body holds content, and no validation tokens to prove it")
        for token in tokens:
            self._verify(token)
        return _Body(self.open_key)

    def _verify(self, token: object) -> None:
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise Unverified("a validation token is none")
        claims = self._claims(token)
        issued_to = [claims[name] for name in ("appid", "azp") if name in claims]
        if not issued_to or any(each != PUBLISHER for each in issued_to):
            raise Unverified("a validation token is not of Microsoft Graph's notifications")
        now, early = self.clock().timestamp(), CLOCKS_DIFFER.total_seconds()
        begins, ends = claims.get("nbf", 0), claims["exp"]
        if not (isinstance(begins, int) and isinstance(ends, int)):
            raise Unverified("a validation token does not say when it holds")
        if begins > now + early or ends <= now - early:
            raise Unverified("a validation token has expired, or does not hold yet")

    def _claims(self, token: str) -> Mapping[str, object]:
        """Return the claims of a token with a good signature, that the tenant issued for us."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
        except _NOT_A_TOKEN as error:
            raise Unverified("a validation token is no JWT") from error
        found = self.signing_key(text(key_id))
        if found is None:
            raise Unverified("a validation token is signed with a key that nobody knows")
        try:
            claims: Mapping[str, object] = jwt.decode(
                token,
                jwt.PyJWK(dict(found), ALGORITHM),
                algorithms=[ALGORITHM],
                audience=self.client_ids,
                issuer=self._issuers(),
                options=_CHECKS,
            )
        except _NOT_A_TOKEN as error:
            raise Unverified("a validation token is not for us, or not of our tenant") from error
        return claims

    def _issuers(self) -> list[str]:
        """Return what the tenant's issuer is called, in tokens of both versions and all clouds."""
        return [
            f"{self.authority_host}/{self.tenant_id}/v2.0",
            f"https://sts.windows.net/{self.tenant_id}/",
            f"https://sts.chinacloudapi.cn/{self.tenant_id}/",
        ]


class _Body:
    """The content of one body; the vault opens each data key once."""

    def __init__(self, open_key: Callable[[str, bytes], bytes]) -> None:
        self._open_key = open_key
        self._opened: dict[tuple[str, bytes], bytes | Rejected] = {}

    def __call__(self, encrypted: object) -> object:
        """Return one item's content; Rejected if it cannot be read, or was changed."""
        if not isinstance(encrypted, dict):
            raise Rejected("the notification's content is not encrypted as documented")
        data, signature = _raw(encrypted, "data"), _raw(encrypted, "dataSignature")
        key = self._key(text(encrypted.get("encryptionCertificateId")), _raw(encrypted, "dataKey"))
        if not hmac.compare_digest(hmac.digest(key, data, "sha256"), signature):
            raise Rejected("the notification's content was changed on its way")
        return decoded(_plain(key, data))

    def _key(self, certificate_id: str, wrapped: bytes) -> bytes:
        named = (certificate_id, wrapped)
        if named not in self._opened:
            self._opened[named] = self._asked(certificate_id, wrapped)
        found = self._opened[named]
        if isinstance(found, Rejected):
            raise found.with_traceback(None)
        return found

    def _asked(self, certificate_id: str, wrapped: bytes) -> bytes | Rejected:
        """Return the key, or why it cannot be had: asking again would not help."""
        if not certificate_id or len(wrapped) not in WRAPPED:
            return Rejected("the notification's data key is none")
        try:
            key = self._open_key(certificate_id, wrapped)
        except Rejected as failure:
            return failure
        return key if len(key) == KEY_BYTES else Rejected("the notification's data key is none")


def _raw(encrypted: Mapping[str, object], name: str) -> bytes:
    value = encrypted.get(name)
    try:
        return base64.b64decode(value if isinstance(value, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise Rejected(f"the notification's {name} is not base64") from None


def _plain(key: bytes, data: bytes) -> bytes:
    """Decrypt what the key has proved: AES-CBC, whose first block the key itself gives."""
    decryptor = Cipher(AES256(key), CBC(key[:BLOCK_BYTES])).decryptor()
    unpadder = PKCS7(BLOCK_BYTES * 8).unpadder()
    try:
        padded = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise Rejected("the notification's content is not encrypted as documented") from None
