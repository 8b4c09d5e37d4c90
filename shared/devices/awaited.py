"""By which names a report waits for a device that Exchange does not know yet."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.devices.derived_ids import derived_ids, imei, plain
from shared.devices.inventory import MobileDevice
from shared.devices.model import Signal
from shared.devices.subject import Report, Subject

MOMENT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """A report that waits for a device of this name, as far as was seen."""

    report: Report
    name: str
    mark: str  # of the record that says so: it tells whether that has changed since


def of_subject(said: Subject) -> tuple[str, ...]:
    """Return the names of a device that may appear; none if nothing would tell that it does."""
    given = plain(said.eas_device_id)
    made = [each.device_id for each in derived_ids(said)]
    return _names([said.upn, said.mail], [given, *made], said.imei)


def of_device(device: MobileDevice, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a device that has appeared in the mailbox of these addresses."""
    return _names(addresses, [plain(device.device_id)], device.imei)


def report_again(report: Report, told_apart: str) -> Report:
    """Return the report as one of its own, a moment newer: of two words the newer stands."""
    own_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{report.report_id}|{told_apart}")
    return replace(report, report_id=str(own_id), occurred_at=report.occurred_at + MOMENT)


def signal_again(signal: Signal, told_apart: str, why: str) -> Signal:
    """
    Return what was reported as a word of its own, a moment newer than the one it repeats.

    A time in whole seconds may count as the end of its second.
    """
    own_id = uuid.uuid5(uuid.NAMESPACE_OID, told_apart)
    later = MOMENT if signal.occurred_at.microsecond else SECOND + MOMENT
    return replace(
        signal,
        signal_id=str(own_id),
        occurred_at=signal.occurred_at + later,
        verified_by=why,
    )


def _names(owners: Iterable[str], device_ids: Iterable[str], number: str) -> tuple[str, ...]:
    named = [
        *(("owner", owner.strip().lower()) for owner in owners),
        *(("device", device_id) for device_id in device_ids),
        ("imei", imei(number)),
    ]
    return tuple(dict.fromkeys(f"{kind}:{name}" for kind, name in named if name))
