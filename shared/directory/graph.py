"""One call to Microsoft Graph: what all its APIs have in common."""

import httpx

from shared.errors import Retryable
from shared.retry_after import retry_after
from shared.telemetry import traces

BUSY = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
# Without it, values that Graph has learnt lately are all shown as "unknownFutureValue".
TRUE_VALUES = {"Prefer": "include-unknown-enum-members"}


class Graph:
    """Sends requests; raises Retryable while Graph is down or busy, and judges nothing else."""

    def __init__(self, http: httpx.Client, base_url: str, version: str = "v1.0") -> None:
        self._http = http
        self._home = f"{base_url}/{version}/"

    def get(self, path: str, token: str) -> httpx.Response:
        """Read something."""
        return self._sent(self._request("GET", path, token))

    def post(self, path: str, token: str, body: object = None) -> httpx.Response:
        """Call an action; after a Retryable nobody knows whether it was done."""
        return self._sent(self._request("POST", path, token, body))

    def patch(self, path: str, token: str, body: object) -> httpx.Response:
        """Change something; after a Retryable nobody knows whether it was done."""
        return self._sent(self._request("PATCH", path, token, body))

    def delete(self, path: str, token: str) -> httpx.Response:
        """Delete something; after a Retryable nobody knows whether it was done."""
        return self._sent(self._request("DELETE", path, token))

    def path_of(self, link: str) -> str:
        """Return where a link in an answer leads; Retryable if not to Graph: the token is its."""
        if not link.startswith(self._home):
            raise Retryable("Microsoft Graph answered with a link that leads somewhere else")
        return link.removeprefix(self._home)

    def _request(self, method: str, path: str, token: str, body: object = None) -> httpx.Request:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **TRUE_VALUES}
        return self._http.build_request(method, self._home + path, headers=headers, json=body)

    def _sent(self, request: httpx.Request) -> httpx.Response:
        # The method alone: addresses name people.
        with traces.calling("Microsoft Graph", request.method) as span:
            try:
                answer = self._http.send(request)
            except httpx.RequestError as error:
                # The kind alone: the text of some of these quotes headers.
                kind = type(error).__name__
                raise Retryable(f"Microsoft Graph cannot be reached: {kind}") from error
            traces.answered(span, answer.status_code)
        if answer.status_code in BUSY or answer.is_server_error:
            raise Retryable(
                f"Microsoft Graph is busy (HTTP {answer.status_code})",
                after=retry_after(answer.headers),
            )
        return answer
