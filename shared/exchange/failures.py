"""What Exchange's errors mean, and what to do about them."""

from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from shared.errors import Failure, Misconfigured, NotFound, Rejected, Retryable
from shared.retry_after import retry_after

BUSY = frozenset({408, 429, 500, 502, 503, 504})
# Exceptions of a cmdlet that pass by themselves, as Microsoft's module retries them.
TRANSIENT = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
    "We cannot currently process your request",
)
NOT_FOUND = ("ManagementObjectNotFoundException", "couldn't be found on")
OUT_OF_SCOPE = ("isn't within your current write scopes", "current user's read scope")
SERVER_BUG = "Object reference not set to an instance of an object"
NOT_IN_ROLE = (
    "is not present in the role definition",
    "Unable to initialize the authorization context",
    "Providers.Common.V1.CoreException",
    "isn't supported in this scenario",
    "AuthZ-CmdletAccessDenied",
)


class _Detail(msgspec.Struct):
    message: str = ""


class _Inner(msgspec.Struct):
    message: str = ""
    type: str = ""


class _InnerError(msgspec.Struct):
    message: str = ""
    internalexception: _Inner | None = None


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""
    details: list[_Detail] | None = None
    innererror: _InnerError | None = None


class _Body(msgspec.Struct):
    error: _Error


def failure_of(cmdlet: str, answer: httpx.Response, body: bytes) -> Failure:
    """Return the Failure that an answer stands for."""
    text, kind = _told(body)
    where = f"{cmdlet}: HTTP {answer.status_code}{_traces(answer)}"
    status = answer.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return Misconfigured(
            f"Exchange refuses the app's token, even a new one; grant Exchange.ManageAsApp and "
            f"admin consent ({where})"
        )
    if status == httpx.codes.FORBIDDEN or _has(NOT_IN_ROLE, text, kind):
        reason = answer.headers.get("x-ms-diagnostics", "") or text
        return Misconfigured(
            f"Exchange does not let the app run {cmdlet}; add the service principal to a role "
            f"group that holds it, and allow for the delay of such changes ({where}) {reason}"
        )
    if _has(NOT_FOUND, text, kind) or (status == httpx.codes.NOT_FOUND and text):
        return NotFound(f"Exchange does not know it: {text or 'no text'} ({where})")
    return _by_text(text, kind, where) or _by_status(status, text, where, answer)


def failure_in_reply(cmdlet: str, errors: Sequence[Any]) -> Failure:
    """Return the Failure for errors that came with a 200."""
    text = "; ".join(_plain(str(error))[0] for error in errors)
    if _has(NOT_FOUND, text, ""):
        return NotFound(f"Exchange does not know it: {text} ({cmdlet})")
    return _by_text(text, "", cmdlet) or Rejected(f"Exchange refused: {text} ({cmdlet})")


def _by_text(text: str, kind: str, where: str) -> Failure | None:
    if _has(TRANSIENT, text, kind):
        return Retryable(f"Exchange is busy: {text} ({where})")
    if SERVER_BUG in text:
        return Rejected(f"Exchange breaks down over this, always: {text} ({where})")
    if _has(OUT_OF_SCOPE, text, kind):
        return Rejected(
            f"the mailbox is outside the app's write scope; widen it or leave this mailbox to "
            f"others: {text} ({where})"
        )
    return None


def _by_status(status: int, text: str, where: str, answer: httpx.Response) -> Failure:
    if status in BUSY:
        return Retryable(f"Exchange is busy: {text} ({where})", after=retry_after(answer.headers))
    if status == httpx.codes.BAD_REQUEST:
        return Rejected(f"Exchange refused: {text or 'no text'} ({where})")
    return Misconfigured(f"Exchange answers in an unexpected way: {text} ({where})")


def _told(body: bytes) -> tuple[str, str]:
    """Return the useful text of an error body, and the exception's type where there is one."""
    try:
        error = msgspec.json.decode(body, type=_Body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    if error.details and error.details[0].message:
        return _plain(error.details[0].message)
    inner = error.innererror
    if inner and inner.internalexception and inner.internalexception.message:
        return inner.internalexception.message, inner.internalexception.type
    return (inner.message if inner else "") or error.message, error.code


def _plain(message: str) -> tuple[str, str]:
    """Split `id|type|text`, of which the first two may be empty; or a serialised exception."""
    if message.startswith("{"):
        try:
            fields = msgspec.json.decode(message, type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError):
            return message, ""
        return str(fields.get("Message", message)), str(fields.get("ClassName", ""))
    parts = message.split("|", 2)
    return (parts[2], parts[1]) if len(parts) == len(("id", "type", "text")) else (message, "")


def _has(marks: Sequence[str], text: str, kind: str) -> bool:
    return any(mark in text or mark in kind for mark in marks)


def _traces(answer: httpx.Response) -> str:
    """Return the ids by which Microsoft's support finds the call."""
    named = [
        f"{name} {answer.headers[name]}"
        for name in ("request-id", "client-request-id")
        if name in answer.headers
    ]
    sent = answer.request.headers.get("client-request-id", "")
    if sent and "client-request-id" not in answer.headers:
        named.append(f"client-request-id {sent}")
    return "".join(f", {each}" for each in named)
