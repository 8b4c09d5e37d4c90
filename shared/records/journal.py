"""Every operation, from what was asked to what came of it: table `journal`."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec

from shared.devices.model import Decision, Device
from shared.devices.operation import Operation, State, Step
from shared.devices.subject import Link, Partnership, Report
from shared.devices.tenant_change import Altered, TenantChange
from shared.errors import Contended
from shared.records.tables import Entity, Table
from shared.telemetry import measures

T = TypeVar("T")
PROPERTY_LIMIT = 60_000  # bytes of UTF-16; Table storage takes 64 KiB
LEAST_STEPS = 2


class Journal:
    """Partition: tenant; row: operation id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, operation: Operation) -> Operation:
        """Store a new operation, or return the one already stored under its id."""
        etag = self._table.insert(_entity(operation))
        if etag is not None:
            return replace(operation, etag=etag)
        stored = self.find(operation.tenant_id, operation.operation_id)
        if stored is None:
            raise Contended("the operation's record came and went: try again")
        return stored

    def save(self, operation: Operation) -> Operation:
        """Store a step; Contended if another worker has moved the operation meanwhile."""
        saved = replace(operation, etag=self._table.replace(_entity(operation), operation.etag))
        if saved.state is not State.PLANNED:
            decided = saved.decision.action if saved.decision else None
            measures.action(saved.tenant_id, decided or saved.asked, saved.state)
        return saved

    def find(self, tenant_id: str, operation_id: str) -> Operation | None:
        """Return the operation, if there is one."""
        entity = self._table.get(tenant_id, operation_id)
        return _operation(entity) if entity else None

    def ping(self) -> None:
        """Raise a Failure unless the journal can be read."""
        self._table.ping()


class _Row(msgspec.Struct, kw_only=True):
    """The entity's columns; what has structure is JSON text."""

    PartitionKey: str
    RowKey: str
    asked: str
    asked_by: str
    mailbox: str
    device_id: str
    opened_at: str
    state: State
    decision: str = ""
    attempted_at: str = ""
    acted_at: str = ""
    after: str = ""
    even_if_personal: bool = False
    awaited_since: str = ""
    acknowledged_at: str = ""
    change: str = ""
    altered: str = ""
    report: str = ""
    candidates: str = ""
    matched: str = ""
    repairs: str = ""
    history: str = "[]"
    etag: str = ""


def _entity(operation: Operation) -> Entity:
    row = _Row(
        PartitionKey=operation.tenant_id,
        RowKey=operation.operation_id,
        asked=operation.asked,
        asked_by=operation.asked_by,
        mailbox=operation.mailbox,
        device_id=operation.device_id,
        opened_at=operation.opened_at.isoformat(),
        state=operation.state,
        decision=_text(operation.decision),
        attempted_at=_written(operation.attempted_at),
        acted_at=_written(operation.acted_at),
        after=_text(operation.after),
        even_if_personal=operation.even_if_personal,
        awaited_since=_written(operation.awaited_since),
        acknowledged_at=_written(operation.acknowledged_at),
        change=_text(operation.change),
        altered=_text(operation.altered),
        report=_text(operation.report),
        candidates=_text(operation.candidates),
        matched="" if operation.matched is None else _json(operation.matched),
        repairs=operation.repairs,
        history=_history(operation.history),
    )
    columns = msgspec.structs.asdict(row)
    del columns["etag"]
    return {**columns, "state": operation.state.value}


def _operation(entity: Entity) -> Operation:
    row = msgspec.convert(entity, _Row)
    return Operation(
        operation_id=row.RowKey,
        tenant_id=row.PartitionKey,
        asked=row.asked,
        asked_by=row.asked_by,
        mailbox=row.mailbox,
        device_id=row.device_id,
        opened_at=datetime.fromisoformat(row.opened_at),
        state=row.state,
        decision=_read(row.decision, Decision),
        attempted_at=_moment(row.attempted_at),
        acted_at=_moment(row.acted_at),
        after=_read(row.after, Device),
        even_if_personal=row.even_if_personal,
        awaited_since=_moment(row.awaited_since),
        acknowledged_at=_moment(row.acknowledged_at),
        change=_change(row.change),
        altered=_read(row.altered, Altered),
        report=_read(row.report, Report),
        candidates=_read(row.candidates, tuple[Partnership, ...]) or (),
        matched=_read(row.matched, tuple[Link, ...]),
        repairs=row.repairs,
        history=msgspec.json.decode(row.history, type=tuple[Step, ...]),
        etag=row.etag,
    )


def _history(steps: tuple[Step, ...]) -> str:
    """Return the steps as text that fits one property; the oldest but the first give way."""
    while True:
        text = msgspec.json.encode(steps).decode()
        if len(text.encode("utf-16-le")) <= PROPERTY_LIMIT or len(steps) <= LEAST_STEPS:
            return text
        steps = (steps[0], *steps[2:])


def _text(value: object | None) -> str:
    return _json(value) if value else ""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read(text: str, shape: type[T]) -> T | None:
    return msgspec.json.decode(text, type=shape) if text else None


def _change(text: str) -> TenantChange | None:
    if not text:
        return None
    change: TenantChange = msgspec.json.decode(text, type=TenantChange)
    return change


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
