"""
By the clock: ask the MDMs that cannot call us, and report each device that is not as it was.

Two kinds of rounds: through the devices that have reported to their MDM lately, in every run;
and through all of them from time to time, for what changes without the device's doing, and
for devices that have vanished. Neither has to end in the run in which it began.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.devices.polling import Extent, Known, Missing, Progress, Round
from shared.errors import Failure, Misconfigured
from shared.flows.mdm_news import listed, vanished
from shared.flows.poll_ports import Page, Polled, PolledSender, ReportQueue
from shared.flows.ports import Clock
from shared.flows.webhook_delivery import Unheeded

PAGES = 20  # of each extent in one run
ENOUGH = timedelta(minutes=6)  # for one run: a function ends after ten, and a page takes its time
# The MDM's clock is not ours, and its search may lag behind what devices report.
OVERLAP = timedelta(minutes=15)
FULL_EVERY = timedelta(hours=1)
FEW = 10  # devices may vanish at once, whatever their share
AT_ONCE = 20  # vanished devices, between two looks at the clock

Trouble = tuple[str, Failure]  # the sender's name, and why it could not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """The asking of all senders that have to be asked."""

    senders: Sequence[PolledSender]
    polled: Polled
    queue: ReportQueue
    unheeded: Unheeded
    clock: Clock
    full_every: timedelta = FULL_EVERY
    pages: int = PAGES
    enough: timedelta = ENOUGH

    def run(self) -> list[Trouble]:
        """Ask each sender, as far as time allows; return what went wrong with which."""
        troubles: list[Trouble] = []
        ends_at = self.clock() + self.enough
        for place, sender in enumerate(self.senders):
            share = (ends_at - self.clock()) / (len(self.senders) - place)
            try:
                self._ask(sender, share)
            except Failure as failure:
                troubles.append((sender.name, failure))
        return troubles

    def _ask(self, sender: PolledSender, share: timedelta) -> None:
        half = self.clock() + share / 2
        self._changes(sender, lambda: self.clock() < half)
        end = half + share / 2
        self._whole(sender, lambda: self.clock() < end)

    def _changes(self, sender: PolledSender, has_time: Callable[[], bool]) -> None:
        """Go on with a round through what has changed since the last one started."""
        progress, now = self.polled.progress(sender.name, Extent.CHANGES), self.clock()
        if progress.current is None:
            since = (progress.last_at or now) - OVERLAP
            progress = replace(progress, current=Round(started_at=now, since=since))
        progress = self._walk(sender, Extent.CHANGES, progress, has_time)
        if progress.current and progress.current.is_walked:
            self._end(sender, Extent.CHANGES, progress, progress.current)

    def _whole(self, sender: PolledSender, has_time: Callable[[], bool]) -> None:
        """Begin or go on with a round through all devices, if it is time for one."""
        progress, now = self.polled.progress(sender.name, Extent.WHOLE), self.clock()
        if progress.current is None:
            if progress.last_at and now - progress.last_at < self.full_every:
                return
            progress = replace(progress, current=Round(started_at=now))
        progress = self._walk(sender, Extent.WHOLE, progress, has_time)
        if progress.current is None or not progress.current.is_walked:
            return
        # Not seen since the round before this began: missing in two of them.
        missing = self._missing(sender, progress.last_at)
        is_believed = _is_believed(missing)
        if is_believed and not self._retire(sender, missing.devices, has_time):
            return  # the next run looks again for those that are left
        self._end(sender, Extent.WHOLE, progress, progress.current)
        if not is_believed:
            raise _too_many(missing)

    def _walk(
        self,
        sender: PolledSender,
        extent: Extent,
        progress: Progress,
        has_time: Callable[[], bool],
    ) -> Progress:
        """Take in page after page; each is noted once all that it says is told."""
        for turn in range(self.pages):
            going = progress.current
            if going is None or going.is_walked or (turn and not has_time()):
                break
            page = sender.listing.page(going.since, going.place)
            self._take_in(sender, page)
            gone_on = replace(going, place=page.following or "", is_walked=page.following is None)
            progress = self.polled.save(sender.name, extent, replace(progress, current=gone_on))
        return progress

    def _end(self, sender: PolledSender, extent: Extent, progress: Progress, ended: Round) -> None:
        done = replace(progress, current=None, last_at=ended.started_at)
        self.polled.save(sender.name, extent, done)

    def _take_in(self, sender: PolledSender, page: Page) -> None:
        now = self.clock()
        latest = {heard.subject.mdm_id: heard for heard in page.heard}
        found = (
            listed(
                sender,
                heard,
                self.polled.find(sender.name, mdm_id),
                verified_by=page.verified_by,
                now=now,
            )
            for mdm_id, heard in latest.items()
        )
        self._tell(sender, [each for each in found if each is not None])
        for kind in dict.fromkeys(page.unknown):
            self.unheeded.count(sender.name, kind)

    def _tell(self, sender: PolledSender, devices: Sequence[Known]) -> None:
        """Write down what is to be told before it is told: whoever dies repeats it as it was."""
        news = [each for each in devices if not each.is_told]
        self.polled.put(sender.name, news)
        self.queue.put_words([each.report for each in news])
        self.polled.put(sender.name, [replace(each, is_told=True) for each in devices])

    def _missing(self, sender: PolledSender, before: datetime | None) -> Missing:
        if before is None:
            return Missing(devices=(), among=0)  # this was the first round
        return self.polled.missing(sender.name, before)

    def _retire(
        self, sender: PolledSender, devices: Sequence[Known], has_time: Callable[[], bool]
    ) -> bool:
        """Report devices that have vanished as retired; False if time did not allow for all."""
        for batch in _batches(devices):
            gone = [each for each in batch if not self._is_found(sender, each)]
            now = self.clock()
            self._tell(sender, [vanished(sender, each, now) for each in gone])
            if not has_time() and batch[-1] is not devices[-1]:
                return False
        return True

    def _is_found(self, sender: PolledSender, known: Known) -> bool:
        """Ask for a device by its name, before its owner's mail is stopped for its absence."""
        page = sender.listing.find(known.mdm_id)
        self._take_in(sender, page)
        return bool(page.heard)


def _batches(devices: Sequence[Known]) -> Iterable[Sequence[Known]]:
    return (devices[start : start + AT_ONCE] for start in range(0, len(devices), AT_ONCE))


def _is_believed(missing: Missing) -> bool:
    """Whether so many can have gone: an account that lost its rights is shown an empty list."""
    return len(missing.devices) <= max(FEW, missing.among // 2)


def _too_many(missing: Missing) -> Misconfigured:
    return Misconfigured(
        f"{len(missing.devices)} of {missing.among} devices are listed no more, and none of them "
        "is reported as retired: see that the account which asks may still look at all devices; "
        "if they are gone indeed, block them by command and give the sender another name in "
        "MDM_SENDERS"
    )
