"""Held words leave: many at somebody's word, those that were on their way, those nobody wanted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from shared.devices.guard import Approval
from shared.devices.operation import Operation, State
from shared.devices.release import HeldWord, Release, opened_by_release
from shared.devices.tenant_change import Altered
from shared.errors import Conflict, Unfinished
from shared.flows.approval import Approvals, approved, is_asked_by, is_ordered_as
from shared.flows.guard_ports import HeldWords
from shared.flows.ports import Clock, Journal

AT_ONCE = 16  # words; as many as a message on device-signals holds
MOST = 800  # words in one handling
ENOUGH = timedelta(minutes=1)  # for one handling
PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """Each word is approved, put on its queue and forgotten: whoever goes on finds the others."""

    words: HeldWords
    approvals: Approvals
    journal: Journal
    clock: Clock
    expires: timedelta  # after which what is held is given up
    most: int = MOST
    enough: timedelta = ENOUGH

    def handle(self, release: Release) -> None:
        """
        Let what is meant go on, in the order of its arrival; Unfinished while there is more.

        Conflict unless an approver has ordered it: its message alone approves nothing, for
        whoever may put orders on the queue can write one.
        """
        operation = self._ordered(release)
        if operation.is_finished:
            return
        began, gone, since = self.clock(), 0, operation.opened_at
        found = self.words.each(release.tenant_id, until=since)
        meant = (word for word in found if release.is_meant(word))
        while batch := list(islice(meant, AT_ONCE)):
            gone += self._let_go(batch, release.approval, since)
            if gone >= self.most or self.clock() - began >= self.enough:
                noted = self._noted(operation, gone, State.PLANNED)
                raise Unfinished(noted.history[-1].note, after=PAUSE)
        self._noted(operation, gone, State.DONE)

    def look(self, tenant_id: str) -> None:
        """Let go what was approved and is still here; give up what nobody approved in time."""
        until = self.clock() + self.enough
        self._go_through(self.words.stranded(tenant_id), until)
        late = self.clock() - self.expires
        self._go_through(self.words.each(tenant_id, until=late), until)

    def _ordered(self, release: Release) -> Operation:
        """Return the operation that was stored when an approver ordered the release."""
        operation = self.journal.find(release.tenant_id, release.release_id)
        asked = opened_by_release(release, self.clock(), f"person:{release.approval.by}")
        if operation is None or not is_ordered_as(operation, asked):
            raise Conflict("no approver has ordered this release")
        return operation

    def _let_go(self, batch: list[HeldWord], approval: Approval, until: datetime) -> int:
        leaving = [word for word in batch if self._is_leaving(word, approval, until)]
        self.approvals.let_go(leaving)
        return len(leaving)

    def _is_leaving(self, word: HeldWord, approval: Approval, until: datetime) -> bool:
        """Approve one held operation; those of the approver's own stay where they are."""
        operation = self.journal.find(word.tenant_id, word.operation_id)
        if operation is None:
            return False
        if operation.is_held_back and operation.refusal is None:
            is_own = is_asked_by(operation, approval.by, approval.name)
            # Opened before, and held since: the approver cannot have seen it among the held.
            if is_own or (operation.hold is not None and operation.hold.since > until):
                return False
            said = replace(approval, at=self.clock())
            operation = self.journal.save(approved(operation, said))
        # Also what somebody approved before, and died; one that has ended is told so once more.
        return operation.approval is not None or operation.is_finished

    def _noted(self, operation: Operation, gone: int, state: State) -> Operation:
        before = operation.altered.after if operation.altered else None
        released = gone + int((before or {}).get("released", 0))
        says = f"{released} held operations were let go on"
        altered = Altered(says=says, before=None, after={"released": released})
        noted = replace(operation, altered=altered).stepped(state, says, self.clock())
        return self.journal.save(noted)

    def _go_through(self, words: Iterable[HeldWord], until: datetime) -> None:
        for word in words:
            self._look_at(word)
            if self.clock() >= until:
                return  # the others are looked at next time

    def _look_at(self, word: HeldWord) -> None:
        operation = self.journal.find(word.tenant_id, word.operation_id)
        if operation is None:
            return
        if operation.approval is not None or operation.is_finished:
            self.approvals.let_go([word])
        elif operation.is_held_back and operation.refusal is not None:
            said = operation.refusal
            self.approvals.end(operation, f"refused by {said.name}: {said.note}")
        elif operation.hold is not None and operation.is_held_back:
            self._expire(operation, operation.hold.since, operation.hold.says)

    def _expire(self, operation: Operation, since: datetime, says: str) -> None:
        if self.clock() - since >= self.expires:
            self.approvals.end(operation, f"nobody approved it in {self.expires}; {says}")
