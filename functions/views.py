"""How our nouns look to those who ask over HTTP; openapi.json describes these very shapes."""

from datetime import datetime

import msgspec

from functions import inventory_views
from shared.devices import explanation as devices
from shared.devices.access import Layer, Verdict
from shared.devices.guard import Approval, Hold
from shared.devices.layers import Step as AccessStep
from shared.devices.model import Action, Device, Trust
from shared.devices.operation import Operation as DeviceOperation
from shared.devices.operation import Possible, State, Step
from shared.devices.remedies import Remedy
from shared.devices.subject import Counted, Link, Partnership, Subject
from shared.devices.tenant_change import Altered, TenantChange


class Taken(msgspec.Struct, kw_only=True):
    """A webhook was taken in; without an operation, nothing in it concerns us."""

    operation_id: str | None  # the first
    operation_ids: tuple[str, ...]


class Decision(msgspec.Struct, kw_only=True):
    """What was decided, and why."""

    action: Action | None
    reason: str


class Operation(msgspec.Struct, kw_only=True):
    """What was asked, what was decided, what came of it."""

    operation_id: str
    tenant_id: str
    state: State
    asked: str
    asked_by: str
    asked_as: str  # person:<object id>, system or timer; of a report: nothing
    mailbox: str
    device_id: str
    opened_at: datetime
    decision: Decision | None
    before: Device | None
    after: Device | None
    even_if_personal: bool  # ordered so: a wipe may reset a personal device too
    acknowledged_at: datetime | None  # when the device confirmed its wipe
    change: TenantChange | None  # ordered, where no single device is concerned
    altered: Altered | None
    subject: Subject | None  # of a report: what its sender calls the device
    candidates: tuple[Partnership, ...]  # which it may be
    matched: tuple[Link, ...] | None  # which it is
    signal_ids: tuple[str, ...]  # the operations it was passed on to
    progress: inventory_views.Progress | None  # of a run of the inventory
    hold: Hold | None  # why it waits, or has waited, for an approver
    approval: Approval | None
    refusal: Approval | None
    plan_hash: str  # ordered so: nothing is done unless that plan still holds
    undoes: str  # the operation that this one takes back
    undone_by: str  # the operation that takes this one back
    undo: Possible | None  # null: not looked up, or too early to say
    replay: Possible | None  # likewise
    history: tuple[Step, ...]


class Operations(msgspec.Struct):
    """Some operations; `next` asks for those that follow, null: there are no more."""

    operations: list[Operation]
    next: str | None


class Sender(msgspec.Struct, kw_only=True):
    """An MDM that we listen to, and the kinds of event in what it sends that nobody knows."""

    name: str
    tenant_id: str
    vendor: str
    trust: Trust
    retired: bool
    unknown_events: tuple[Counted, ...]


class Senders(msgspec.Struct):
    """The configured senders."""

    senders: list[Sender]


class Explanation(msgspec.Struct, kw_only=True):
    """Which layer decides about a device's access, how sure that is, what would change it."""

    mailbox: str
    device_id: str
    layer: Layer
    gets_mail: bool
    expected: Verdict
    shown: devices.Shown
    agreement: devices.Agreement
    certainty: devices.Certainty
    doubts: dict[str, str]  # in words, by name
    steps: tuple[AccessStep, ...]
    remedies: tuple[Remedy, ...]


class Health(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether work can be taken in; by dependency for those who may know."""

    status: str
    dependencies: dict[str, str] | None = None
    warnings: dict[str, str] = {}  # what works as it is set, and should be looked at


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a request was not served (RFC 9457)."""

    type: str = "about:blank"  # which kind of problem; about:blank: no more than the status says
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None  # this one case, as it is found in the app's telemetry or log
    retry_after: int | None = None  # seconds


def operation(
    operation: DeviceOperation,
    progress: inventory_views.Progress | None = None,
    undo: Possible | None = None,
    replay: Possible | None = None,
) -> Operation:
    """Return an operation without what only the journal needs."""
    decision = operation.decision
    return Operation(
        operation_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        state=operation.state,
        asked=operation.asked,
        asked_by=operation.asked_by,
        asked_as=operation.asked_as,
        mailbox=operation.mailbox,
        device_id=operation.device_id,
        opened_at=operation.opened_at,
        decision=Decision(action=decision.action, reason=decision.reason) if decision else None,
        before=operation.before,
        after=operation.after,
        even_if_personal=operation.even_if_personal,
        acknowledged_at=operation.acknowledged_at,
        change=operation.change,
        altered=operation.altered,
        subject=operation.report.subject if operation.report else None,
        candidates=operation.candidates,
        matched=operation.matched,
        signal_ids=operation.signal_ids,
        progress=progress,
        hold=operation.hold,
        approval=operation.approval,
        refusal=operation.refusal,
        plan_hash=operation.plan_hash,
        undoes=operation.undoes,
        undone_by=operation.undone_by,
        undo=undo,
        replay=replay,
        history=operation.history,
    )


def explanation(told: devices.Explanation) -> Explanation:
    """Return an explanation, its doubts in words."""
    return Explanation(
        mailbox=told.mailbox,
        device_id=told.device_id,
        layer=told.layer,
        gets_mail=told.gets_mail,
        expected=told.expected,
        shown=told.shown,
        agreement=told.agreement,
        certainty=told.certainty,
        doubts={doubt.value: doubt.says for doubt in told.doubts},
        steps=told.steps,
        remedies=told.remedies,
    )
