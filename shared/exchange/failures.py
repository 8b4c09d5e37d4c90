"""What Exchange's errors mean, and what to do about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from shared.credentials.findings import Finding, Found
from shared.errors import (
    CutShort,
    Failure,
    Misconfigured,
    NotFound,
    NotPermitted,
    Rejected,
    Retryable,
)
from shared.exchange.endpoint import Answer
from shared.exchange.error_body import plain, told
from shared.retry_after import retry_after

BUSY = frozenset({408, 429, 500, 502, 503, 504})
A_FEW_MINUTES = timedelta(minutes=3)
# Exceptions of a cmdlet that pass by themselves, as Microsoft's module retries them.
TRANSIENT = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
    "have surpassed the permitted limit",
)
NOT_NOW = ("We cannot currently process your request",)
NOT_FOUND = ("ManagementObjectNotFoundException", "couldn't be found on")
OUT_OF_SCOPE = ("isn't within your current write scopes", "current user's read scope")
SERVER_BUG = ("Object reference not set to an instance of an object",)
DEAD_LINK = ("Expired or Invalid pagination request",)
ALREADY_SO = (
    "MemberAlreadyExistsException",
    "is already a member of the group",
    "isn't a member of the group",
)
NOT_IN_ROLE = (
    "is not present in the role definition",
    "Unable to initialize the authorization context",
    "Providers.Common.V1.CoreException",
    "isn't supported in this scenario",
    "AuthZ-CmdletAccessDenied",
    "is not allowed to call",
)
UNBOUND = ("AmbiguousParameterSetException", "ParameterTransformationException")


class AlreadySo(Rejected):
    """What was to be done is done already: a success to whoever asked for it."""


class OutOfScope(Rejected):
    """The app may change other mailboxes, but not this one."""


Meaning = Callable[[str], Failure]
# The first that fits is the one meant.
MEANINGS: tuple[tuple[Sequence[str], Meaning], ...] = (
    (NOT_FOUND, lambda said: NotFound(f"Exchange does not know it: {said}")),
    (DEAD_LINK, lambda said: CutShort(f"Exchange's link to the next page is dead: {said}")),
    (ALREADY_SO, lambda said: AlreadySo(f"nothing was left to do: {said}")),
    (TRANSIENT, lambda said: Retryable(f"Exchange is busy: {said}")),
    (
        NOT_NOW,
        lambda said: Retryable(f"Exchange asks for a few minutes: {said}", after=A_FEW_MINUTES),
    ),
    (SERVER_BUG, lambda said: Rejected(f"Exchange breaks down over this, always: {said}")),
    (
        OUT_OF_SCOPE,
        lambda said: OutOfScope(
            "the mailbox is outside the app's write scope; widen it or leave this mailbox to "
            f"others: {said}"
        ),
    ),
    (
        UNBOUND,
        lambda said: Rejected(f"Exchange does not take these parameters; check the values: {said}"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Case:
    """Text (or exception type) that names the cause, and where it happened."""

    text: str
    kind: str
    where: str

    def says(self, marks: Sequence[str]) -> bool:
        return any(mark in self.text or mark in self.kind for mark in marks)


def failure_of(cmdlet: str, answer: Answer) -> Failure:
    """Return the Failure that an answer stands for."""
    text, kind = told(answer.body)
    case = _Case(text, kind, f"{cmdlet}: HTTP {answer.status}{_traces(answer)}")
    return _of_permission(cmdlet, answer, case) or _of_text(case) or _of_status(answer, case)


def failure_in_reply(cmdlet: str, errors: Sequence[Any], answer: Answer) -> Failure:
    """Return the Failure for errors that came with a 200."""
    text = "; ".join(plain(str(error))[0] for error in errors)
    case = _Case(text, "", f"{cmdlet}: HTTP {answer.status}{_traces(answer)}")
    return _of_text(case) or Rejected(f"Exchange refused: {text} ({case.where})")


def _of_permission(cmdlet: str, answer: Answer, case: _Case) -> Failure | None:
    forbidden = answer.status == httpx.codes.FORBIDDEN
    if forbidden or case.says(NOT_IN_ROLE):
        reason = answer.headers.get("x-ms-diagnostics", "") or case.text
        return NotPermitted(
            f"Exchange does not let the app run {cmdlet}; add the service principal to a role "
            f"group that holds it, and allow for the delay of such changes ({case.where}) {reason}"
        )
    if answer.status != httpx.codes.UNAUTHORIZED:
        return None
    if "claims=" in answer.headers.get("WWW-Authenticate", ""):
        return Found(
            Finding.CONDITIONAL_ACCESS,
            "Exchange still asks for other claims of a new token; check the Conditional Access "
            f"policies for workload identities and the app's sign-in risk ({case.where})",
        )
    return Found(
        Finding.EXCHANGE_REFUSES_TOKEN,
        "Exchange refuses the app's token, even a new one; grant Exchange.ManageAsApp and "
        f"admin consent ({case.where})",
    )


def _of_text(case: _Case) -> Failure | None:
    said = f"{case.text or 'no text'} ({case.where})"
    return next((meaning(said) for marks, meaning in MEANINGS if case.says(marks)), None)


def _of_status(answer: Answer, case: _Case) -> Failure:
    said = f"{case.text or 'no text'} ({case.where})"
    if answer.status in BUSY:
        return Retryable(f"Exchange is busy: {said}", after=retry_after(answer.headers))
    if answer.status == httpx.codes.NOT_FOUND and case.text:
        return NotFound(f"Exchange does not know it: {said}")
    if answer.status == httpx.codes.BAD_REQUEST or answer.is_success:
        return Rejected(f"Exchange refused: {said}")
    if answer.status == httpx.codes.METHOD_NOT_ALLOWED:
        return Misconfigured(f"Exchange no longer offers this way in; update this app: {said}")
    return Misconfigured(f"Exchange answers in an unexpected way: {said}")


def _traces(answer: Answer) -> str:
    """Return the ids by which Microsoft's support finds the call."""
    theirs = answer.headers.get("request-id", "")
    ours = answer.headers.get("client-request-id", "") or answer.request_id
    named = {"request-id": theirs, "client-request-id": ours}
    return "".join(f", {name} {value}" for name, value in named.items() if value)
