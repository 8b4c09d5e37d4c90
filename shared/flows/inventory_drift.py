"""
Devices that are not as they were last said to be are brought back, or only counted.

A repair is the last word once more, under an id of its own: the ordinary story of reports
and orders decides what it comes to. No repair asks for a wipe.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.devices import awaited, drift
from shared.devices.bookmark import Bookmark
from shared.devices.drift import Line, Ordered, Reported, Verdict
from shared.devices.groups import Seen, name_of
from shared.devices.inventory_run import Run
from shared.devices.model import AccessPolicy, Action, Command, Order, Posture, Signal, WipeState
from shared.devices.said import Said
from shared.flows.inventory_ports import (
    ExchangeInventory,
    KnownOrders,
    KnownPostures,
    RepairQueue,
)
from shared.flows.ports import Journal

ASKED_BY = "inventory"
SETTLE = timedelta(minutes=15)  # in which a word may be on its way, or not show yet
REASON_LIMIT = 1000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A partnership, and the newest words about it."""

    seen: Seen
    reported: Reported | None
    orders: tuple[Ordered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """Compares devices with what was said about them, and repeats it where it does not hold."""

    exchange: ExchangeInventory
    postures: KnownPostures
    orders: KnownOrders
    journal: Journal
    queue: RepairQueue
    repair_drift: bool  # False: drift is counted and told, and left to a person
    repairs_per_run: int

    def said(self, run: Run, seen: Seen) -> Said:
        """Return what was said about a device."""
        name, device_id = name_of(seen.mailbox), seen.device.device_id
        return Said(
            signals=tuple(self.postures.known(run.tenant_id, name, device_id=device_id)),
            orders=tuple(self.orders.known(run.tenant_id, name, device_id=device_id)),
        )

    def verdicts(self, run: Run, policy: AccessPolicy, cases: Sequence[Case]) -> list[Verdict]:
        """Judge each case; of lost devices Exchange is asked whether a wipe stands."""
        judged = [_verdict(run, policy, case) for case in cases]
        lost = [case for case, found in zip(cases, judged, strict=True) if _is_open(case, found)]
        if not lost:
            return judged
        wipes = self.exchange.statistics([case.seen.device.guid for case in lost])
        return [
            _verdict(run, policy, case, wipes.get(case.seen.device.guid)) if case in lost else found
            for case, found in zip(cases, judged, strict=True)
        ]

    def repair(
        self, run: Run, mark: Bookmark, cases: Sequence[Case], verdicts: Sequence[Verdict]
    ) -> Bookmark:
        """Repeat the last word where it does not hold, within the run's budget; count it."""
        drifted = [
            (case.seen, found)
            for case, found in zip(cases, verdicts, strict=True)
            if found.line is Line.DRIFTED
        ]
        mendable = [each for each in drifted if each[1].wanted is not None]
        budget = max(self.repairs_per_run - mark.repaired, 0) if self.repair_drift else 0
        allowed = [(seen, found) for seen, found in mendable[:budget] if self._may(run, seen)]
        signals = [self._again(run, seen, found) for seen, found in allowed]
        self.queue.put_words([each for each in signals if each is not None])
        return mark.mended(len(drifted), len(allowed))

    def note(self, mark: Bookmark) -> str:
        """Say what was found, and what was done about it."""
        if not mark.drifted:
            return ""
        found = f"devices not as last said: {mark.drifted}"
        if not self.repair_drift:
            return f"{found}, none repaired, as repair_drift is off"
        left = mark.drifted - mark.repaired
        rest = f", left to the next run or to a person: {left}" if left else ""
        return f"{found}, repaired: {mark.repaired}{rest}"

    def _may(self, run: Run, seen: Seen) -> bool:
        """Whether the last word counts: one that was held is not repeated behind its approver."""
        word = self.said(run, seen).standing
        known = self.journal.find(word.tenant_id, word.word_id) if word else None
        return known is None or not known.lacks_approval

    def _again(self, run: Run, seen: Seen, found: Verdict) -> Signal | None:
        """Return the report that is to be repeated; what was ordered is ordered again."""
        word = self.said(run, seen).standing
        told_apart = f"{run.run_id}|{seen.device.guid}"
        if isinstance(word, Order) or (word and word.posture is Posture.LOST):
            self.queue.put_command(_command(run, seen, found, told_apart))
            return None
        if word is None:
            return None  # it was withdrawn meanwhile
        return awaited.signal_again(word, told_apart, f"what was kept; inventory {run.run_id}")


def _verdict(run: Run, policy: AccessPolicy, case: Case, wipe_state: object = None) -> Verdict:
    return drift.verdict(
        case.seen,
        policy,
        reported=case.reported,
        orders=case.orders,
        as_of=run.started_at - SETTLE,
        wipe_state=wipe_state if isinstance(wipe_state, WipeState) else None,
    )


def _is_open(case: Case, found: Verdict) -> bool:
    """Whether only the device's statistics can tell."""
    is_lost = case.reported is not None and case.reported.posture is Posture.LOST
    return is_lost and found.line is Line.UNKNOWN and not case.seen.on_blocked_list


def _command(run: Run, seen: Seen, found: Verdict, told_apart: str) -> Command:
    return Command(
        command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, told_apart)),
        tenant_id=run.tenant_id,
        action=found.wanted or Action.BLOCK,
        mailbox=name_of(seen.mailbox),
        device_id=seen.device.device_id,
        reason=f"restored by inventory {run.run_id}: {found.why}"[:REASON_LIMIT],
        requested_by=ASKED_BY,
    )
