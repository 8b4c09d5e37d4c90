"""Ways in which the service misbehaves: a fault wraps the performance of one command."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from infra.local.simulators.exchange import answers, errors
from infra.local.simulators.exchange.answers import Details, ErrorStyle, Prefix
from infra.local.simulators.exchange.errors import CmdletError

Perform = Callable[[], httpx.Response]  # runs the command for good
Fault = Callable[[Perform], httpx.Response]


class ConnectionDropped(httpx.RemoteProtocolError):
    """The connection ended without an answer; a server that mounts us closes the socket."""


@dataclass(slots=True)
class _Planned:
    fault: Fault
    cmdlet: str | None
    times: int


@dataclass(slots=True)
class Faults:
    """What goes wrong next. `down` and `latency` last until they are taken back."""

    down: bool = False
    latency: dict[str, float] = field(default_factory=dict)  # seconds by cmdlet; "*" is any
    _planned: list[_Planned] = field(default_factory=list)

    def inject(self, fault: Fault, *, cmdlet: str | None = None, times: int = 1) -> None:
        """Let the next *times* calls of *cmdlet* (or of any) meet the fault, in this order."""
        self._planned.append(_Planned(fault, cmdlet, times))

    def take(self, cmdlet: str) -> Fault | None:
        """Return the fault this call meets, and count it."""
        for planned in self._planned:
            if planned.times > 0 and planned.cmdlet in {None, cmdlet}:
                planned.times -= 1
                return planned.fault
        return None

    def clear(self) -> None:
        """Behave again."""
        self.down = False
        self.latency.clear()
        self._planned.clear()

    def seconds(self, cmdlet: str) -> float:
        """Return how long this cmdlet takes."""
        return self.latency.get(cmdlet, self.latency.get("*", 0.0))


# One tenant, one call each, measured from a container near the service.
MEASURED_LATENCY = {
    "Get-MobileDevice": 0.468,
    "Get-MobileDeviceMailboxPolicy": 0.116,
    "Get-ActiveSyncDeviceAccessRule": 0.113,
    "Get-ActiveSyncOrganizationSettings": 0.150,
    "Get-AcceptedDomain": 0.590,
    "Get-CASMailbox": 0.221,
    "Get-OrganizationConfig": 0.417,
    "Get-MobileDeviceStatistics": 0.8,  # a guess: other cmdlets that open a mailbox
}
TRANSIENT_EXCEPTIONS = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
)


def unauthorized(claims: str | None = None) -> Fault:
    """Refuse the token; *claims* is the base64 of a continuous-access demand."""
    return lambda _: answers.unauthorized("The token has been refused.", claims)


def forbidden_nul() -> Fault:
    """Answer as if the cmdlet were in no role."""
    return lambda _: answers.nul_403()


def forbidden_with_diagnostics(reason: str) -> Fault:
    """Answer 403 without a body; the reason stands in x-ms-diagnostics."""
    return lambda _: answers.bodyless_403(reason)


def not_found(what: str, *, status: int = 404) -> Fault:
    """Find nothing; 404 and 400 have both been seen."""
    style = ErrorStyle(not_found_status=status)
    return lambda _: answers.error(errors.not_found(what), style)


def failing(
    text: str,
    *,
    exception: str = "System.InvalidOperationException",
    status: int = 400,
    prefix: Prefix = Prefix.BARE,
    details: Details = Details.TEXT,
) -> Fault:
    """Fail with this text, in one of the dialects."""
    style = ErrorStyle(prefix=prefix, details=details)
    return lambda _: answers.error(CmdletError(text, exception=exception, status=status), style)


def transient(name: str, *, status: int = 400) -> Fault:
    """Fail with one of TRANSIENT_EXCEPTIONS, whose name is all there is to tell it by."""
    exception = f"Microsoft.Exchange.Data.Directory.{name}"
    return failing("Try again.", exception=exception, status=status, prefix=Prefix.TYPED)


def throttled(retry_after: str | None = None) -> Fault:
    """Answer 429; Retry-After is an integer, a decimal or absent."""
    return lambda _: _busy(429, retry_after, "Your recent queries have surpassed the limit.")


def unavailable(retry_after: str | None = None) -> Fault:
    """Answer 503."""
    return lambda _: _busy(503, retry_after, "Service Unavailable")


def gateway_timeout() -> Fault:
    """Answer 504."""
    return lambda _: _busy(504, None, "Gateway Timeout")


def _busy(status: int, retry_after: str | None, text: str) -> httpx.Response:
    headers = {"Content-Type": "text/plain"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return answers.answer(status, headers, text.encode())


def with_errors(texts: Sequence[str]) -> Fault:
    """Do it and answer 200, with errors beside the value."""
    return lambda perform: _amended(perform(), "@adminapi.errors", texts)


def with_warnings(texts: Sequence[str]) -> Fault:
    """Do it and answer 200, with these warnings."""
    return lambda perform: _amended(perform(), "@adminapi.warnings", texts)


def _amended(response: httpx.Response, key: str, texts: Sequence[str]) -> httpx.Response:
    if response.status_code != httpx.codes.OK:
        return response
    body = json.loads(response.read())
    return answers.as_json(200, body | {key: [*body.get(key, []), *texts]})


def with_empty_body() -> Fault:
    """Do it and answer 200 with nothing."""

    def fault(perform: Perform) -> httpx.Response:
        done = perform()
        return answers.answer(200) if done.status_code == httpx.codes.OK else done

    return fault


def dropped_after_effect() -> Fault:
    """Do it and never say so."""

    def fault(perform: Perform) -> httpx.Response:
        perform()
        raise ConnectionDropped("Server disconnected without sending a response.")

    return fault


def dropped_before_effect() -> Fault:
    """Do nothing and never say so."""

    def fault(_: Perform) -> httpx.Response:
        raise ConnectionDropped("Server disconnected without sending a response.")

    return fault
