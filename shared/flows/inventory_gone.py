"""What is gone: what full runs have missed for long enough, and what came back anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from shared.devices.gone import GONE_AFTER, Absence, Renewal, is_evidence, judge, renewals
from shared.devices.inventory import Mailbox, MobileDevice, Part, Scope, key_of
from shared.devices.inventory_run import Outcome, Run
from shared.devices.judged import Judged
from shared.devices.packed_keys import Keys
from shared.flows.inventory_ports import Absences, Pictures, Publishing, Runs

MOST_MISSED = 50_000  # rows; that so many have gone between two runs is not believed
COMPARED = 2_000  # missed rows that may have come back under another guid


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What a run takes out of the picture."""

    keys: Keys
    renewed: tuple[Renewal, ...] = ()  # their old rows are among the keys
    note: str = ""  # why nothing is taken out, where something is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Judges what a run has not seen; the same however often it is asked about one run."""

    runs: Runs
    pictures: Pictures
    publishing: Publishing
    absences: Absences
    gone_after: timedelta = GONE_AFTER

    def gone(self, run: Run, listed: dict[Part, int]) -> Gone:
        """Return what is gone; nothing, unless a full run's listing can show it."""
        if run.scope is not Scope.FULL:
            return Gone(keys=Keys())
        for part, kind in ((Part.MAILBOXES, Mailbox), (Part.DEVICES, MobileDevice)):
            count = listed.get(part, 0)
            before = 0 if count else self._has_any(run, kind)
            if not is_evidence(run.scope, listed=count, before=before):
                return Gone(
                    keys=Keys(),
                    note=f"nothing was removed: Exchange listed no {part} where there were some",
                )
        return self._judged(run)

    def _has_any(self, run: Run, kind: type) -> int:
        """Return 1 if the picture has a row of the kind: how many do not matter."""
        return int(any(isinstance(row, kind) for row in self.pictures.rows(run.tenant_id)))

    def _judged(self, run: Run) -> Gone:
        missed = Keys()
        missed.add_all(b"".join(self._missed(run)))
        if len(missed) > MOST_MISSED:
            return Gone(
                keys=Keys(), note=f"nothing was removed: {len(missed)} rows at once are missing"
            )
        before = self._waiting(run)
        found = judge(before, missed, at=run.started_at, gone_after=self.gone_after)
        # Both sides are kept, so that whoever repeats this comes to the same.
        self.absences.keep(
            run.tenant_id, Judged(run_id=run.run_id, before=before, after=found.waiting)
        )
        renewed = self._renewed(run, missed)
        found.gone.add_all(b"".join(each.before.key for each in renewed))
        return Gone(keys=found.gone, renewed=renewed)

    def _missed(self, run: Run) -> Iterator[bytes]:
        return self.pictures.index(run.tenant_id).missing(self.runs.seen(run))

    def _waiting(self, run: Run) -> tuple[Absence, ...]:
        """Return what complete runs have missed; this one, judged again, is none of them yet."""
        last = self.absences.last(run.tenant_id)
        if last is None:
            return ()
        judging = self.runs.find(run.tenant_id, last.run_id)
        has_counted = judging is None or judging.outcome is Outcome.COMPLETE
        return last.after if has_counted else last.before

    def _renewed(self, run: Run, missed: Keys) -> tuple[Renewal, ...]:
        """Return the devices among those missed that are back under another guid."""
        some = islice(missed, COMPARED)
        absent = [
            row
            for row in self.pictures.rows_of(run.tenant_id, some)
            if isinstance(row, MobileDevice)
        ]
        if not absent:
            return ()
        places = Keys(b"".join(key_of(device.place) for device in absent))
        new = [
            change.after
            for change in self.publishing.changes(run)
            if change.before is None
            and isinstance(change.after, MobileDevice)
            and key_of(change.after.place) in places
        ]
        return renewals(new, absent)
