"""MSAL's HTTP calls, made with httpx, so that the app has one HTTP client."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import msgspec

from shared.errors import Retryable
from shared.retry_after import retry_after

TIMEOUT = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class _Answer:
    """What MSAL looks at in an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class _TokenAnswer(msgspec.Struct):
    access_token: str = ""
    expires_in: int = 0
    error: str = ""


class MsalHttp:
    """The two methods MSAL asks of an HTTP client."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Answer:
        """Send a GET."""
        return _taken(self._client.get(url, params=params, headers=headers, timeout=TIMEOUT))

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Answer:
        """Send a form; MSAL hands over the assertion as bytes, which httpx would not unpack."""
        form = {
            name: value.decode() if isinstance(value, bytes) else str(value)
            for name, value in (data or {}).items()
        }
        answer = self._client.post(url, params=params, data=form, headers=headers, timeout=TIMEOUT)
        taken = _taken(answer)
        _must_be_token_answer(answer)
        return taken

    def close(self) -> None:
        """Leave the client open: it belongs to the whole app."""


def _taken(answer: httpx.Response) -> _Answer:
    """Hand an answer to MSAL, unless it says to come back later: MSAL would take that amiss."""
    status = answer.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise Retryable(f"Entra ID is busy (HTTP {status})", after=retry_after(answer.headers))
    return _Answer(status, answer.text, answer.headers)


def _must_be_token_answer(answer: httpx.Response) -> None:
    """Refuse what MSAL would stumble over."""
    try:
        told = msgspec.json.decode(answer.content, type=_TokenAnswer, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = _TokenAnswer()
    if not (told.access_token or told.error):
        raise Retryable(f"Entra ID answered something unreadable (HTTP {answer.status_code})")
