"""A device has appeared: reports that waited for it are tried again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.devices import awaited
from shared.devices.awaited import Awaiting
from shared.devices.groups import Seen
from shared.devices.inventory_run import Run
from shared.devices.subject import Report
from shared.errors import Failure
from shared.flows.ports import Partnerships
from shared.flows.recognition_ports import Awaited, Reports, SenderQueue

Addresses = Callable[[Seen], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """Finds them, and puts each on the queue as a report of its own."""

    awaited: Awaited
    reports: Reports
    partnerships: Partnerships
    queue: SenderQueue

    def has_any(self, run: Run) -> bool:
        """Whether any report waits."""
        return self.awaited.has_any(run.tenant_id)

    def wake(self, run: Run, appeared: Sequence[Seen], addresses: Addresses) -> None:
        """Try the reports again that wait for one of these devices."""
        found = [
            (waiting, seen.device.guid)
            for seen in appeared
            for waiting in self.awaited.of(
                run.tenant_id, awaited.of_device(seen.device, addresses(seen))
            )
        ]
        again = [self._again(waiting, guid) for waiting, guid in found]
        self.queue.put_words([report for report in again if report is not None])
        for waiting, _ in found:
            self.awaited.drop(waiting)

    def listed(self, seen: Seen) -> list[str]:
        """Return the addresses of a device's mailbox that the inventory has."""
        return [seen.mailbox.address, seen.mailbox.upn]

    def all(self, seen: Seen) -> list[str]:
        """Return all its addresses, for which Exchange is asked: a UPN is not listed."""
        try:
            found = self.partnerships.of_owner(seen.mailbox.address)
        except Failure:  # a mailbox that Exchange is at odds about must not stop the others
            found = ()
        return [*self.listed(seen), *sorted({name for each in found for name in each.addresses})]

    def _again(self, waiting: Awaiting, guid: str) -> Report | None:
        """Return the report as one of its own; None if a newer one was tried since."""
        newest = self.reports.newest(waiting.report)
        if newest.report_id != waiting.report.report_id:
            return None
        return awaited.report_again(newest, guid)
