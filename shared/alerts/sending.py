"""Sends one alert: to a checked address, without redirects, within ten seconds or so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

import httpx

from shared import public_address
from shared.alerts.call import Answer, Call
from shared.errors import Misconfigured, Retryable
from shared.public_address import NotPublic, Resolve, Unresolved
from shared.retry_after import retry_after
from shared.telemetry import traces

TIME_LIMIT = 10.0  # seconds, of each wait and of the answer's body
LONGEST_WAIT = timedelta(hours=24)  # that a receiver can ask for
ANSWER_LIMIT = 64 * 1024  # bytes
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Makes calls, each over a connection of its own."""

    client: httpx.Client
    resolve: Resolve
    clock: Callable[[], datetime]

    @classmethod
    def over_network(cls, clock: Callable[[], datetime]) -> Self:
        """Return a sender for real receivers; no proxy that an environment names is used."""
        transport = httpx.HTTPTransport(
            verify=httpx.create_ssl_context(),
            # Two receivers on one address must not share what was verified for one of them.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        client = httpx.Client(
            transport=transport, timeout=TIME_LIMIT, follow_redirects=False, trust_env=False
        )
        return cls(client=client, resolve=public_address.resolve, clock=clock)

    def post(self, call: Call, *, allow_private: bool) -> Answer:
        """Make a call; Retryable if there is no answer, Misconfigured if it may not be made."""
        try:
            url = httpx.URL(call.url)
        except httpx.InvalidURL:
            raise Misconfigured("the receiver's address is none") from None
        host, port = url.raw_host.decode("ascii"), url.port or HTTPS
        where = self._checked(host, port, allow_private=allow_private)
        with traces.calling("Alert receiver", "post") as span:
            answer = self._post(call, url, where)
            traces.answered(span, answer.status)
        return answer

    def _checked(self, host: str, port: int, *, allow_private: bool) -> str:
        """Return the address to connect to."""
        try:
            return public_address.checked(
                host, port, allow_private=allow_private, resolve=self.resolve
            )[0]
        except NotPublic as error:
            raise Misconfigured(
                "the receiver's name stands for an address that is not public: correct it in "
                "ALERT_RECEIVERS, or say allow_private if it is meant to be in our own network"
            ) from error
        except Unresolved as error:
            raise Retryable(f"of the receiver: {error}") from error

    def _post(self, call: Call, url: httpx.URL, where: str) -> Answer:
        # Name and certificate are the receiver's, whatever address is connected to.
        request = self.client.build_request(
            "POST",
            url.copy_with(host=where),
            content=call.body,
            headers={**call.headers, "Host": url.netloc.decode("ascii"), "Connection": "close"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        try:
            answer = self.client.send(request, stream=True)
            try:
                _read_a_little(answer)
            finally:
                answer.close()
        except httpx.RequestError as error:
            # Its text may hold the address, and that may be a secret.
            raise Retryable(f"the receiver cannot be reached ({type(error).__name__})") from None
        return Answer(status=answer.status_code, retry_after=self._asked(answer))

    def _asked(self, answer: httpx.Response) -> timedelta | None:
        """Return how long the receiver asks us to wait: in seconds, or until a date."""
        try:
            until = parsedate_to_datetime(answer.headers.get("Retry-After", ""))
        except ValueError:
            return retry_after(answer.headers)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(until - self.clock(), timedelta()), LONGEST_WAIT)


def _read_a_little(answer: httpx.Response) -> None:
    """Let the receiver finish what it says, unless it says too much or takes too long."""
    ends, read = time.monotonic() + TIME_LIMIT, 0
    for part in answer.iter_raw():
        read += len(part)
        if read > ANSWER_LIMIT or time.monotonic() > ends:
            return
