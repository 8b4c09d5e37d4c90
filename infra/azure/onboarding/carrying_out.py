"""The steps carried out, in order; and taken back, in reverse."""

from collections.abc import Callable, Sequence

from infra.azure.onboarding.known import Known
from infra.azure.onboarding.patience import Patience
from infra.azure.onboarding.steps import Kind, Standing, Step
from shared.errors import NotFound, Retryable

Tell = Callable[[str], None]


def plan(steps: Sequence[Step], tell: Tell) -> list[Standing]:
    """Say what stands and what would be done; nothing is changed."""
    found = [step.look() for step in steps]
    for standing in found:
        tell(shown(standing))
    return found


def apply(steps: Sequence[Step], known: Known, *, patience: Patience, tell: Tell) -> list[Standing]:
    """
    Do what the plan has left to do, each step in its turn; return how each stands then.

    What is about to be made on and after the application is noted down in it first.
    """
    certificate, application, *later = steps
    first = _settled(certificate, patience, tell)
    known.intended = frozenset(
        mark for step in later if not step.look().is_settled for mark in step.marks
    )
    return [first, *(_settled(step, patience, tell) for step in (application, *later))]


def leftovers(steps: Sequence[Step], tell: Tell) -> list[Step]:
    """Return the steps that have something to take back, and say what."""
    # Forwards: a step may need what an earlier one finds.
    going = [(step, leftover) for step in steps if (leftover := step.leftover())]
    for _, leftover in reversed(going):
        tell(f"{'remove':12}{leftover}")
    return [step for step, _ in reversed(going)]


def shown(standing: Standing) -> str:
    """Return a standing as a line to read."""
    return f"{standing.kind:12}{standing.says}"


def _settled(step: Step, patience: Patience, tell: Tell) -> Standing:
    standing = step.look()
    if standing.is_settled:
        return standing
    uncertain = _done(step, standing, patience)
    if not patience.holds(lambda: step.look().is_settled):
        raise uncertain or Retryable(
            f"{standing.says}: done, and still not to be seen; run this again in some minutes"
        )
    settled = step.look()
    tell(shown(settled) if settled.kind is Kind.OPEN else f"{'done':12}{settled.says}")
    return settled


def _done(step: Step, standing: Standing, patience: Patience) -> Retryable | None:
    """Do it; return what leaves the outcome open, if anything does."""
    try:
        patience.accepted(step.apply)
    except Retryable as error:
        return error
    except NotFound as error:
        raise Retryable(
            f"{standing.says}: what it builds on has not arrived yet; run this again in some "
            f"minutes ({error})"
        ) from error
    return None
