"""Ways in which the service misbehaves: a fault wraps the performance of one command."""

from collections.abc import Sequence
from contextlib import suppress

import httpx
import msgspec

from infra.local.simulators.exchange import answers, errors, paging
from infra.local.simulators.exchange.answers import Details, ErrorStyle, Prefix
from infra.local.simulators.exchange.errors import CmdletError
from infra.local.simulators.exchange.fault_plan import Fault, Perform


class ConnectionDropped(httpx.RemoteProtocolError):
    """The connection ended without an answer; a server that mounts us closes the socket."""


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
    return lambda _: answers.busy(429, retry_after, "Your recent queries have surpassed the limit.")


def unavailable(retry_after: str | None = None) -> Fault:
    """Answer 503."""
    return lambda _: answers.busy(503, retry_after, "Service Unavailable")


def gateway_timeout() -> Fault:
    """Answer 504."""
    return lambda _: answers.busy(504, None, "Gateway Timeout")


def out_of_write_scope(what: str) -> Fault:
    """Refuse as if no write scope of the caller held this recipient."""
    return _refusing(errors.out_of_write_scope(what))


def out_of_read_scope(what: str) -> Fault:
    """Refuse as if the caller might not even see this recipient."""
    return _refusing(errors.out_of_read_scope(what))


def parameter_not_in_role(name: str) -> Fault:
    """Refuse as if the caller's roles held the cmdlet without this parameter."""
    text = f"The parameter '{name}' is not present in the role definition of the current user."
    return failing(text)


def not_now() -> Fault:
    """Ask for a few minutes' patience, as the service does in an error like any other."""
    return failing(
        "We cannot currently process your request, please wait a few minutes and try again."
    )


def server_bug() -> Fault:
    """Fail as some cmdlets steadily do."""
    text = "Object reference not set to an instance of an object."
    return failing(text, exception="System.NullReferenceException")


def dead_link() -> Fault:
    """Let a request for a further page fail; a first page is served."""

    def fault(perform: Perform) -> httpx.Response:
        if not perform.is_continued:
            return perform()
        return answers.error(paging.dead_link(), ErrorStyle())

    return fault


def device_vanished() -> Fault:
    """Let the partnership that Identity names go just before the command looks for it."""

    def fault(perform: Perform) -> httpx.Response:
        with suppress(CmdletError):  # it may be gone already
            identity = str(perform.parameters.get("Identity"))
            perform.tenant.remove_device(perform.tenant.directory.find_device(identity))
        return perform()

    return fault


def _refusing(error: CmdletError) -> Fault:
    return lambda _: answers.error(error, ErrorStyle())


def with_errors(texts: Sequence[str]) -> Fault:
    """Do it and answer 200, with errors beside the value."""
    return lambda perform: _amended(perform(), "@adminapi.errors", texts)


def with_warnings(texts: Sequence[str]) -> Fault:
    """Do it and answer 200, with these warnings."""
    return lambda perform: _amended(perform(), "@adminapi.warnings", texts)


def _amended(response: httpx.Response, key: str, texts: Sequence[str]) -> httpx.Response:
    if response.status_code != httpx.codes.OK:
        return response
    body = msgspec.json.decode(response.read())
    return answers.as_json(200, body | {key: [*body.get(key, []), *texts]})


def with_empty_body() -> Fault:
    """Do it and answer 200 with nothing."""

    def fault(perform: Perform) -> httpx.Response:
        done = perform()
        return answers.answer(200) if done.status_code == httpx.codes.OK else done

    return fault


def without_value() -> Fault:
    """Do it and answer 200 with neither value nor error."""

    def fault(perform: Perform) -> httpx.Response:
        done = perform()
        if done.status_code != httpx.codes.OK:
            return done
        body = msgspec.json.decode(done.read())
        return answers.as_json(200, {key: body[key] for key in body if key != "value"})

    return fault


def error_with_status_200(text: str) -> Fault:
    """Do nothing and answer 200 with an error body, as items of a batch may."""

    def fault(_: Perform) -> httpx.Response:
        failed = CmdletError(text, exception="System.InvalidOperationException")
        body = msgspec.json.decode(answers.error(failed, ErrorStyle()).read())
        return answers.as_json(200, body)

    return fault


def dropped_after_effect() -> Fault:
    """Do it and never say so; in a batch, leave this item out of the reply."""

    def fault(perform: Perform) -> httpx.Response:
        perform()
        raise ConnectionDropped("Server disconnected without sending a response.")

    return fault


def dropped_before_effect() -> Fault:
    """Do nothing and never say so; in a batch, leave this item out of the reply."""

    def fault(_: Perform) -> httpx.Response:
        raise ConnectionDropped("Server disconnected without sending a response.")

    return fault
