"""What the MDM last said about each device, the newest report winning: table `postures`."""

from datetime import datetime
from hashlib import sha256

from shared.devices.model import Posture, Signal, Trust
from shared.errors import Contended
from shared.records.tables import Entity, Table

ATTEMPTS = 5  # at one row, before another worker's flood of reports is left to settle


class Postures:
    """Partition: tenant; row: hash of mailbox and device id, compared without case."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, signal: Signal) -> Signal:
        """Store the signal unless a newer one is known; return the newest."""
        for _ in range(ATTEMPTS):
            stored = self._table.get(signal.tenant_id, _row(signal))
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

    def newest(self, signal: Signal) -> Signal:
        """Return the newest signal known about the same device."""
        stored = self._table.get(signal.tenant_id, _row(signal))
        return _signal(stored) if stored else signal


def _age(signal: Signal) -> tuple[datetime, str]:
    """Order signals; of two with one time, all workers must prefer the same."""
    return signal.occurred_at, signal.signal_id


def _row(signal: Signal) -> str:
    return sha256(f"{signal.mailbox}\0{signal.device_id}".lower().encode()).hexdigest()


def _entity(signal: Signal) -> Entity:
    return {
        "PartitionKey": signal.tenant_id,
        "RowKey": _row(signal),
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
