"""One request to MaaS360's web services and its answer, as far as all calls have it in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec

from shared.errors import Misconfigured, Retryable
from shared.mdm.facts import text
from shared.retry_after import retry_after

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)  # a page of 250 devices takes its time
# Once nothing is left of what may be asked. The unit of X-Rate-Limit-ResetWindow is not known.
PAUSE: Final = timedelta(minutes=1)
BUSY: Final = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
DESCRIPTION_LIMIT = 200  # characters of what MaaS360 says of a refusal

Told = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `told` is empty where it was an error without JSON."""

    status: int
    told: Told

    @property
    def is_success(self) -> bool:
        """Whether the status says that it went well, which the body may yet deny."""
        return httpx.codes.is_success(self.status)


class Wire:
    """Sends requests; Retryable while MaaS360 is down, busy, or answers no JSON where it should."""

    def __init__(
        self, http: httpx.Client, *, base_url: Callable[[], str], clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._base_url = base_url
        self._clock = clock
        self._quiet_until: datetime | None = None

    def post(self, path: str, body: object) -> Answer:
        """Post JSON."""
        return self._sent("POST", path, headers={}, query={}, body=body)

    def get(self, path: str, query: Mapping[str, str], authorization: str) -> Answer:
        """Read something."""
        return self._sent("GET", path, headers={"Authorization": authorization}, query=query)

    def _sent(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: object = None,
    ) -> Answer:
        self._wait_for_leave()
        try:
            response = self._http.request(
                method,
                f"{self._base_url()}{path}",
                params=query,
                headers={"Accept": "application/json", **headers},  # or it answers in XML
                json=body,
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except httpx.InvalidURL as error:
            raise Misconfigured(f"base_url of a MaaS360 sender is no address: {error}") from error
        except httpx.RequestError as error:
            # The kind alone: the text of some of these quotes headers.
            raise Retryable(f"MaaS360 cannot be reached: {type(error).__name__}") from error
        return self._judged(response)

    def _wait_for_leave(self) -> None:
        now = self._clock()
        if self._quiet_until and now < self._quiet_until:
            raise Retryable(
                "MaaS360 has said that nothing more may be asked for now",
                after=self._quiet_until - now,
            )

    def _judged(self, response: httpx.Response) -> Answer:
        status, after = response.status_code, retry_after(response.headers)
        if status in BUSY or response.is_server_error:
            self._quiet_until = self._clock() + (after or PAUSE)
            raise Retryable(f"MaaS360 is busy (HTTP {status})", after=after or PAUSE)
        if response.headers.get("X-Rate-Limit-Remaining", "").strip() == "0":
            self._quiet_until = self._clock() + (after or PAUSE)
        if response.is_redirect:
            raise Retryable(
                f"MaaS360 sends us elsewhere (HTTP {status}): it may be under maintenance; if it "
                "goes on, see that account and base_url of the sender are right"
            )
        told = _decoded(response.content)
        if told is None and response.is_success:
            raise Retryable(
                f"MaaS360 answers something other than JSON (HTTP {status}): it may be under "
                "maintenance; if it goes on, see that base_url is that of its web services"
            )
        return Answer(status=status, told=told or {})


def refusal(told: Told) -> str:
    """Return how an answer says that it is an error, at its top or one level below; or nothing."""
    levels = [told, *(value for value in told.values() if isinstance(value, dict))]
    for level in levels:
        code, said = text(level.get("errorCode")), text(level.get("errorDesc"), DESCRIPTION_LIMIT)
        # 0 and nothing at all are good; what the others mean is not known.
        if said or code not in {"", "0"}:
            return f"{said or 'it does not say why'}, errorCode {code or 'none'}"
    return ""


def _decoded(content: bytes) -> Told | None:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
