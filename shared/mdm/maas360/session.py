"""
The sign-in: an hour's token for an administrator's account.

A refusal comes as HTTP 200 without a token (seen in public clients), in whatever words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Retryable
from shared.mdm.maas360 import credentials
from shared.mdm.maas360.credentials import Credentials
from shared.mdm.maas360.wire import Answer, Wire, refusal

LIFE: Final = timedelta(minutes=55)  # of 60, according to IBM
# Repeated refusals may lock the account: the same credentials are not tried at every run.
TRUCE: Final = timedelta(minutes=30)
PATHS: Final = (
    "/auth-apis/auth/1.0/authenticate/{account}",
    "/auth-apis/auth/2.0/authenticate/customer/{account}",
)
NOT_SERVED: Final = frozenset({404, 405, 410})
LONGEST_TOKEN = 8192  # characters


class Secrets(Protocol):
    """Where the credentials are kept."""

    def live(self, name: str) -> Sequence[LiveSecret]:
        """Return the live versions, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a request carries, and with which version of the secret it was got."""

    text: str = field(repr=False)
    secret: LiveSecret
    until: datetime

    @property
    def authorization(self) -> str:
        """The header; its quotes belong there."""
        return f'MaaS token="{self.text}"'


@dataclass(frozen=True, slots=True)
class _Refused:
    failure: Misconfigured
    until: datetime


class Session:
    """Holds one customer's token, and signs in again when it has to."""

    def __init__(
        self,
        wire: Wire,
        *,
        account: str,
        secrets: Secrets,
        secret_name: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._wire = wire
        self._account = account
        self._secrets = secrets
        self._secret_name = secret_name
        self._clock = clock
        self._token: Token | None = None
        self._refused: dict[str, _Refused] = {}  # by version

    def token(self) -> Token:
        """Return a token; Misconfigured if MaaS360 takes none of the credentials."""
        secrets = self._secrets.live(self._secret_name)
        held = self._token
        if held is None or self._clock() >= held.until or held.secret not in secrets:
            held = self._token = self._signed_in(secrets)
        return held

    def renewed(self, refused: Token) -> Token:
        """Return another token than the one that was refused."""
        if self._token == refused:
            self._token = None
        return self.token()

    def forget(self) -> None:
        """Drop the token: the next call signs in anew."""
        self._token = None

    def _signed_in(self, secrets: Sequence[LiveSecret]) -> Token:
        """Sign in with the newest version that is taken: another may just be on its way in."""
        failure: Misconfigured | None = None
        for secret in secrets:
            try:
                return self._tried(secret)
            except Misconfigured as refused:
                failure = failure or refused
        raise failure or Misconfigured(f"the vault holds no secret {self._secret_name}")

    def _tried(self, secret: LiveSecret) -> Token:
        known, now = self._refused.get(secret.version), self._clock()
        if known and now < known.until:
            raise known.failure.with_traceback(None)
        try:
            return self._asked(secret, credentials.read(secret), now)
        except Misconfigured as failure:
            self._refused[secret.version] = _Refused(failure, now + TRUCE)
            raise

    def _asked(self, secret: LiveSecret, found: Credentials, now: datetime) -> Token:
        body = {"authRequest": {"maaS360AdminAuth": _fields(self._account, found)}}
        answer = self._wire.post(PATHS[0].format(account=self._account), body)
        if answer.status in NOT_SERVED:
            answer = self._wire.post(PATHS[1].format(account=self._account), body)
        text = _granted(answer)
        if not text:
            raise Misconfigured(
                f"MaaS360 refuses the sign-in (HTTP {answer.status}: {refusal(answer.told)}): "
                f"correct the secret {secret.name} (version {secret.version} was tried), and see "
                "that account and base_url of the sender are right"
            )
        if not _is_sendable(text):
            raise Retryable("MaaS360 answers a sign-in with a token that cannot be sent")
        return Token(text=text, secret=secret, until=now + LIFE)


def _fields(account: str, found: Credentials) -> dict[str, str]:
    """Return them as MaaS360 spells them."""
    return {
        "billingID": account,
        "platformID": found.platform_id,
        "appID": found.app_id,
        "appVersion": found.app_version,
        "appAccessKey": found.app_access_key,
        "userName": found.user_name,
        "password": found.password,
    }


def _granted(answer: Answer) -> str:
    """Return the token, if there is one: that alone tells a grant from a refusal."""
    told = answer.told.get("authResponse")
    text = told.get("authToken") if answer.is_success and isinstance(told, dict) else None
    return text if isinstance(text, str) else ""


def _is_sendable(token: str) -> bool:
    return (
        len(token) <= LONGEST_TOKEN
        and token.isascii()
        and token.isprintable()
        and not set(token) & {'"', " "}
    )
