"""The public keys with which Entra ID signs a tenant's tokens."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
import msgspec

from shared.errors import Retryable

FRESH = timedelta(hours=24)
# An unknown key may be new, or made up: who makes them up must not have us ask each time.
AGAIN = timedelta(minutes=5)
AFTER_FAILURE = timedelta(seconds=30)
TIMEOUT = 4.0  # seconds; whoever sends us tokens waits for three


class _Key(msgspec.Struct):
    """An RSA key of a JWKS; of others there is only what they are."""

    kid: str = ""
    kty: str = ""
    n: str = ""
    e: str = ""


class _KeySet(msgspec.Struct):
    keys: list[_Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the issuer said last."""

    keys: Mapping[str, Mapping[str, str]]
    read_at: datetime


class SigningKeys:
    """The keys of each tenant's issuer, remembered."""

    def __init__(
        self, http: httpx.Client, authority_host: str, clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._authority_host = authority_host
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._failed: dict[str, tuple[Retryable, datetime]] = {}
        self._lock = threading.Lock()

    def key(self, tenant_id: str, key_id: str) -> Mapping[str, str] | None:
        """Return an RSA key as a JWK; None if there is none, Retryable if that cannot be told."""
        with self._lock:
            known = self._known.get(tenant_id)
            if known is None or self._is_to_be_read_again(known, key_id):
                known = self._read_or_remembered(tenant_id, key_id)
        return known.keys.get(key_id)

    def _is_to_be_read_again(self, known: _Known, key_id: str) -> bool:
        age = self._clock() - known.read_at
        return age >= (FRESH if key_id in known.keys else AGAIN)

    def _read_or_remembered(self, tenant_id: str, key_id: str) -> _Known:
        """Return what the issuer says now; while it is down, an old key beats none."""
        try:
            found = self._read_unless_just_failed(tenant_id)
        except Retryable:
            known = self._known.get(tenant_id)
            if known is None or key_id not in known.keys:
                raise
            return known
        self._known[tenant_id] = found
        return found

    def _read_unless_just_failed(self, tenant_id: str) -> _Known:
        failure, at = self._failed.get(tenant_id, (None, self._clock()))
        if failure and self._clock() - at < AFTER_FAILURE:
            raise failure.with_traceback(None)
        try:
            return self._read(tenant_id)
        except Retryable as failure:
            self._failed[tenant_id] = (failure, self._clock())
            raise

    def _read(self, tenant_id: str) -> _Known:
        url = f"{self._authority_host}/{quote(tenant_id, safe='')}/discovery/v2.0/keys"
        try:
            answer = self._http.get(url, timeout=TIMEOUT)
        except httpx.RequestError as error:
            raise Retryable(f"Entra ID cannot be reached: {type(error).__name__}") from error
        if not answer.is_success:
            raise Retryable(f"Entra ID does not show its keys (HTTP {answer.status_code})")
        try:
            found = msgspec.json.decode(answer.content, type=_KeySet).keys
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Retryable("Entra ID shows its keys in a way that cannot be read") from error
        keys = {each.kid: msgspec.to_builtins(each) for each in found if each.kty == "RSA"}
        return _Known(keys=keys, read_at=self._clock())
