"""Every operation, from what was asked to what came of it: table `journal`."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec

from shared.devices.guard import Approval, Hold
from shared.devices.model import Action, Decision, Device, Posture
from shared.devices.operation import Operation, State, Step
from shared.devices.subject import Link, Partnership, Report
from shared.devices.tenant_change import ACTIONS, Altered, TenantChange
from shared.errors import Contended
from shared.records import operation_rows
from shared.records.tables import Entity, Table, Verb, Write
from shared.telemetry import measures

T = TypeVar("T")
PROPERTY_LIMIT = 60_000  # bytes of UTF-16; Table storage takes 64 KiB
LEAST_STEPS = 2
ASKABLE = frozenset({*Action, *Posture, *ACTIONS})


class Journal:
    """Partition: tenant; row: operation id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, operation: Operation) -> Operation:
        """Store a new operation, or return the one already stored under its id."""
        new = replace(operation, listed_as=operation_rows.listed_as(operation))
        writes = [Write(verb=Verb.INSERT, entity=_entity(new)), *operation_rows.beside(new, "")]
        try:
            return replace(new, etag=self._table.transact(writes)[0])
        except Contended:
            stored = self.find(operation.tenant_id, operation.operation_id)
        if stored is None:
            raise Contended("the operation's record came and went: try again")
        return stored

    def save(self, operation: Operation) -> Operation:
        """Store a step; Contended if another worker has moved the operation meanwhile."""
        listed_as = operation_rows.listed_as(operation)
        saved = self._saved(replace(operation, listed_as=listed_as), operation.listed_as)
        if saved.state is not State.PLANNED:
            measures.action(saved.tenant_id, _kind(saved), saved.state)
        return saved

    def _saved(self, operation: Operation, before: str) -> Operation:
        entity, etag = _entity(operation), operation.etag
        if operation.listed_as == before:
            return replace(operation, etag=self._table.replace(entity, etag))
        replaced = Write(verb=Verb.REPLACE, entity=entity, etag=etag)
        etags = self._table.transact([replaced, *operation_rows.beside(operation, before)])
        return replace(operation, etag=etags[0])

    def find(self, tenant_id: str, operation_id: str) -> Operation | None:
        """Return the operation, if there is one."""
        entity = self._table.get(tenant_id, operation_id)
        return _operation(entity) if entity else None

    def ping(self) -> None:
        """Raise a Failure unless the journal can be read."""
        self._table.ping()


def _kind(operation: Operation) -> str:
    """Return what is done, or else what was asked for: of a message nobody could read, anything."""
    if operation.decision and operation.decision.action:
        return operation.decision.action
    return operation.asked if operation.asked in ASKABLE else "unknown"


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
    asked_as: str = ""
    hold: str = ""
    approval: str = ""
    refusal: str = ""
    plan_hash: str = ""
    undoes: str = ""
    undone_by: str = ""
    history: str = "[]"
    listed_as: str = ""
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
        asked_as=operation.asked_as,
        hold=_text(operation.hold),
        approval=_text(operation.approval),
        refusal=_text(operation.refusal),
        plan_hash=operation.plan_hash,
        undoes=operation.undoes,
        undone_by=operation.undone_by,
        history=_history(operation.history),
        listed_as=operation.listed_as,
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
        asked_as=row.asked_as,
        hold=_read(row.hold, Hold),
        approval=_read(row.approval, Approval),
        refusal=_read(row.refusal, Approval),
        plan_hash=row.plan_hash,
        undoes=row.undoes,
        undone_by=row.undone_by,
        history=msgspec.json.decode(row.history, type=tuple[Step, ...]),
        etag=row.etag,
        listed_as=row.listed_as,
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
