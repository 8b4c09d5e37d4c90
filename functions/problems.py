"""Which failure is which problem over HTTP (RFC 9457): its name, its status, what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from shared.errors import (
    Conflict,
    Contended,
    Failure,
    Gone,
    HeldBack,
    Misconfigured,
    NotAllowed,
    NotFound,
    NotPermitted,
    Rejected,
    Retryable,
    TooLarge,
    Unverified,
)

NAMES = "urn:easgate:problem:"


class PreconditionFailed(Rejected):
    """What the caller has seen is no longer how the thing stands."""


class TooManyRequests(Retryable):
    """One caller asks more than its share; `headers` say what that is."""

    headers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A kind of problem; names and titles are what other people's programs rest on."""

    name: str
    status: HTTPStatus
    title: str

    @property
    def type(self) -> str:
        """Return the URI that stands for the kind."""
        return f"{NAMES}{self.name}"


def _problem(name: str, status: HTTPStatus, title: str) -> Problem:
    return Problem(name=name, status=status, title=title)


# The first that a failure is one of.
KINDS: tuple[tuple[type[Failure], Problem], ...] = (
    (
        Unverified,
        _problem("unverified", HTTPStatus.UNAUTHORIZED, "It cannot be told who asks"),
    ),
    (
        NotAllowed,
        _problem("not-allowed", HTTPStatus.FORBIDDEN, "Whoever asks may not do this"),
    ),
    (NotFound, _problem("not-found", HTTPStatus.NOT_FOUND, "There is no such thing")),
    (Gone, _problem("gone", HTTPStatus.GONE, "It is no longer there")),
    (
        Conflict,
        _problem("conflict", HTTPStatus.CONFLICT, "How things stand does not admit it"),
    ),
    (
        PreconditionFailed,
        _problem(
            "precondition-failed",
            HTTPStatus.PRECONDITION_FAILED,
            "It has changed since it was looked at",
        ),
    ),
    (
        TooLarge,
        _problem("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "More than is read"),
    ),
    (Rejected, _problem("rejected", HTTPStatus.BAD_REQUEST, "This cannot be done as asked")),
    (HeldBack, _problem("held", HTTPStatus.CONFLICT, "It waits for an approver")),
    (
        TooManyRequests,
        _problem("too-many-requests", HTTPStatus.TOO_MANY_REQUESTS, "Asked too often"),
    ),
    (
        Contended,
        _problem("contended", HTTPStatus.SERVICE_UNAVAILABLE, "Somebody else is at it just now"),
    ),
    (
        Retryable,
        _problem("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, "It cannot be done just now"),
    ),
    (
        NotPermitted,
        _problem("not-permitted", HTTPStatus.INTERNAL_SERVER_ERROR, "This app lacks a permission"),
    ),
    (
        Misconfigured,
        _problem(
            "misconfigured", HTTPStatus.INTERNAL_SERVER_ERROR, "An administrator has to change it"
        ),
    ),
    (Failure, _problem("failed", HTTPStatus.INTERNAL_SERVER_ERROR, "It failed")),
)


def kind_of(failure: Failure) -> Problem:
    """Return which problem a failure is."""
    return next(problem for kind, problem in KINDS if isinstance(failure, kind))


def of_status(status: int) -> list[Problem]:
    """Return the problems that are answered with a status."""
    return [problem for _, problem in KINDS if problem.status == status]
