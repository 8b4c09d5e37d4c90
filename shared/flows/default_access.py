"""An order changes the default access level: cover, verify, switch, watch, or roll back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices import coverage
from shared.devices.coverage import Cover, DefaultAccessChange, Phase, Standing
from shared.devices.model import AccessLevel, AccessPolicy
from shared.errors import Conflict, Contended, Failure, NotFound, Rejected, Retryable, Unfinished
from shared.flows.ports import Clock
from shared.flows.tenant_ports import DefaultAccess, DefaultAccessChanges

AT_ONCE = 100  # mailboxes covered in one go; Table storage takes as many rows in one write
GOES_ON = timedelta(seconds=1)
NOT_YET_VISIBLE = timedelta(seconds=30)
SETTLE = timedelta(minutes=5)  # a change of the default that shows no later was not made
LONGEST_WATCH = timedelta(minutes=15)
PATIENCE = timedelta(days=3)  # with covering, until it is given up


def handle(
    order: DefaultAccessChange,
    *,
    exchange: DefaultAccess,
    changes: DefaultAccessChanges,
    clock: Clock,
    at_once: int = AT_ONCE,
) -> DefaultAccessChange:
    """
    Take the change on from wherever it stands, and return it once it is finished.

    Retryable says when to call again. There is no moment in which a device that the old
    default let in is uncovered and the new one holds, unless the device came after the last
    look: then the new one is taken back.
    """
    change = changes.open(order)
    if not _is_of(order, change):
        raise Conflict(f"change {order.change_id} already stands for the default {change.wanted}")
    return _Story(exchange=exchange, changes=changes, clock=clock, at_once=at_once).go_on(change)


def give_up(
    order: DefaultAccessChange,
    why: str,
    *,
    exchange: DefaultAccess,
    changes: DefaultAccessChanges,
    clock: Clock,
) -> DefaultAccessChange:
    """
    End the change for a reason outside it; what nobody has watched is taken back first.

    One that has not begun waits for no other to end, and never begins after this.
    """
    refused = replace(order, phase=Phase.REFUSED, why=why)
    change = changes.refuse(refused)
    if not _is_of(order, change):
        return refused  # its id stands for another change, which goes on
    story = _Story(exchange=exchange, changes=changes, clock=clock, at_once=AT_ONCE)
    return story.give_up(change, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    exchange: DefaultAccess
    changes: DefaultAccessChanges
    clock: Clock
    at_once: int

    def go_on(self, change: DefaultAccessChange) -> DefaultAccessChange:
        match change.phase:
            case Phase.SNAPSHOT:
                return self._snapshot(change)
            case Phase.COVERING | Phase.VERIFIED:
                return self._cover(change)
            case Phase.SWITCHING:
                return self._roll_back(change, "interrupted while the default was being changed")
            case Phase.WATCHING:
                return self._watch_again(change)
            case Phase.ROLLING_BACK:
                return self._roll_back(change, change.why)
            case Phase.DONE | Phase.ROLLED_BACK | Phase.REFUSED:
                return change

    def give_up(self, change: DefaultAccessChange, why: str) -> DefaultAccessChange:
        if change.is_finished:
            return change
        # A loosening is set straight away, with nothing written down but the level before.
        is_set = change.wanted is AccessLevel.ALLOW and change.before is not None
        if is_set or change.phase in coverage.UNWATCHED:
            return self._roll_back(change, why)
        return self._end(change, Phase.REFUSED, why)

    def _snapshot(self, change: DefaultAccessChange) -> DefaultAccessChange:
        policy = self.exchange.access_policy()
        is_loosening = change.wanted is AccessLevel.ALLOW
        if policy.default is change.wanted and (is_loosening or change.before is None):
            return self._end(change, Phase.DONE, "it is the default already")
        if change.before is None:
            change = self.changes.save(replace(change, before=policy.default))
        if policy.default is not change.before:
            return self._overtaken(change, policy)
        if is_loosening:
            return self._loosen(change)
        standings = self.exchange.everything()
        self.changes.plan(change, coverage.lacking(standings, policy))
        covering = replace(change, phase=Phase.COVERING, devices=len(standings))
        return self._cover(self.changes.save(covering))

    def _loosen(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Set Allow, which shuts nobody out."""
        if self.exchange.set_default(change.wanted) is not change.wanted:
            raise _not_yet_visible()
        return self._end(change, Phase.DONE, "nobody had to be covered")

    def _cover(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Cover some mailboxes; once all are, verify."""
        covers = self.changes.planned(change, self.at_once)
        if not covers:
            return self._verify(change)
        policy = self.exchange.access_policy()
        if policy.default is not change.before:
            return self._overtaken(change, policy)
        written = 0
        for cover in covers:
            try:
                written += self._cover_mailbox(cover, policy)
            except Rejected as refusal:
                why = f"the devices of {cover.mailbox} cannot be covered: {refusal}"
                return self._end(change, Phase.REFUSED, why)
        self.changes.dealt_with(change, covers)
        self.changes.save(
            replace(change, phase=Phase.COVERING, covered=change.covered + written, why="")
        )
        raise Unfinished(f"{change.covered + written} device ids are covered so far", after=GOES_ON)

    def _cover_mailbox(self, planned: Cover, policy: AccessPolicy) -> int:
        """Cover what still needs it; since it was planned, somebody may have blocked it."""
        try:
            needed = coverage.lacking(self.exchange.of_mailbox(planned.mailbox), policy)
            ids = [
                each for cover in needed for each in cover.device_ids if each in planned.device_ids
            ]
            if ids:
                self.exchange.cover(planned.mailbox, ids)
        except NotFound:
            return 0  # it has gone; under another name it is found when all is verified
        return len(ids)

    def _verify(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Look at everyone anew, and switch only if not one is uncovered."""
        standings = self.exchange.everything()
        # Read last, so that the level and the rules are as fresh as can be at the switch.
        policy = self.exchange.access_policy()
        if policy.default is not change.before:
            return self._overtaken(change, policy)
        change = replace(change, devices=len(standings))
        covers = coverage.lacking(standings, policy)
        if covers:
            return self._cover_more(change, covers)
        doubtful = [each for each in standings if coverage.is_doubtful(each.device, policy)]
        if doubtful:
            why = f"{_named(doubtful)} show as held although the default is Allow: allow or block "
            return self._end(change, Phase.REFUSED, why + "them by name, or remove them, first")
        return self._switch(self.changes.save(replace(change, phase=Phase.VERIFIED, why="")))

    def _cover_more(
        self, change: DefaultAccessChange, covers: Sequence[Cover]
    ) -> DefaultAccessChange:
        devices = sum(len(cover.device_ids) for cover in covers)
        why = f"{devices} of {change.devices} devices are not seen to be covered"
        if self.clock() - change.started_at > PATIENCE:
            return self._end(change, Phase.REFUSED, f"{why} after {PATIENCE.days} days")
        self.changes.plan(change, covers)
        self.changes.save(replace(change, phase=Phase.COVERING, why=why))
        raise Retryable(why, after=NOT_YET_VISIBLE)

    def _switch(self, change: DefaultAccessChange) -> DefaultAccessChange:
        # Written down first: whoever finds it like this cannot know whether it was done.
        change = self.changes.save(replace(change, phase=Phase.SWITCHING))
        try:
            self.exchange.set_default(change.wanted)
            watching = replace(change, phase=Phase.WATCHING, switched_at=self.clock())
            change = self.changes.save(watching)
        except Contended as overtaken:
            self._restore(change, overtaken)
            raise
        except Failure as fault:
            return self._roll_back(change, str(fault))
        return self._watch(change)

    def _watch_again(self, change: DefaultAccessChange) -> DefaultAccessChange:
        if self._since_switch(change) > LONGEST_WATCH:
            return self._roll_back(change, "nobody could see in time what the new default did")
        return self._watch(change)

    def _watch(self, change: DefaultAccessChange) -> DefaultAccessChange:
        """Look whom the new default holds."""
        try:
            standings = self.exchange.everything()
            policy = self.exchange.access_policy()
        except Failure as fault:
            return self._roll_back(change, str(fault))
        exposed = [each for each in standings if coverage.is_exposed(each, policy, change)]
        if exposed:
            why = f"the new default shut out {_named(exposed)}: order the change again"
            return self._roll_back(change, why)
        if policy.default is change.wanted:
            done = replace(change, devices=len(standings))
            return self._end(done, Phase.DONE, "everyone kept access")
        if policy.default is not change.before:
            return self._overtaken(change, policy)
        if self._since_switch(change) > SETTLE:
            return self._roll_back(change, "the new default did not show, or was taken back")
        raise _not_yet_visible()

    def _roll_back(self, change: DefaultAccessChange, why: str) -> DefaultAccessChange:
        """Restore the level before, first of all; whatever fails is tried again later."""
        try:
            self._restore(change, None)
        except Failure as fault:
            if change.phase is not Phase.ROLLING_BACK:
                self.changes.save(replace(change, phase=Phase.ROLLING_BACK, why=why))
            raise Retryable(f"still rolling back: {fault}", after=NOT_YET_VISIBLE) from fault
        return self._end(change, Phase.ROLLED_BACK, why)

    def _restore(self, change: DefaultAccessChange, cause: Failure | None) -> None:
        if change.before is None:
            raise AssertionError("what is switched was recorded before") from cause
        if self.exchange.set_default(change.before) is not change.before:
            raise _not_yet_visible() from cause

    def _overtaken(self, change: DefaultAccessChange, policy: AccessPolicy) -> DefaultAccessChange:
        why = f"somebody else changed the default from {change.before} to {policy.default}"
        return self._end(change, Phase.REFUSED, f"{why}: order again what is wanted now")

    def _end(self, change: DefaultAccessChange, phase: Phase, why: str) -> DefaultAccessChange:
        return self.changes.save(replace(change, phase=phase, why=why))

    def _since_switch(self, change: DefaultAccessChange) -> timedelta:
        return self.clock() - (change.switched_at or change.started_at)


def _is_of(order: DefaultAccessChange, change: DefaultAccessChange) -> bool:
    """Whether the stored change is the order's, and not another's that took its id."""
    return (change.tenant_id, change.wanted) == (order.tenant_id, order.wanted)


def _not_yet_visible() -> Retryable:
    return Retryable(
        "Exchange took the new default but does not show it yet", after=NOT_YET_VISIBLE
    )


def _named(standings: Sequence[Standing]) -> str:
    first = standings[0].device
    others = f" and {len(standings) - 1} more" if len(standings) > 1 else ""
    return f"device {first.device_id} of {first.mailbox}{others}"
