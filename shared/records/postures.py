"""
What was last reported about each device, the newest report winning: table `postures`.

Senders of full trust and those that may only tighten are kept apart: an unsigned report
must not make a signed one old. A signed one makes an unsigned one old.
"""

from datetime import datetime
from hashlib import sha256

from shared.devices.model import Posture, Signal, Trust
from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5  # at one row, before another worker's flood of reports is left to settle


class Postures:
    """Partition: tenant; row: hash of mailbox and device id, without case, and the trust."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, signal: Signal) -> Signal:
        """Store the signal unless a newer one makes it old; return the one that stands."""
        if signal.trust is Trust.TIGHTEN:
            trusted = self._stored(signal, Trust.FULL)
            if trusted and _age(trusted) >= _age(signal):
                return trusted
        return self._keep(signal)

    def newest(self, signal: Signal) -> Signal:
        """Return the newest signal known about the same device, whoever sent it."""
        known = [self._stored(signal, trust) for trust in Trust]
        return max([signal, *(each for each in known if each)], key=_age)

    def _keep(self, signal: Signal) -> Signal:
        for _ in range(ATTEMPTS):
            stored = self._table.get(signal.tenant_id, _row(signal, signal.trust))
            if stored is None:
                if self._table.insert(_entity(signal)) is not None:
                    return signal
                continue
            known = _signal(stored)
            if _age(known) >= _age(signal):
                return known
            try:
                self._table.replace(_entity(signal), str(stored["etag"]))
            except Contended:
                continue
            return signal
        raise Contended("many reports about one device at once: try again")

    def _stored(self, signal: Signal, trust: Trust) -> Signal | None:
        stored = self._table.get(signal.tenant_id, _row(signal, trust))
        return _signal(stored) if stored else None


def _age(signal: Signal) -> tuple[datetime, str]:
    """Order signals; of two with one time, all workers must prefer the same."""
    return signal.occurred_at, signal.signal_id


def _row(signal: Signal, trust: Trust) -> str:
    told_apart = f"{signal.mailbox}\0{signal.device_id}".lower()
    return f"{sha256(told_apart.encode()).hexdigest()}-{trust}"


def _entity(signal: Signal) -> Entity:
    return {
        "PartitionKey": signal.tenant_id,
        "RowKey": _row(signal, signal.trust),
        "signal_id": signal.signal_id,
        "sender": signal.sender,
        "trust": signal.trust.value,
        "posture": signal.posture.value,
        "mailbox": signal.mailbox,
        "device_id": signal.device_id,
        "occurred_at": signal.occurred_at.isoformat(),
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
    )
