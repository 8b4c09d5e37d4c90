"""A chain of links, tried one by one: each is noted with its grade and how long it took."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Generic, Self, TypeVar

from shared.credentials import validation
from shared.credentials.findings import Finding, Found, Grade
from shared.credentials.validation import Check, Verdict
from shared.errors import Failure, NotFound, NotPermitted, Retryable
from shared.flows.ports import Clock

A = TypeVar("A")
B = TypeVar("B")

Tell = Callable[[Check], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What it means when a question fails, by what kind of failure it is."""

    busy: Finding
    denied: Finding
    missing: Finding
    other: Finding

    @classmethod
    def always(cls, finding: Finding) -> Self:
        """Return the trouble that means the same whatever has failed."""
        return cls(busy=finding, denied=finding, missing=finding, other=finding)

    def of(self, failure: Failure) -> Verdict:
        """Return the finding; the failure itself may know better."""
        match failure:
            case Found():
                return Verdict(failure.finding, str(failure))
            case Retryable():
                return Verdict(self.busy, str(failure))
            case NotPermitted():
                return Verdict(self.denied, str(failure))
            case NotFound():
                return Verdict(self.missing, str(failure))
            case _:
                return Verdict(self.other, str(failure))


@dataclass(slots=True, kw_only=True)
class Asked(Generic[A]):
    """What came of a question; neither value nor failure: it could not be asked."""

    value: A | None = None
    failure: Failure | None = None
    milliseconds: float = 0  # not yet noted with a check


class Links:
    """
    The checks made so far; *tell* hears of each when it is made.

    With a *title* they are about something not in use: what fails there breaks nothing
    yet, and is a warning.
    """

    def __init__(self, clock: Clock, tell: Tell, title: str = "") -> None:
        self.checks: list[Check] = []
        self._clock = clock
        self._tell = tell
        self._title = title

    def ask(self, needed: A | None, question: Callable[[A], B]) -> Asked[B]:
        """Ask, if what the question needs is there; anything but a Failure is a bug."""
        if needed is None:
            return Asked()
        started, asked = self._clock(), Asked[B]()
        try:
            asked.value = question(needed)
        except Failure as failure:
            asked.failure = failure
        asked.milliseconds = (self._clock() - started) / timedelta(milliseconds=1)
        return asked

    def check(
        self, name: str, asked: Asked[A], judge: Callable[[A], Verdict], trouble: Trouble
    ) -> bool:
        """Note how a link came out; False if what depends on it cannot work."""
        if asked.failure is not None:
            verdict = trouble.of(asked.failure)
        elif asked.value is not None:
            verdict = judge(asked.value)
        else:
            verdict = Verdict(Finding.NOT_TRIED)
        made = validation.check(name, verdict, asked.milliseconds)
        asked.milliseconds = 0
        self._note(made)
        return made.grade is not Grade.FAIL and made.code is not Finding.NOT_TRIED

    def _note(self, made: Check) -> None:
        if self._title:
            grade = Grade.WARN if made.grade is Grade.FAIL else made.grade
            made = replace(made, name=f"{self._title}: {made.name}", grade=grade)
        self.checks.append(made)
        self._tell(made)
