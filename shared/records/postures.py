"""
What was last reported about each device, the newest report winning: table `postures`.

Senders of full trust and those that may only tighten are kept apart: an unsigned report
must not make a signed one old. A signed one makes an unsigned one old.

Whose a device is has a row of its own: the newest report of full trust that says so. One
that does not say leaves it as it is.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from shared.devices.model import Ownership, Posture, Signal, Trust
from shared.records.newest import Age, Newest
from shared.records.tables import Entity, Table

OWNERSHIP = "ownership"
ALMOST_A_SECOND = timedelta(microseconds=999_999)


class Postures:
    """Partition: tenant; row: hash of mailbox and device id, without case, and the trust."""

    def __init__(self, table: Table) -> None:
        plural = "reports about one device"
        self._reports = Newest(table=table, entity=_report, read=_signal, age=_age, plural=plural)
        self._owners = Newest(table=table, entity=_owner, read=_signal, age=_age, plural=plural)

    def keep(self, signal: Signal) -> Signal:
        """Store the signal unless a newer one makes it old; return the one that stands."""
        if signal.trust is Trust.TIGHTEN:
            trusted = self._stored(signal, Trust.FULL)
            if trusted and _age(trusted) >= _age(signal):
                return trusted
        elif signal.ownership is not Ownership.UNKNOWN:
            self._owners.keep(signal)
        return self._reports.keep(signal)

    def newest(self, signal: Signal) -> Signal:
        """Return the newest signal known about the same device, whoever sent it."""
        known = [self._stored(signal, trust) for trust in Trust]
        return max([signal, *(each for each in known if each)], key=_age)

    def known(self, tenant_id: str, mailbox: str, *, device_id: str) -> list[Signal]:
        """Return what was last reported about a device, the newest first."""
        rows = [_row(mailbox, device_id, trust) for trust in Trust]
        found = [each for row in rows for each in self._reports.known(tenant_id, row)]
        return sorted(found, key=_age, reverse=True)

    def ownership(self, tenant_id: str, mailbox: str, *, device_id: str) -> Ownership:
        """Return whose the device is, as a sender of full trust last said."""
        said = self._owners.find(tenant_id, _row(mailbox, device_id, OWNERSHIP))
        return said.ownership if said else Ownership.UNKNOWN

    def _stored(self, signal: Signal, trust: Trust) -> Signal | None:
        return self._reports.find(signal.tenant_id, _row(signal.mailbox, signal.device_id, trust))


def _age(signal: Signal) -> Age:
    """
    Return how new a report is.

    A time in whole seconds may be any moment of that second: where letting in and shutting
    out fall together, shutting out is taken for the later.
    """
    said = signal.occurred_at
    is_whole = not said.microsecond and signal.posture is not Posture.COMPLIANT
    return said + ALMOST_A_SECOND if is_whole else said, signal.signal_id


def _row(mailbox: str, device_id: str, kind: str) -> str:
    told_apart = f"{mailbox}\0{device_id}".lower()
    return f"{sha256(told_apart.encode()).hexdigest()}-{kind}"


def _report(signal: Signal) -> Entity:
    return _entity(signal, signal.trust)


def _owner(signal: Signal) -> Entity:
    return _entity(signal, OWNERSHIP)


def _entity(signal: Signal, kind: str) -> Entity:
    return {
        "PartitionKey": signal.tenant_id,
        "RowKey": _row(signal.mailbox, signal.device_id, kind),
        "signal_id": signal.signal_id,
        "sender": signal.sender,
        "trust": signal.trust.value,
        "posture": signal.posture.value,
        "mailbox": signal.mailbox,
        "device_id": signal.device_id,
        "occurred_at": signal.occurred_at.isoformat(),
        "ownership": signal.ownership.value,
    }


def _signal(entity: Entity) -> Signal:
    return Signal(
        signal_id=str(entity["signal_id"]),
        tenant_id=str(entity["PartitionKey"]),
        sender=str(entity["sender"]),
        trust=Trust(str(entity["trust"])),
        posture=Posture(str(entity["posture"])),
        mailbox=str(entity["mailbox"]),
        device_id=str(entity["device_id"]),
        occurred_at=datetime.fromisoformat(str(entity["occurred_at"])),
        ownership=Ownership(str(entity.get("ownership", ""))),
    )
