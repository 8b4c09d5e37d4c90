"""What a run has found to be new, gone or changed, mailbox by mailbox: told, and acted upon."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices import bookmark, last_words
from shared.devices.bookmark import Bookmark
from shared.devices.groups import Seen, name_of
from shared.devices.inventory import Row, Scope
from shared.devices.inventory_run import Run
from shared.devices.last_words import LastWords
from shared.devices.model import AccessPolicy
from shared.devices.said import Said
from shared.devices.sights import Sight, sights
from shared.devices.touched import TOGETHER, Touched
from shared.errors import Unfinished
from shared.flows.inventory_awaited import Waking
from shared.flows.inventory_before import Before, before
from shared.flows.inventory_drift import Case, Reconciling
from shared.flows.inventory_gone import Gone
from shared.flows.inventory_news import Telling, is_news
from shared.flows.inventory_ports import AllWords, Pictures, Publishing, Runs
from shared.flows.ports import Clock

AT_ONCE = 100  # partnerships between two steps of the record: a death repeats no more
MOST_TOLD = 2_000  # in one handling
LAG = timedelta(minutes=15)  # in which Exchange may not show yet what was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What one handling knows of its run."""

    run: Run  # as it stood at the beginning
    gone: Gone
    policy: AccessPolicy
    until: datetime
    words: LastWords | None = None  # None: few devices are concerned, each is looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Goes through everything that has changed, from wherever an earlier attempt left it."""

    runs: Runs
    pictures: Pictures
    publishing: Publishing
    telling: Telling
    waking: Waking
    words: AllWords
    reconciling: Reconciling
    clock: Clock
    most_told: int = MOST_TOLD
    together: int = TOGETHER
    at_once: int = AT_ONCE

    def go_through(self, context: Context) -> Run:
        """Return the run once all is told; Unfinished if that takes longer."""
        run, told = context.run, 0
        words: LastWords | None = None
        known = before(run.tenant_id, self.pictures, self.runs)
        has_waiting = self.waking.has_any(run)
        if known is None and not has_waiting:
            return run  # a first picture is no news
        for number, done, batch in self._batches(context):
            mark = bookmark.read(run.cursor).went(number, done)
            if has_waiting:
                appeared = [each.after for each in batch if each.after and not each.before]
                # In a first picture all have appeared: too many to ask Exchange about each.
                self.waking.wake(run, appeared, self.waking.all if known else self.waking.listed)
            if words is None and len(batch) == self.at_once:
                words = self.words.of(run.tenant_id)  # reading them singly would cost more
            if known is not None:
                since = replace(known, at=known.at - LAG)
                news, mark = self._act(replace(context, words=words), batch, mark, since)
                told += news
            run = self.runs.save(replace(run, cursor=mark.text))
            if told >= self.most_told or self.clock() >= context.until:
                raise Unfinished("what has changed is being told")
        return run

    def _batches(self, context: Context) -> Iterator[tuple[int, int, Sequence[Sight]]]:
        """Yield what is left to do, with the slice, and how far that is done after it."""
        run, mark = context.run, bookmark.read(context.run.cursor)
        changes = self.publishing.changes(run, context.gone.keys)
        touched = Touched(changes, self.together)
        for number in range(mark.slice, touched.slices):
            found = self._sights(context, touched, number)
            start = mark.done if number == mark.slice else 0
            for at in range(start, len(found), self.at_once):
                batch = found[at : at + self.at_once]
                yield number, at + len(batch), batch

    def _sights(self, context: Context, touched: Touched, number: int) -> list[Sight]:
        """Return the partnerships of some mailboxes as they were, and as they are."""
        run = context.run
        earlier: list[Row] = [
            row for row in self.pictures.rows(run.tenant_id) if touched.has(row, number)
        ]
        after = [row for row in earlier if row.key not in context.gone.keys]
        here = {row.key for row in earlier}
        for change in self.publishing.changes(run):
            if change.after is not None and touched.has(change.after, number):
                after.append(change.after)
                if change.before is not None and change.before.key not in here:
                    earlier.append(change.before)  # it came from a mailbox of another slice
        return sights(earlier, after)

    def _act(
        self, context: Context, batch: Sequence[Sight], mark: Bookmark, known: Before
    ) -> tuple[int, Bookmark]:
        """Tell what is news; after a run for changes, mend what has drifted."""
        run = context.run
        looked_at = [
            (sight, self._said(context, sight))
            for sight in batch
            if is_news(sight, known.at) or (run.scope is Scope.CHANGES and sight.after)
        ]
        cases = [_case(sight.after, said) for sight, said in looked_at if sight.after]
        verdicts = self.reconciling.verdicts(run, context.policy, cases)
        drift = dict(zip((case.seen.device.key for case in cases), verdicts, strict=True))
        told = [
            self.telling.tell(
                run, sight, said, gone=context.gone, known=known, drift=drift.get(sight.key)
            )
            for sight, said in looked_at
        ]
        if run.scope is Scope.CHANGES:
            mark = self.reconciling.repair(run, mark, cases, verdicts)
        return sum(told), mark

    def _said(self, context: Context, sight: Sight) -> Said:
        seen = sight.after or sight.before
        if seen is None or (context.words is not None and not _is_known(context.words, seen)):
            return Said()
        return self.reconciling.said(context.run, seen)


def _is_known(words: LastWords, seen: Seen) -> bool:
    return words.has(last_words.name(name_of(seen.mailbox), seen.device.device_id))


def _case(seen: Seen, said: Said) -> Case:
    return Case(seen=seen, reported=said.reported, orders=said.ordered)
