"""
One phone that is to be shut out: each step about it is an ordinary order of its own.

So what an order does for itself holds here too: it looks back after a death, a wipe is never
requested twice, its confirmation is waited for, and everything is told under one event id.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.devices import decide, wipe
from shared.devices.model import Action, Command, Device
from shared.devices.offboard_order import WIPES_ORDERED, Wipe
from shared.devices.offboarding import OffboardingRun, Outcome, Phone, Result, Step
from shared.devices.offboarding_words import (
    IS_BACK,
    NOT_BLOCKED_ANY_MORE,
    ONLY_MAIL,
    ONLY_OUTLOOK,
    WIPE_STANDS,
    WIPE_UNKNOWN,
)
from shared.devices.operation import Operation, State, opened_by_command
from shared.errors import Conflict, Failure, HeldBack, NotFound, NotPermitted, Rejected, Unfinished
from shared.flows import abandoned, device_command, device_plan
from shared.flows.device_plan import DevicePlan
from shared.flows.ports import Orders, Postures
from shared.flows.steps import Steps

REACHED = frozenset({Outcome.DONE, Outcome.DONE_BEFORE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardedPhone:
    """Takes the steps about one phone; a Failure leaves the step as it is."""

    orders: Orders
    postures: Postures
    steps: Steps

    def lets_block(self, operation: Operation, run: OffboardingRun, phone: Phone) -> bool:
        """Whether the phone may be blocked before the rest is let through; that is counted."""
        try:
            device = self.steps.exchange.find(run.order.mailbox, phone.device_id)
        except NotFound:
            return True
        return self.steps.guard.lets_begin(operation, decide.block(device, ""))

    def take(self, step: Step, run: OffboardingRun, phone: Phone) -> Result:
        """Take one step, and return what came of it; Unfinished while it is waited for."""
        match step:
            case Step.BLOCK:
                return self._block(run, phone)
            case Step.WIPE:
                return self._wipe(run, phone)
            case Step.ACKNOWLEDGEMENT:
                return self._acknowledgement(run, phone)
            case Step.REMOVAL:
                return self._removal(run, phone)
            case _:
                raise ValueError(f"{step} is about no phone")

    def pass_over(self, step: Step, run: OffboardingRun, phone: Phone, trouble: Failure) -> Result:
        """Leave a step as it is, for something has been in the way for long."""
        self.give_up(run, phone, str(trouble))
        is_wait = step is Step.ACKNOWLEDGEMENT
        outcome = Outcome.TIMED_OUT if is_wait else Outcome.FAILED
        return self._result(outcome, f"this was in the way for too long: {trouble}")

    def is_wiping(self, step: Step, run: OffboardingRun, phone: Phone) -> bool:
        """Whether a wipe may have been requested, and the phone be about to hear of it."""
        if step is Step.ACKNOWLEDGEMENT:
            return True
        return step is Step.WIPE and self._wipe_attempted_at(run, phone) is not None

    def look(self, run: OffboardingRun, phone: Phone, action: Action) -> DevicePlan:
        """Return what one of the orders would come to now; nothing is changed."""
        command = run.command(phone, action)
        return device_plan.look(
            device_command.order_of(command, opened_by_command(command, run.ordered_at)),
            exchange=self.steps.exchange,
            orders=self.orders,
            postures=self.postures,
        )

    def give_up(self, run: OffboardingRun, phone: Phone, why: str) -> None:
        """Give up the phone's orders that are begun and not done."""
        wiping = () if run.order.wipe is Wipe.NOTHING else (WIPES_ORDERED[run.order.wipe],)
        for action in (Action.BLOCK, *wiping, Action.REMOVE):
            command = run.command(phone, action)
            known = self.steps.journal.find(command.tenant_id, command.command_id)
            if known is None or known.is_finished or not _is_of(command, known):
                continue
            if known.acted_at is None:
                self.orders.withdraw(device_command.order_of(command, known))
            self._abandon(command, why)

    def _block(self, run: OffboardingRun, phone: Phone) -> Result:
        operation = self._carried_out(run, phone, Action.BLOCK)
        if operation.repairs or not operation.came_about:
            return self._result(Outcome.FAILED, _last(operation))
        if operation.acted_at is None:
            return self._result(Outcome.DONE_BEFORE, "it was on the mailbox's blocked list already")
        return self._result(Outcome.DONE, "it is on the mailbox's blocked list, and stays there")

    def _wipe(self, run: OffboardingRun, phone: Phone) -> Result:
        if run.order.wipe is Wipe.NOTHING:
            return self._result(Outcome.NOT_ASKED, "no wipe was ordered")
        action = WIPES_ORDERED[run.order.wipe]
        try:
            operation = self._carried_out(run, phone, action)
        except (Unfinished, NotPermitted, Rejected) as trouble:
            operation = self._known(run.command(phone, action))
            if operation.acted_at is None and not isinstance(trouble, Unfinished):
                raise
        unsure = _spared(run.order.wipe, operation.before)
        if operation.acted_at is not None:
            return self._result(Outcome.DONE, "a wipe was requested", unsure)
        if operation.state is State.ABANDONED:
            return self._result(Outcome.IMPOSSIBLE, _last(operation))
        if operation.came_about:
            return self._result(Outcome.DONE_BEFORE, "a wipe was requested before", unsure)
        return self._result(Outcome.FAILED, _last(operation))

    def _acknowledgement(self, run: OffboardingRun, phone: Phone) -> Result:
        asked = phone.results[Step.WIPE]
        if asked.outcome not in REACHED:
            if self._wipe_attempted_at(run, phone) is not None:
                return self._result(Outcome.TIMED_OUT, WIPE_UNKNOWN)
            is_asked = asked.outcome is not Outcome.NOT_ASKED
            outcome = Outcome.IMPOSSIBLE if is_asked else Outcome.NOT_ASKED
            return self._result(outcome, "no wipe was requested: there is nothing to wait for")
        action = WIPES_ORDERED[run.order.wipe]
        operation = self._carried_out(run, phone, action)
        if operation.acted_at is None and operation.before is not None:
            return self._older(run, action, operation.before, asked_at=asked.at)
        if operation.acknowledged_at is None:
            return self._result(Outcome.TIMED_OUT, _last(operation))
        return self._confirmed(operation.acknowledged_at)

    def _older(
        self, run: OffboardingRun, action: Action, device: Device, *, asked_at: datetime
    ) -> Result:
        """See what became of a wipe that stood before ours was ordered."""
        try:
            state = self.steps.exchange.wipe_state(device)
        except NotFound as gone:
            return self._result(Outcome.TIMED_OUT, str(gone))
        only_account = wipe.account_only(action, device)
        confirmed_at = wipe.cycle(state, only_account=only_account).acknowledged_at
        if confirmed_at is not None:
            return self._confirmed(confirmed_at)
        now = self.steps.clock()
        if now - asked_at < run.patience:
            after = wipe.next_look(asked_at, now, self.steps.settle)
            raise Unfinished("waiting for the device to confirm an older wipe", after=after)
        return self._result(Outcome.TIMED_OUT, "it has not confirmed the wipe that was requested")

    def _confirmed(self, at: datetime) -> Result:
        says = f"the phone confirmed the wipe at {at:%Y-%m-%d %H:%M:%S} UTC"
        return self._result(Outcome.DONE, says)

    def _removal(self, run: OffboardingRun, phone: Phone) -> Result:
        is_overdue = phone.results[Step.ACKNOWLEDGEMENT].outcome is Outcome.TIMED_OUT
        if is_overdue and self._is_to_be_wiped(run.order.mailbox, phone.device_id):
            return self._result(Outcome.LEFT, WIPE_STANDS)
        operation = self._carried_out(run, phone, Action.REMOVE)
        left = self._left(run.order.mailbox, phone.device_id)
        if left is None and not operation.came_about:
            return self._result(Outcome.DONE_BEFORE, "the mailbox has no such partnership")
        if not operation.came_about:
            return self._result(Outcome.FAILED, _last(operation))
        return self._result(
            Outcome.DONE,
            "the partnership is gone; the mailbox's blocked list was left as it was",
            _after_removal(phone, operation.before, left),
        )

    def _wipe_attempted_at(self, run: OffboardingRun, phone: Phone) -> datetime | None:
        if run.order.wipe is Wipe.NOTHING:
            return None
        command = run.command(phone, WIPES_ORDERED[run.order.wipe])
        known = self.steps.journal.find(command.tenant_id, command.command_id)
        return known.attempted_at if known is not None and _is_of(command, known) else None

    def _is_to_be_wiped(self, mailbox: str, device_id: str) -> bool:
        """Whether a wipe request stands; with the partnership it would be gone."""
        device = self._left(mailbox, device_id)
        if device is None:
            return False
        state = self.steps.exchange.wipe_state(device)
        return state.account.is_pending or state.device.is_pending

    def _left(self, mailbox: str, device_id: str) -> Device | None:
        try:
            return self.steps.exchange.find(mailbox, device_id)
        except NotFound:
            return None

    def _carried_out(self, run: OffboardingRun, phone: Phone, action: Action) -> Operation:
        """Carry out one order as if it had come by itself; one that is refused is abandoned."""
        command = run.command(phone, action)
        try:
            device_command.handle(
                command,
                orders=self.orders,
                postures=self.postures,
                steps=replace(self.steps.let_through(action), patience=run.patience),
            )
        except Conflict:
            raise  # its id stands for somebody else's order
        except HeldBack as hold:
            raise Rejected(
                f"operation {command.command_id} waits for an approver: {hold}"
            ) from hold
        except Rejected as refusal:
            known = self._known(command)
            if known.awaited_since is not None and not known.is_finished:
                raise  # it is requested: that nobody can see what becomes of it ends nothing
            self._abandon(command, str(refusal))
        return self._known(command)

    def _known(self, command: Command) -> Operation:
        known = self.steps.journal.find(command.tenant_id, command.command_id)
        if known is None or not _is_of(command, known):
            raise Conflict(f"{command.command_id} stands for another order")
        return known

    def _abandon(self, command: Command, why: str) -> None:
        abandoned.give_up(
            opened_by_command(command, self.steps.clock()),
            why,
            journal=self.steps.journal,
            events=self.steps.events,
            clock=self.steps.clock,
        )

    def _result(self, outcome: Outcome, says: str, unsure: str = "") -> Result:
        return Result(outcome=outcome, at=self.steps.clock(), says=says, unsure=unsure)


def _is_of(command: Command, known: Operation) -> bool:
    return known.asks_the_same_as(opened_by_command(command, known.opened_at))


def _last(operation: Operation) -> str:
    return operation.history[-1].note


def _spared(ordered: Wipe, device: Device | None) -> str:
    """Return what a wipe leaves on the phone."""
    if device is not None and wipe.is_outlook(device):
        return ONLY_OUTLOOK
    return ONLY_MAIL if ordered is Wipe.ACCOUNT else ""


def _after_removal(phone: Phone, before: Device | None, left: Device | None) -> str:
    was_blocked = phone.results[Step.BLOCK].outcome in REACHED
    if was_blocked and before is not None and not before.on_blocked_list:
        return NOT_BLOCKED_ANY_MORE
    if left is not None and before is not None and left.guid != before.guid:
        return IS_BACK  # with the same guid it is only shown late
    return ""
