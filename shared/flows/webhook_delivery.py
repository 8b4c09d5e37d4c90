"""An MDM's webhook has come in and is verified: put what it says on the queue."""

from typing import Protocol

from shared.devices.model import Signal
from shared.devices.subject import Counted, Link, Report
from shared.flows.recognition_ports import SenderQueue


class Delivery(Protocol):
    """One verified webhook call."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """What it says about devices, as far as it concerns us."""
        ...

    @property
    def unknown(self) -> tuple[str, ...]:
        """The kinds of event in it that nobody knows."""
        ...

    @property
    def wanted(self) -> tuple[str, ...]:
        """What it asks us to do about the sender's subscription."""
        ...


class Unheeded(Protocol):
    """Which kinds of event senders send that nobody knows."""

    def count(self, sender: str, kind: str) -> None:
        """Count one."""
        ...

    def of(self, sender: str) -> list[Counted]:
        """Return what was counted of one sender."""
        ...


class Chores(Protocol):
    """What is to be done for each sender, by the clock."""

    def want(self, sender: str, what: str) -> None:
        """Note what is to be done, from now on."""
        ...


def take_in(
    sender: str,
    delivery: Delivery,
    *,
    queue: SenderQueue,
    unheeded: Unheeded,
    chores: Chores,
) -> tuple[str, ...]:
    """
    Store what was said, and return the ids of the operations it starts.

    A repeated delivery is stored again under the same ids: it is the same operation.
    """
    queue.put_words([as_signal(report) or report for report in delivery.reports])
    for what in delivery.wanted:
        chores.want(sender, what)
    for kind in delivery.unknown:
        unheeded.count(sender, kind)
    return tuple(report.report_id for report in delivery.reports)


def as_signal(report: Report) -> Signal | None:
    """Return what a sender that names the partnership itself says; None if it does not."""
    said = report.subject
    if not (said.mail and said.eas_device_id):
        return None
    if any((said.upn, said.directory_id, said.serial, said.udid, said.imei, said.mdm_id)):
        return None  # then it is the MDM's idea of the mailbox, not Exchange's
    return report.of(Link(mailbox=said.mail, device_id=said.eas_device_id), report.report_id)
