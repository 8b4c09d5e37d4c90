"""The steps of an offboarding that are about the person: sessions, policy, sign-in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices.offboarding import OffboardingRun, Outcome, Result, Step
from shared.errors import NotFound, Rejected, Unfinished
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.ports import Clock
from shared.trust.account import Account

GIVE_USER = "order it again with `user`: the person's UPN or object id"
REMOVED = frozenset({Outcome.DONE, Outcome.DONE_BEFORE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardedUser:
    """
    Takes one step, and returns the run as it is stored then; a Failure leaves the step as it is.

    That a step is about to be done is stored before, so that whoever comes after a death knows
    whose doing it is that things stand as they were to. `settle` is how long after an attempt
    whose outcome is unknown a look still proves nothing.
    """

    ports: OffboardingPorts
    clock: Clock
    settle: timedelta

    def identified(self, run: OffboardingRun) -> OffboardingRun:
        """Find out whose sessions are meant: never by an address that merely looks like his."""
        if run.directory_id:
            return run
        account = self.account(run)
        return self.ports.runs.save(
            replace(run, directory_id=account.directory_id, user=account.upn)
        )

    def account(self, run: OffboardingRun) -> Account:
        """Return the user; Rejected says that he cannot be told."""
        user = run.directory_id or run.order.user
        try:
            user = user or self.ports.owners.directory_id(run.order.mailbox)
        except NotFound as unknown:
            raise Rejected(f"{unknown}: {GIVE_USER}") from unknown
        if not user:
            raise Rejected(f"Exchange names no user of mailbox {run.order.mailbox}: {GIVE_USER}")
        try:
            return self.ports.sessions.account(user)
        except NotFound as unknown:
            raise Rejected(f"{unknown}: {GIVE_USER}") from unknown

    def end_sessions(self, run: OffboardingRun) -> OffboardingRun:
        """Revoke the sessions, unless an earlier attempt is seen to have done that."""
        run = self.identified(run)
        valid_from = self.ports.sessions.account(run.directory_id).sessions_valid_from
        began = run.begun.get(Step.SESSIONS)
        if began is not None:
            # Not held against our clock: Graph tells whole seconds, by a clock of its own.
            if valid_from is not None and valid_from != run.sessions_before:
                return self._with(run, Step.SESSIONS, Outcome.DONE, _revoked(valid_from))
            self._let_settle(began)
        run = self._about_to(replace(run, sessions_before=valid_from), Step.SESSIONS)
        self.ports.sessions.revoke_sessions(run.directory_id)
        return self._with(run, Step.SESSIONS, Outcome.DONE, _revoked(self.clock()))

    def revert_policy(self, run: OffboardingRun) -> OffboardingRun:
        """
        Put the mailbox back under the default policy, once no phone is under it any more.

        A policy is the mailbox's: taken off for one lost phone, it would be off for the others.
        """
        mailbox, step = run.order.mailbox, Step.POLICY
        standing = self.ports.policies.assignment(mailbox)
        if standing.is_inherited and step in run.begun:
            return self._with(run, step, Outcome.DONE, "it is under the default policy")
        if standing.is_inherited:
            return self._with(run, step, Outcome.DONE_BEFORE, "no policy was assigned to it")
        if others := self._others(run):
            says = f"{others} other devices of the mailbox are under policy {standing.policy}"
            return self._with(run, step, Outcome.LEFT, says)
        run = self._about_to(run, step)
        self.ports.policies.revert(mailbox)
        says = f"policy {standing.policy} is no longer assigned to it: the default holds"
        return self._with(run, step, Outcome.DONE, says)

    def disable_sign_in(self, run: OffboardingRun) -> OffboardingRun:
        """Block the sign-in, if that was ordered."""
        step = Step.SIGN_IN
        if not run.order.disable_sign_in:
            return self._with(run, step, Outcome.NOT_ASKED, "it was not ordered to block it")
        run = self.identified(run)
        account = self.ports.sessions.account(run.directory_id)
        if account.is_enabled is False:
            outcome = Outcome.DONE if step in run.begun else Outcome.DONE_BEFORE
            return self._with(run, step, outcome, "the account is disabled")
        run = self._about_to(run, step)
        self.ports.sessions.set_enabled(run.directory_id, enabled=False)
        return self._with(run, step, Outcome.DONE, "the account is disabled")

    def _others(self, run: OffboardingRun) -> int:
        """Return how many devices are left in the mailbox; one that is gone may be shown late."""
        gone = {
            phone.device_id.casefold()
            for phone in run.phones or ()
            if phone.results[Step.REMOVAL].outcome in REMOVED
        }
        shown = self.ports.owners.device_ids(run.order.mailbox)
        return sum(each.casefold() not in gone for each in shown)

    def _let_settle(self, began: datetime) -> None:
        rest = began + self.settle - self.clock()
        if rest > timedelta():
            raise Unfinished("it is not known yet whether the sessions are revoked", after=rest)

    def _about_to(self, run: OffboardingRun, step: Step) -> OffboardingRun:
        return self.ports.runs.save(replace(run, begun={**run.begun, step: self.clock()}))

    def _with(self, run: OffboardingRun, step: Step, outcome: Outcome, says: str) -> OffboardingRun:
        result = Result(outcome=outcome, at=self.clock(), says=says)
        return self.ports.runs.save(run.with_result(step, result))


def _revoked(at: datetime) -> str:
    return f"what was issued before {at:%Y-%m-%d %H:%M:%S} UTC is refused"
