"""The brake in the stories: whether a thing may be done unasked is asked before it is done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from shared.devices import guard
from shared.devices.budget_raise import Budget, RaiseBudget
from shared.devices.guard import Allowances, Hold, HoldReason, reason_of
from shared.devices.model import Action, Decision, Word
from shared.devices.offboard_order import OffboardUser
from shared.devices.operation import Operation, State
from shared.devices.tenant_change import RemoveStale
from shared.errors import HeldBack
from shared.flows.guard_ports import Budgets, HeldWords, Message, Raises
from shared.flows.ports import Clock, Events, Journal

Written = Callable[[Message], tuple[str, bytes]]  # on which queue, as what


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Holds what goes beyond a tenant's allowances; what cannot be counted is not done either."""

    allowances: Allowances
    fleet: Callable[[str], int]  # known devices, by tenant
    removals: Callable[[Operation], int]  # of devices, that an order for many comes to
    budgets: Budgets
    raises: Raises
    words: HeldWords
    written: Written
    journal: Journal
    events: Events
    clock: Clock
    counted: frozenset[Action] = frozenset()  # let through with a whole sweep

    def admit(self, operation: Operation, message: Message) -> Operation:
        """Return the planned operation if it may be carried out; HeldBack once it is held."""
        if operation.is_held_back:
            self.events.operation_held(operation)
            raise HeldBack(_why(operation))
        if operation.approval is not None or operation.has_begun:
            return operation
        hold = self._four_eyes(operation) or self._over(operation, self.budgets.take)
        if hold is None:
            return operation
        held = replace(operation, hold=hold).stepped(State.HELD, hold.says, hold.since)
        queue, body = self.written(message)
        self.words.put(held, queue, body)  # first: nothing is held that could not go on
        held = self.journal.save(held)
        self.events.operation_held(held)
        raise HeldBack(hold.says)

    def foresee(self, operation: Operation) -> Hold | None:
        """Return what would hold a planned operation now; nothing is counted or stored."""
        return self._four_eyes(operation) or self._over(operation, self.budgets.look)

    def lets_repair(self, newer: Word, repair: Decision) -> bool:
        """Whether another operation may carry out a newer word; it counts as if that had."""
        known = self.journal.find(newer.tenant_id, newer.word_id)
        if known is None:
            return False  # its own message is on its way
        if known.approval is not None or known.has_begun or known.state is State.DONE:
            return True  # what was let through once is only restored
        if known.hold is not None or self._four_eyes(known) is not None:
            return False
        return self._over(replace(known, decision=repair), self.budgets.take) is None

    def lets_make_again(self, newer: Operation) -> bool:
        """Whether another operation may make a newer order's change; likewise."""
        if newer.approval is not None or newer.has_begun:
            return True
        return (
            newer.hold is None
            and self._four_eyes(newer) is None
            and self._over(newer, self.budgets.take) is None
        )

    def lets_begin(self, operation: Operation, decision: Decision) -> bool:
        """Whether an order may begin with this unasked; when it is admitted it counts once."""
        begun = replace(operation, change=None, decision=decision)
        return self._over(begun, self.budgets.take) is None

    def is_in_force(self, word: Word) -> bool:
        """Whether a word counts: one that is held does not, nor one that nobody approved."""
        known = self.journal.find(word.tenant_id, word.word_id)
        return known is None or not known.lacks_approval

    def _four_eyes(self, operation: Operation) -> Hold | None:
        is_let_through = operation.decision and operation.decision.action in self.counted
        # What is over budget waits for an approver in any case, and so does a higher budget.
        is_looser = isinstance(operation.change, RaiseBudget)
        if is_let_through or not (self.allowances.four_eyes or is_looser):
            return None
        if operation.change is not None:
            before = operation.altered.before if operation.altered else None
            says = guard.change_needs_approval(operation.change, operation.asked_as, before)
        else:
            says = guard.needs_approval(
                operation.asked, even_if_personal=operation.even_if_personal
            )
        is_needed = says and not _is_nothing(operation)
        return (
            Hold(reason=HoldReason.APPROVAL, says=says, since=self.clock()) if is_needed else None
        )

    def _over(self, operation: Operation, charge: Callable[..., str | None]) -> Hold | None:
        reasons = [each for each in self._reasons(operation) if each in self.allowances.counted]
        if not reasons:
            return None
        fleet = self.fleet(operation.tenant_id) if HoldReason.SHARE in reasons else 0
        limits = {reason: self.allowances.of(reason, fleet) for reason in reasons}
        is_of_many = isinstance(operation.change, RemoveStale | OffboardUser)
        units = self.removals(operation) if is_of_many else 1
        names = {_name(reason, operation): limit for reason, limit in limits.items()}
        spent = charge(operation.tenant_id, operation.operation_id, names, units)
        if spent is not None and (raised := self._raised(operation.tenant_id, limits)) != limits:
            limits = raised
            names = {_name(reason, operation): limit for reason, limit in limits.items()}
            spent = charge(operation.tenant_id, operation.operation_id, names, units)
        if spent is None:
            return None
        reason = next(each for each in reasons if _name(each, operation) == spent)
        return Hold(reason=reason, says=guard.over(reason, limits, units), since=self.clock())

    def _raised(self, tenant_id: str, limits: dict[HoldReason, int]) -> dict[HoldReason, int]:
        """Return the limits as people have raised them for a while; never lower ones."""
        found = dict(limits)
        for budget in Budget:
            reason, raised = reason_of(budget), self.raises.of(tenant_id, budget)
            if reason in limits and raised is not None and raised.until > self.clock():
                found[reason] = max(limits[reason], raised.to)
        return found

    def _reasons(self, operation: Operation) -> tuple[HoldReason, ...]:
        if operation.change is not None:
            return guard.budgets_of_change(operation.change)
        decision = operation.decision
        if decision is None or decision.action in self.counted:
            return ()
        return guard.budgets_of(decision)


def _is_nothing(operation: Operation) -> bool:
    """Whether it was planned, and comes to nothing."""
    return operation.decision is not None and operation.decision.action is None


def _why(operation: Operation) -> str:
    return operation.hold.says if operation.hold else ""


def _name(reason: HoldReason, operation: Operation) -> str:
    """Return the counter's name; each sender and requester has a share of its own."""
    if reason is not HoldReason.SHARE:
        return reason.value
    who = guard.spender(operation.asked_by, operation.asked_as)
    return f"{reason}-{sha256(who.encode()).hexdigest()[:32]}"
