"""
A lost phone, or a person who leaves: shut out step by step, in an order that loses nothing.

The wipe comes before the sign-in is taken away, since a phone that cannot sign in is never told
of it; and what cannot be done is recorded, and does not keep the rest from being done.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices import offboarding_report
from shared.devices.offboard_order import OffboardDevice, OffboardUser
from shared.devices.offboarding import (
    OF_PHONE,
    OffboardingRun,
    Outcome,
    Result,
    Step,
    phones_named,
)
from shared.devices.operation import Operation
from shared.devices.tenant_change import Altered
from shared.errors import (
    Contended,
    Failure,
    Misconfigured,
    NotPermitted,
    Rejected,
    Retryable,
    Unfinished,
)
from shared.flows.offboarding_certificate import OffboardedCertificate
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_phones import Obstacle, OffboardedPhones
from shared.flows.offboarding_plan import OffboardingPlan
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.offboarding_user import OffboardedUser

ENOUGH = timedelta(minutes=2)  # for one handling


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardingStory:
    """Takes the steps, from wherever an earlier attempt left them."""

    ports: OffboardingPorts
    phone: OffboardedPhone
    enough: timedelta = ENOUGH

    def plan(self, operation: Operation) -> Altered:
        """Return the steps as they would be taken; NotFound if there is no such mailbox."""
        run = _run(operation)
        if run.phones is None:
            run = replace(run, phones=self._phones.listing(run))
        return OffboardingPlan(
            ports=self.ports, phone=self.phone, user=self._user, certificate=self._certificate
        ).of(run)

    def first(self, operation: Operation) -> None:
        """Block a lost phone at once, if anybody may; list a person's, since they are counted."""
        run = self.ports.runs.open(_run(operation))
        if isinstance(run.order, OffboardUser):
            self._phones.listed(run)
            return
        if not run.is_settled(Step.BLOCK):
            try:
                self._block(operation, run)
            except (Retryable, Misconfigured) as trouble:
                self._wait(self._latest(run), trouble)

    def go_on(self, operation: Operation) -> Altered:
        """Return the report; Unfinished while a phone is waited for, or there is more to do."""
        run = self.ports.runs.open(_run(operation))
        if run.why:
            raise Rejected(run.why)
        run = self._let_through(run, operation).relisted()  # the approval may have taken days
        while (step := run.next_step) is not None:
            run = self._taken(run, step)
        if run.ended_at is None:
            run = self.ports.runs.save(replace(run, ended_at=self._now))
        return _told(run)

    def has_begun(self, operation: Operation) -> bool:
        """Whether it was let through; a phone that is blocked by then stays blocked anyway."""
        return operation.attempted_at is not None

    def give_up(self, operation: Operation, why: str) -> None:
        """End it where it stands, and let its operation say what was done."""
        run = self.ports.runs.find(operation.tenant_id, operation.operation_id)
        if run is None or run.ended_at is not None:
            return
        for phone in run.phones or ():
            self.phone.give_up(run, phone, why)
        ended = replace(run, ended_at=self._now, why=why)
        journal = self.phone.steps.journal
        known = journal.find(operation.tenant_id, operation.operation_id)
        if known is not None and not known.is_finished:
            journal.save(replace(known, altered=_told(ended)))
        self.ports.runs.save(ended)

    def _let_through(self, run: OffboardingRun, operation: Operation) -> OffboardingRun:
        """Return the run without what was in its way before somebody approved it."""
        approval, stalled = operation.approval, run.stalled_since
        if approval is None or stalled is None or stalled >= approval.at:
            return run
        return self.ports.runs.save(replace(run, stalled_since=None))

    def _block(self, operation: Operation, run: OffboardingRun) -> None:
        (phone,) = run.phones or ()
        if self.phone.lets_block(operation, run, phone):
            result = self._phones.tried(run, Step.BLOCK, phone)
            if not isinstance(result, Result):
                raise result
            self.ports.runs.save(run.with_phone(phone.device_id, Step.BLOCK, result))

    def _taken(self, run: OffboardingRun, step: Step) -> OffboardingRun:
        """Take one step; what is in its way for good, or for too long, is its result."""
        try:
            return self._phones.go_on(run, step) if step in OF_PHONE else self._personal(run, step)
        except (Rejected, NotPermitted) as lasting:
            return self._passed_over(self._latest(run), step, lasting)
        except (Retryable, Misconfigured) as trouble:
            run = self._latest(run)
            self._wait(run, trouble)
            return self._passed_over(run, step, trouble)

    def _wait(self, run: OffboardingRun, trouble: Obstacle) -> None:
        """Raise what is in the way, unless it has been there for so long that others go on."""
        if isinstance(trouble, Unfinished | Contended):
            raise trouble
        if run.stalled_since is None:
            self.ports.runs.save(replace(run, stalled_since=self._now))
        if not run.is_stalled(self._now):
            raise trouble

    def _personal(self, run: OffboardingRun, step: Step) -> OffboardingRun:
        match step:
            case Step.SESSIONS:
                return self._user.end_sessions(run)
            case Step.POLICY:
                return self._user.revert_policy(run)
            case Step.SIGN_IN:
                return self._user.disable_sign_in(run)
            case _:
                return self.ports.runs.save(run.with_result(step, self._certificate.judged(run)))

    def _passed_over(self, run: OffboardingRun, step: Step, trouble: Failure) -> OffboardingRun:
        if step in OF_PHONE:
            return self._phones.pass_over(run, step, trouble)
        failed = Result(outcome=Outcome.FAILED, at=self._now, says=str(trouble))
        return self.ports.runs.save(
            replace(run.with_result(step, failed), stalled_since=run.stalled_since)
        )

    def _latest(self, run: OffboardingRun) -> OffboardingRun:
        """Return the run as the step has left it."""
        return self.ports.runs.find(run.tenant_id, run.run_id) or run

    @property
    def _phones(self) -> OffboardedPhones:
        return OffboardedPhones(ports=self.ports, phone=self.phone, enough=self.enough)

    @property
    def _user(self) -> OffboardedUser:
        steps = self.phone.steps
        return OffboardedUser(ports=self.ports, clock=steps.clock, settle=steps.settle)

    @property
    def _certificate(self) -> OffboardedCertificate:
        return OffboardedCertificate(ports=self.ports, clock=self.phone.steps.clock)

    @property
    def _now(self) -> datetime:
        return self.phone.steps.clock()


def _run(operation: Operation) -> OffboardingRun:
    """Return the run as it begins."""
    order = operation.change
    if not isinstance(order, OffboardDevice | OffboardUser):
        raise TypeError("only an order to shut somebody out is one")
    return OffboardingRun(
        run_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        order=order,
        asked_by=operation.asked_by,
        ordered_at=operation.opened_at,
        phones=phones_named(order),
    )


def _told(run: OffboardingRun) -> Altered:
    return Altered(
        says=offboarding_report.says(run), before=None, after=offboarding_report.report(run)
    )
