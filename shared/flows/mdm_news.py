"""What an MDM's list says of a device, beside what was said before: a report, or nothing new."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from shared.devices.model import Ownership, Posture
from shared.devices.polling import Known
from shared.devices.subject import Report, Subject
from shared.flows.poll_ports import Heard, PolledSender

VANISHED = ""  # a fingerprint that no device has
TICK = timedelta(microseconds=1)


def listed(
    sender: PolledSender, heard: Heard, known: Known | None, *, verified_by: str, now: datetime
) -> Known | None:
    """Return the device as it is known from now on; None while nothing was ever said of it."""
    fingerprint = _fingerprint(sender, heard)
    if heard.posture is None or (known and known.fingerprint == fingerprint):
        return known and replace(known, seen_at=now)
    number = known.number + 1 if known else 1
    report = Report(
        report_id=_id(sender, heard.subject, fingerprint, number=number, at=heard.occurred_at),
        tenant_id=sender.tenant_id,
        sender=sender.name,
        trust=sender.trust,
        posture=heard.posture,
        subject=heard.subject,
        occurred_at=_moment(heard.occurred_at, known, now),
        ownership=heard.ownership,
        verified_by=verified_by,
    )
    return Known(report=report, fingerprint=fingerprint, number=number, seen_at=now)


def vanished(sender: PolledSender, known: Known, now: datetime) -> Known:
    """Return a device that the MDM lists no more: it is retired, unless that was on its way."""
    if known.report.posture is Posture.RETIRED:
        return known
    number = known.number + 1
    report = replace(
        known.report,
        report_id=_id(sender, known.report.subject, VANISHED, number=number, at=known.seen_at),
        posture=Posture.RETIRED,
        occurred_at=_moment(None, known, now),
        ownership=Ownership.UNKNOWN,
    )
    return replace(known, report=report, fingerprint=VANISHED, number=number, is_told=False)


def _id(
    sender: PolledSender, subject: Subject, fingerprint: str, *, number: int, at: datetime | None
) -> str:
    """
    Return the same id for the same news, however often it is found.

    The number is in it because a device can go there and back between two of its own reports.
    """
    told_apart = (sender.name, subject.mdm_id, fingerprint, str(number), str(at or ""))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\0".join(told_apart)))


def _moment(reported_at: datetime | None, known: Known | None, now: datetime) -> datetime:
    """
    Return when it came to be so: with the device's own report, or since what we last heard.

    Later than anything said of the device before, or it would be taken for old; not in the
    future, where it would outrank all that is to come.
    """
    found = min(reported_at or now, now)
    if known is None or found > known.report.occurred_at:
        return found
    return max(now, known.report.occurred_at + TICK)


def _fingerprint(sender: PolledSender, heard: Heard) -> str:
    """
    Return a hash of what matters: not of its name, nor of the version of its system.

    How far the sender is trusted matters: with more trust, all it says has to be heard again.
    """
    said = heard.subject
    names = (said.upn, said.mail, said.eas_device_id, said.serial, said.udid, said.imei)
    told = "\0".join((sender.tenant_id, sender.trust, str(heard.posture), heard.ownership, *names))
    return sha256(told.lower().encode(errors="replace")).hexdigest()
