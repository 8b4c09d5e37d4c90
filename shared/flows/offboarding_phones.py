"""All phones of an offboarding: one that has to wait, or is in trouble, does not hold up others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices.offboarding import LEGS, OffboardingRun, Phone, Result, Step
from shared.errors import (
    Contended,
    Failure,
    Misconfigured,
    NotFound,
    NotPermitted,
    Rejected,
    Retryable,
    Unfinished,
)
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_ports import OffboardingPorts

GOES_ON = timedelta(seconds=1)
Obstacle = Retryable | Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardedPhones:
    """Takes the steps about phones; the run is stored after each."""

    ports: OffboardingPorts
    phone: OffboardedPhone
    enough: timedelta

    def listed(self, run: OffboardingRun) -> OffboardingRun:
        """List the mailbox's phones, once; one that comes later is not among them."""
        if run.phones is not None:
            return run
        try:
            phones = self.listing(run)
        except NotFound as unknown:
            return self.ports.runs.save(replace(run, phones=(), unlisted=str(unknown)))
        return self.ports.runs.save(replace(run, phones=phones))

    def listing(self, run: OffboardingRun) -> tuple[Phone, ...]:
        """Return the mailbox's phones; NotFound if there is no such mailbox."""
        found = self.ports.owners.device_ids(run.order.mailbox)
        return tuple(Phone(device_id=each) for each in found)

    def go_on(self, run: OffboardingRun, step: Step) -> OffboardingRun:
        """Take each phone as far as it can go before the person's next step."""
        run = self.listed(run)
        until = self.phone.steps.clock() + self.enough
        obstacles: list[Obstacle] = []
        for each in _leg(step):
            for phone in _ready(run, each):
                result = self.tried(run, each, phone)
                if not isinstance(result, Result):
                    obstacles.append(result)
                    continue
                run = self.ports.runs.save(run.with_phone(phone.device_id, each, result))
                self._rest(run, each, until=until)
        if obstacles:
            raise _first(obstacles)
        return run

    def tried(self, run: OffboardingRun, step: Step, phone: Phone) -> Result | Obstacle:
        """Return what came of a step of one phone, or what is in its way."""
        try:
            return self.phone.take(step, run, phone)
        except (NotPermitted, Rejected) as lasting:
            if self.phone.is_wiping(step, run, phone):
                return Retryable(str(lasting))  # its time is not over: the phone may yet confirm
            return self.phone.pass_over(step, run, phone, lasting)
        except (Retryable, Misconfigured) as obstacle:
            return obstacle

    def pass_over(self, run: OffboardingRun, step: Step, trouble: Failure) -> OffboardingRun:
        """Leave the step of all phones that have come to nothing; patience has been had."""
        if run.phones is None:
            return self.ports.runs.save(replace(run, phones=(), unlisted=str(trouble)))
        since = run.stalled_since  # what is in the way of this step need not be waited out again
        for phone in _ready(run, step):
            result = self.phone.pass_over(step, run, phone, trouble)
            run = run.with_phone(phone.device_id, step, result)
        return self.ports.runs.save(replace(run, stalled_since=since))

    def _rest(self, run: OffboardingRun, step: Step, *, until: datetime) -> None:
        if self.phone.steps.clock() >= until and _ready(run, step):
            raise Unfinished(f"{step}: there are more phones", after=GOES_ON)


def _leg(step: Step) -> Sequence[Step]:
    """Return the step and those that a phone can go on to without the others."""
    leg = next(each for each in LEGS if step in each)
    return leg[leg.index(step) :]


def _ready(run: OffboardingRun, step: Step) -> list[Phone]:
    """Return the phones whose next step it is."""
    leg = next(each for each in LEGS if step in each)
    before = leg[: leg.index(step)]
    return [
        phone
        for phone in run.phones or ()
        if step not in phone.results and all(each in phone.results for each in before)
    ]


def _first(obstacles: Sequence[Obstacle]) -> Obstacle:
    """Return what has to be known first: trouble, or else when it is worth looking again."""
    waits = [each for each in obstacles if isinstance(each, Unfinished | Contended)]
    trouble = [each for each in obstacles if each not in waits]
    if trouble:
        return trouble[0]
    after = min((each.after for each in waits if each.after), default=GOES_ON)
    return Unfinished(f"phones to wait for: {len(waits)}; {waits[0]}", after=after)
