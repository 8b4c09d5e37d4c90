"""Failures over HTTP: which status, when to come back, and how much is told."""

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from functions import problems, replies
from functions.problems import PreconditionFailed, TooManyRequests
from functions.replies import Detail
from shared import errors
from shared.errors import (
    Conflict,
    Contended,
    CutShort,
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
    Unfinished,
    Unverified,
)
from tests.unit.app_world import request

if TYPE_CHECKING:
    from tests.unit.app_world import Function

STATUS: dict[type[Failure], int] = {
    Unverified: 401,
    NotAllowed: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    TooLarge: 413,
    Rejected: 400,
    HeldBack: 409,
    PreconditionFailed: 412,
    TooManyRequests: 429,
    Retryable: 503,
    CutShort: 503,
    Contended: 503,
    Unfinished: 503,
    Misconfigured: 500,
    NotPermitted: 500,
    Failure: 500,
}


def failing(failure: BaseException, detail: Detail) -> "Function":
    """Return a function that fails in this way."""

    @replies.answering(detail)
    def fail(req: object) -> NoReturn:
        del req
        raise failure

    return cast("Function", fail)


def test_every_failure_there_is_has_its_status() -> None:
    """A kind added one day has to be given one here."""
    known = {each for each in vars(errors).values() if isinstance(each, type)}
    of_http = {PreconditionFailed, TooManyRequests}
    assert {each for each in known if issubclass(each, Failure)} | of_http == set(STATUS)


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("kind", STATUS)
def test_failure_becomes_its_status(kind: type[Failure], detail: Detail) -> None:
    """As a problem document, with the reason only for those who may know it."""
    answer = failing(kind("the reason"), detail)(request())
    problem = json.loads(answer.get_body())
    assert answer.status_code == problem["status"] == STATUS[kind]
    assert answer.mimetype == "application/problem+json"
    assert problem.get("detail") == ("the reason" if detail is Detail.TOLD else None)
    assert ("Retry-After" in answer.headers) is issubclass(kind, Retryable)
    assert answer.headers["Cache-Control"] == "no-store"


def test_failure_of_a_future_kind_is_answered_too() -> None:
    """As what it descends from."""

    class Stale(Unverified):
        pass

    assert failing(Stale("x"), Detail.KEPT)(request()).status_code == 401


def test_problem_is_named_for_programs_and_found_again_by_its_instance() -> None:
    """RFC 9457: the type stays, whatever the words; each case has a name of its own."""
    named = [json.loads(failing(Conflict("x"), Detail.TOLD)(request()).get_body()) for _ in "12"]
    assert {each["type"] for each in named} == {"urn:easgate:problem:conflict"}
    assert len({each["instance"] for each in named}) == 2
    for each in named:
        assert str(uuid.UUID(each["instance"])) in each["instance"]


def test_each_kind_of_problem_has_its_own_name() -> None:
    """And what is left to the root of all failures is told as that."""
    names = [problem.name for _, problem in problems.KINDS]
    assert len(set(names)) == len(names)
    assert problems.kind_of(Failure("x")).name == "failed"


def test_stranger_is_told_no_more_than_the_status() -> None:
    """Not even which kind of failure it was; about:blank is what a left out type means."""
    answer = failing(NotPermitted("no role group"), Detail.KEPT)(request())
    assert json.loads(answer.get_body()) == {"title": "Internal Server Error", "status": 500}


@pytest.mark.parametrize(
    ("after", "header"),
    [
        (None, "30"),
        (timedelta(seconds=90), "90"),
        (timedelta(seconds=1.2), "2"),
        (timedelta(), "30"),
        (timedelta(milliseconds=1), "1"),
    ],
)
def test_caller_is_told_when_to_come_back(after: timedelta | None, header: str) -> None:
    """In whole seconds, never too early."""
    answer = failing(Retryable("busy", after=after), Detail.KEPT)(request())
    assert answer.headers["Retry-After"] == header
    told = failing(Retryable("busy", after=after), Detail.TOLD)(request())
    assert json.loads(told.get_body())["retry_after"] == int(header)


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), KeyboardInterrupt()])
def test_bug_is_not_answered_as_a_failure(bug: BaseException) -> None:
    """It goes on to the host, which answers 500 and raises an alarm."""
    with pytest.raises(type(bug)):
        failing(bug, Detail.KEPT)(request())
