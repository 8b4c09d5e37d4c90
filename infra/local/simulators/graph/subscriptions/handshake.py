"""Whether an endpoint wants notifications: it has to repeat a token to prove it."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote_plus

import httpx

from infra.local.simulators.graph.refusals import RefusedError
from infra.local.simulators.graph.subscriptions.outbound import Outbound

_PATIENCE = 10.0  # seconds
_FAILED = "Subscription validation request failed."


class Handshake:
    """Tries endpoints, one after the other."""

    def __init__(self, outbound: Outbound | None, clock: Callable[[], datetime]) -> None:
        self._outbound, self._clock = outbound, clock

    def check(self, url: str) -> None:
        """Raise `RefusedError` unless the endpoint answers as it must, within ten seconds."""
        token = _token()
        response, seconds = self._ask(url, token)
        if seconds > _PATIENCE:
            raise _timed_out()
        if response.status_code != HTTPStatus.OK:
            phrase = httpx.codes.get_reason_phrase(response.status_code)
            name = phrase.replace(" ", "") or response.status_code
            raise _refused(
                f"{_FAILED} HTTP status code is '{name}'. Notification endpoint must respond with "
                "200 OK to validation request."
            )
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "text/plain":
            raise _refused(f"{_FAILED} Response must be of content type text/plain.")
        if response.content != token.encode():
            raise _refused(
                f"{_FAILED} Response must exactly match validationToken query parameter."
            )

    def _ask(self, url: str, token: str) -> tuple[httpx.Response, float]:
        """Return the answer, and the seconds it took."""
        if self._outbound is None or not self._outbound.may_reach(url):
            raise _refused(f"{_FAILED} Notification endpoint cannot be reached.")
        began = self._clock()
        try:
            response = self._outbound.client.post(
                _with_token(url, token),
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=_PATIENCE,
                follow_redirects=False,
            )
        except httpx.TimeoutException as error:
            raise _timed_out() from error
        except httpx.RequestError as error:
            raise _refused(f"{_FAILED} Notification endpoint cannot be reached.") from error
        return response, (self._clock() - began).total_seconds()


def _token() -> str:
    """Return a text as the service has it in front, and one that suffers from any carelessness."""
    return (
        "Validation: Testing client application reachability for subscription "
        f"Request-Id: {uuid.uuid4()} +/={secrets.token_urlsafe(8)}&50%25=1;#?"
    )


def _with_token(url: str, token: str) -> str:
    """Return the URL with the token, encoded as forms are: a space becomes a plus."""
    separator = "&" if "?" in url else "?"
    return f"{url}{separator}validationToken={quote_plus(token)}"


def _timed_out() -> RefusedError:
    return _refused("Subscription validation request timed out.")


def _refused(message: str) -> RefusedError:
    return RefusedError(400, "ValidationError", message)
